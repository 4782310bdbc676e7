"""What a form states about people: gathered from facts and ledger in a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, cast

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from credits.documents.content import (
    Absence,
    AccumulationForm,
    Content,
    ConversionForm,
    ConversionLine,
    DeterminationForm,
    DeterminationRow,
    Identity,
    RowKind,
    Target,
)
from credits.models import Document, LedgerEntry, OpeningBalance
from credits.rules.editions import CONVERSION, regime_start, scale_on
from credits.rules.units import from_units
from credits.selectors import Standing, standings
from credits.services.signatories import Signatories
from employees import models as people
from employees.models import Employee
from positions.ladder import Golongan, Level
from positions.selectors import unit_names

Form = Document.Form
_COPIES = (
    "Kepala Badan Kepegawaian Negara;",
    "Pimpinan unit kerja yang bersangkutan;",
    "Pejabat Fungsional yang bersangkutan.",
)
_ROWS = {
    "base": RowKind.BASE,
    "opening": RowKind.FORMER_POSITION,
    "integration": RowKind.FORMER_POSITION,
    "carried": RowKind.FORMER_POSITION,
    "conversion": RowKind.CONVERSION,
    "transfer": RowKind.CONVERSION,
    "study": RowKind.CONVERSION,
    "degree": RowKind.EDUCATION,
    "claim": RowKind.OTHER,
}


@dataclass
class Drafted:
    """The contents of forms by person, the entries they rest on, who signs, who was left out."""

    contents: dict[int, Content] = field(default_factory=dict)
    entries: dict[int, list[int]] = field(default_factory=dict)
    signers: dict[int, Employee] = field(default_factory=dict)
    skipped: list[tuple[int, str]] = field(default_factory=list)


def contents(
    ids: Sequence[int], form: str, start: date, end: date, on: date | None = None
) -> Drafted:
    """The content of a form for each person over a period. A constant number of statements.

    The direct superior of the period's last day signs (R-012); a conventional or integration PAK
    the officer who determines it; a deputy instead, where one acts on the day of signing (`on`,
    today by default).

    Left out, with a code: nobody who holds a position (`no_appointment`), `own_rules`, and
    whoever has nothing to state (`nothing_to_state`).
    """
    drafted = Drafted()
    where = standings(ids, end)
    entries = _entries_in_force(ids, end)
    equalised = set(
        OpeningBalance.objects.filter(employee_id__in=ids, kind="penyetaraan").values_list(
            "id", flat=True
        )
    )
    units = unit_names(end)
    signatories = Signatories(on or timezone.localdate())
    for person in people_on(ids, end):
        standing = where.get(person.pk)
        if standing is None or not standing.computed:
            drafted.skipped.append((person.pk, "own_rules" if standing else "no_appointment"))
            continue
        account = entries.get(person.pk, [])
        identity = identity_of(person, standing, end, units)
        determined = form == Form.DETERMINATION and _is_determined(
            _present_level(account), start, end
        )
        signer, signatory = (
            signatories.determining(person, standing.level)
            if determined
            else signatories.superior(person)
        )
        common = {
            "identity": identity,
            "signatory": signatory,
            "determined": determined,
            **surroundings_of(person),
        }
        content, used = _build(form, account, standing, common, start, end, equalised)
        if content is None:
            drafted.skipped.append((person.pk, "nothing_to_state"))
        else:
            drafted.contents[person.pk] = content
            drafted.entries[person.pk] = [e.seq for e in used]
            if signer is not None:
                drafted.signers[person.pk] = signer
    return drafted


def _is_determined(account: Iterable[LedgerEntry], start: date, end: date) -> bool:
    """Whether a PAK is conventional or of an integration, which an officer determines.

    That is a period before the conversion regime, or one in which the integrated balance is new.
    """
    if end < regime_start(CONVERSION):
        return True
    return any(e.kind == "integration" and e.effective_on >= start for e in account)


Built = tuple[Content | None, list[LedgerEntry]]


def _build(
    form: str,
    account: list[LedgerEntry],
    standing: Standing,
    common: dict[str, Any],
    start: date,
    end: date,
    equalised: set[int],
) -> Built:
    common["decimals"] = scale_on(end, standing.position_code).setting("decimals_forms")
    if form != Form.CONVERSION:
        account = _present_level(account)
    converted = [e for e in account if e.kind == "conversion"]
    if form == Form.DETERMINATION:
        used = [e for e in account if e.kind != "reset"]
        return _determination(used, standing, common, start, end, equalised), used
    if form == Form.CONVERSION:
        converted = [e for e in converted if _inside(e, start, end)]
    if not converted:
        return None, []
    lines = tuple(_line(e) for e in converted)
    if form == Form.CONVERSION:
        return ConversionForm(lines=lines, period_start=start, period_end=end, **common), converted
    first = min(line.start for line in lines)
    return AccumulationForm(lines=lines, period_start=first, period_end=end, **common), converted


def _entries_in_force(ids: Sequence[int], end: date) -> dict[int, list[LedgerEntry]]:
    """Entries effective by `end` that were not taken back, in order of effect."""
    rows = LedgerEntry.objects.filter(employee_id__in=ids, effective_on__lte=end)
    by_person: dict[int, list[LedgerEntry]] = {}
    gone: set[tuple[int, int]] = set()
    for entry in rows.order_by("employee_id", "effective_on", "seq"):
        if entry.reverses_seq is None:
            by_person.setdefault(entry.employee_id, []).append(entry)
        else:
            gone.add((entry.employee_id, entry.reverses_seq))
    return {
        key: [e for e in entries if (key, e.seq) not in gone] for key, entries in by_person.items()
    }


def _present_level(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    """What counts in the present level: everything since the last reset (R-024).

    A yearly rating that a level promotion cuts has a part in each level; the form of the period
    shows both, the accumulation only the present one.
    """
    at = max((n for n, e in enumerate(entries) if e.kind == "reset"), default=-1)
    return entries[at + 1 :]


def _inside(entry: LedgerEntry, start: date, end: date) -> bool:
    first, last = entry.period_start, entry.period_end
    return bool(first and last and start <= first and last <= end)


def _line(entry: LedgerEntry) -> ConversionLine:
    return ConversionLine(
        start=cast(date, entry.period_start),  # every conversion has a period
        end=cast(date, entry.period_end),
        months=entry.months or 0,
        predikat=entry.predicate.replace("_", " ").title(),
        percent=Fraction(entry.percent),
        coefficient=from_units(entry.base_units),
        amount=from_units(entry.amount_units),
        level=Level(entry.level).label,
    )


def _determination(
    entries: list[LedgerEntry],
    standing: Standing,
    common: dict[str, Any],
    start: date,
    end: date,
    equalised: set[int],
) -> DeterminationForm:
    sums: dict[RowKind, list[Fraction | None]] = {}
    for entry in entries:
        kind = _ROWS[entry.kind]
        if entry.source == "opening" and entry.source_id in equalised:
            kind = RowKind.ADJUSTMENT
        cell = sums.setdefault(kind, [None, None])
        new = entry.effective_on >= start
        cell[new] = (cell[new] or Fraction(0)) + from_units(entry.amount_units)
    rows = tuple(
        DeterminationRow(
            kind=kind,
            old=sums.get(kind, [None, None])[0],
            new=sums.get(kind, [None, None])[1],
            label="Lain-lain" if kind is RowKind.OTHER else "",
        )
        for kind in RowKind
        if kind is not RowKind.OTHER or kind in sums
    )
    return DeterminationForm(
        rows=rows, period_start=start, period_end=end, **common, **_targets(standing)
    )


_ABSENT = {"pppk": Absence.PPPK, "top": Absence.TOP}


def _targets(standing: Standing) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if standing.rank_target is not None and standing.next_golongan:
        span_top = standing.rank_target == standing.level_target
        result["rank"] = Target(
            minimum=standing.rank_target,
            to=rank_name(standing.next_golongan),
            after_level=span_top,
        )
    else:
        result["rank_absent"] = _ABSENT.get(standing.why_not or "", Absence.NOT_APPLICABLE)
    if standing.level_target is not None and standing.next_level:
        result["level"] = Target(
            minimum=standing.level_target, to=f"{standing.position_name} {standing.next_level}"
        )
    else:
        result["level_absent"] = Absence.TOP
    return result


def rank_name(golongan: str) -> str:
    """ "Penata Tingkat I, III/d"; PPPK ranks have no name."""
    if golongan not in set(Golongan):
        return golongan
    return f"{Golongan(golongan).pangkat}, {golongan}"


def people_on(ids: Sequence[int], on: date) -> Iterable[Employee]:
    return (
        Employee.objects.filter(id__in=ids)
        .select_related("employer")
        .order_by("name", "id")
        .prefetch_related(
            "appointments",
            "ranks",
            "education",
            Prefetch("memberships", people.UnitMembership.objects.on(on), to_attr="now_in"),
            Prefetch(
                "superiors",
                people.Superior.objects.on(on).select_related("superior"),
                to_attr="now_rated_by",
            ),
        )
    )


def identity_of(person: Any, standing: Standing, on: date, units: dict[int, str]) -> Identity:
    appointment = max(
        (a for a in person.appointments.all() if a.start <= on), key=lambda a: a.start
    )
    held = [r for r in person.ranks.all() if r.effective_on <= on]
    rank = max(held, key=lambda r: r.effective_on, default=None)
    known = rank.golongan if rank else ""
    studied = [e for e in person.education.all() if not e.recorded_on or e.recorded_on <= on]
    degree = studied[-1] if studied else None
    unit = units.get(person.now_in[0].unit_id, "") if person.now_in else ""
    return Identity(
        name=person.full_name,
        nip=person.nip,
        nip_label="NI PPPK" if person.employment == "PPPK" else "NIP",
        position=f"{standing.position_name} {standing.level_name}",
        unit=unit,
        agency=person.employer.name,
        karpeg=person.card_number,
        rank=Golongan(known).pangkat if known in set(Golongan) else "",
        grade=known,
        rank_since=rank.effective_on if rank else None,
        birth_place=person.birth_place,
        birth_date=person.birth_date,
        sex={"L": "Laki-laki", "P": "Perempuan"}.get(person.sex, ""),
        education=f"{degree.get_degree_display()} {degree.subject}".strip() if degree else "",
        position_since=appointment.start,
        service_years=rank.service_years if rank else None,
        service_months=rank.service_months if rank else None,
    )


def surroundings_of(person: Any) -> dict[str, Any]:
    """Place, copies and letterhead, which are those of the employer."""
    agency = person.employer
    copies = tuple(line.strip() for line in agency.copies.splitlines() if line.strip())
    return {
        "place": agency.place or settings.AGENCY["place"],
        "copies": copies or _COPIES,
        "letterhead": (agency.name.upper(),),
        "sample": person.is_sample,
    }
