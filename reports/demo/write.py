"""Writing the demonstration into the database: bulk inserts, all or nothing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from credits.models import DeterminingOfficer, OpeningBalance, Rating
from credits.models.officers import LADDER
from credits.rules.units import to_units
from employees.models import (
    Agency,
    Appointment,
    ClaimCoordinator,
    Education,
    Employee,
    FormerNip,
    PositionCoordinator,
    Rank,
    StatusPeriod,
    Superior,
    UnitHead,
    UnitMembership,
)
from positions.ladder import Level
from positions.models import Position, Unit
from reports.demo.careers import BEFORE_CONVERSION
from reports.demo.facts import Ministry, Person, Rated
from reports.demo.tables import TODAY

BATCH = 2000
SAMPLE = "CONTOH"  # stands in every invented document number


@transaction.atomic
def write(ministry: Ministry) -> None:
    """Insert everything; the catalogue must be loaded."""
    employer = Agency.objects.get(code="kemnaker")
    _insert(Employee(**_employee(person), employer=employer) for person in ministry.people)
    ids = dict(Employee.objects.order_by().values_list("nip", "id"))
    units = dict(Unit.objects.order_by().values_list("code", "id"))
    positions = dict(Position.objects.order_by().values_list("code", "id"))
    everybody = [(ids[person.nip], person) for person in ministry.people]
    for rows in (
        _ranks(everybody),
        _former(everybody),
        _memberships(everybody, units),
        _appointments(everybody, positions),
        _statuses(everybody),
        _education(everybody),
        _openings(everybody),
        _superiors(everybody, ids),
        _heads(ministry, ids, units),
        (
            PositionCoordinator(position_id=positions[code], employee_id=ids[nip], start=start)
            for code, nip, start in ministry.position_coordinators
        ),
        (
            ClaimCoordinator(unit_id=units[code], employee_id=ids[nip], start=start)
            for code, nip, start in ministry.claim_coordinators
        ),
    ):
        _insert(rows)
    _insert(_determining(employer))
    _write_ratings(everybody)


def analyse() -> None:
    """Tell the planner what was inserted, before anybody asks about it."""
    with connection.cursor() as cursor:
        cursor.execute("analyze")


Everybody = list[tuple[int, Person]]


def _insert(rows: Iterable[models.Model]) -> list[Any]:
    found = list(rows)
    if found:
        type(found[0])._default_manager.bulk_create(found, batch_size=BATCH)
    return found


def _employee(person: Person) -> dict[str, Any]:
    return {
        "public_id": person.public_id,
        "nip": person.nip,
        "employment": person.employment,
        "name": person.name,
        "front_title": person.front_title,
        "back_title": person.back_title,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "birth_place": person.birth_place,
        "card_number": person.card_number,
        "is_sample": True,
    }


def _number(kind: str, pk: int, day: date) -> str:
    return f"{SAMPLE}/{kind}/{pk}/{day:%Y%m}"


def _ranks(everybody: Everybody) -> Iterable[Rank]:
    for pk, person in everybody:
        for golongan, day in person.ranks:
            served = (day.year - person.joined_on.year) * 12 + day.month - person.joined_on.month
            yield Rank(
                employee_id=pk,
                golongan=golongan,
                effective_on=day,
                service_years=served // 12,
                service_months=served % 12,
                decree_number=_number("PANGKAT", pk, day),
            )


def _former(everybody: Everybody) -> Iterable[FormerNip]:
    for pk, person in everybody:
        if person.former_nip:
            yield FormerNip(
                employee_id=pk,
                nip=person.former_nip,
                until=date(2019, 6, 30),
                reason="Konversi NIP (data contoh)",
            )


def _memberships(everybody: Everybody, units: dict[str, int]) -> Iterable[UnitMembership]:
    for pk, person in everybody:
        for placed in person.placed:
            yield UnitMembership(
                employee_id=pk, unit_id=units[placed.unit], start=placed.start, end=placed.end
            )


def _appointments(everybody: Everybody, positions: dict[str, int]) -> Iterable[Appointment]:
    for pk, person in everybody:
        for held in person.held:
            yield Appointment(
                employee_id=pk,
                position_id=positions[held.position],
                level=held.level,
                start=held.start,
                end=held.end,
                way=held.way,
                origin=held.origin,
                top_rank=held.top_rank,
                decree_number=_number("JABATAN", pk, held.start),
                decree_date=held.start,
                notes=held.notes,
            )


def _statuses(everybody: Everybody) -> Iterable[StatusPeriod]:
    for pk, person in everybody:
        for pause in person.pauses:
            yield StatusPeriod(
                employee_id=pk,
                kind=pause.kind,
                start=pause.start,
                end=pause.end,
                cum_laude=pause.cum_laude,
                decree_number=_number("STATUS", pk, pause.start),
            )


def _education(everybody: Everybody) -> Iterable[Education]:
    for pk, person in everybody:
        for one in person.schooling:
            yield Education(
                employee_id=pk,
                degree=one.degree,
                subject=one.subject,
                institution=one.institution,
                graduated_on=one.graduated_on,
                recorded_on=one.recorded_on,
            )


def _openings(everybody: Everybody) -> Iterable[OpeningBalance]:
    for pk, person in everybody:
        if person.conventional is not None:
            yield OpeningBalance(
                employee_id=pk,
                on=BEFORE_CONVERSION,
                kind=OpeningBalance.Kind.INTEGRATION,
                units=to_units(person.conventional),
                document_number=f"{SAMPLE}/PAK-INTEGRASI/{pk}/2023",
                document_date=date(2023, 3, 31),
            )


def _superiors(everybody: Everybody, ids: dict[str, int]) -> Iterable[Superior]:
    for pk, person in everybody:
        for under in person.under:
            yield Superior(
                employee_id=pk,
                superior_id=ids[under.superior],
                start=under.start,
                end=under.end,
                capacity=under.capacity,
                office=under.office,
            )


def _heads(ministry: Ministry, ids: dict[str, int], units: dict[str, int]) -> Iterable[UnitHead]:
    for heading in ministry.heads:
        yield UnitHead(
            unit_id=units[heading.unit],
            employee_id=ids[heading.nip],
            office=heading.office,
            start=heading.start,
            end=heading.end,
            capacity=heading.capacity,
        )


def _determining(employer: Agency) -> Iterable[DeterminingOfficer]:
    """The head of the bureau up to Ahli Muda, on behalf; the secretary general above."""
    spans = (
        ("setjen-biro-osdma", Level.PEMULA, Level.AHLI_MUDA, "Sekretaris Jenderal"),
        ("setjen", Level.AHLI_MADYA, Level.AHLI_UTAMA, "Menteri Ketenagakerjaan"),
    )
    for unit, lowest, highest, authority in spans:
        heads = UnitHead.objects.on(TODAY).filter(unit__code=unit)
        head = heads.order_by("capacity", "start").first()  # definitive, then Plh., then Plt.
        if head is not None:
            yield DeterminingOfficer(
                agency=employer,
                lowest=LADDER.index(lowest) + 1,
                highest=LADDER.index(highest) + 1,
                employee_id=head.employee_id,
                office=head.office,
                capacity="an",
                authority=authority,
                start=head.start,
            )


def _write_ratings(everybody: Everybody) -> None:
    """Those in force first, so that the replaced ones can name what replaced them."""
    rated = [(pk, one) for pk, person in everybody for one in person.ratings]
    _insert(_rating(pk, one) for pk, one in rated if not one.superseded)
    replaced = [(pk, one) for pk, one in rated if one.superseded]
    yearly = {
        (rating.employee_id, rating.start.year): rating
        for rating in Rating.objects.filter(employee_id__in={pk for pk, _one in replaced})
    }
    _insert(_rating(pk, one, yearly[pk, one.start.year]) for pk, one in replaced)


def _rating(pk: int, rated: Rated, superseded_by: Rating | None = None) -> Rating:
    return Rating(
        employee_id=pk,
        start=rated.start,
        end=rated.end,
        predicate=rated.predicate,
        state=Rating.State.APPROVED if rated.approved else Rating.State.ENTERED,
        source=Rating.Source.SUPERIOR,
        approved_at=timezone.now() if rated.approved else None,
        evidence_number=f"{SAMPLE}/SKP/{pk}/{rated.end:%Y%m%d}",
        superseded_by=superseded_by,
    )
