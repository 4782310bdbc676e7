"""Kinds of claim that end in a fact: from the draft to the ledger's exact amount, and back."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from accounts.policy import Role
from credits.models import Claim, OpeningBalance, Rating
from credits.rules.claim_states import Act, State
from credits.services.claims.acts import perform
from credits.services.claims.determining import count_anew
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from credits.services.periods import close
from employees.models import Education, Employee
from tests import factories
from tests.credits.claims.offices import Offices, balance, claim_of, holder, lines, walk

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def codes(claim: Claim, day: date = DAY) -> set[str]:
    kind_of(claim).prepare(claim)
    return {f.code for f in kind_of(claim).check(claim, day).findings}


def errors(claim: Claim, day: date = DAY) -> set[str]:
    kind_of(claim).prepare(claim)
    return {f.code for f in kind_of(claim).check(claim, day).errors}


def annul(claim: Claim) -> Claim:
    """As a correction does, by the system."""
    return perform(claim, Act.ANNUL, None, reason="Salah", on=DAY)


# ------------------------------------------------------------------ conversion


def rating_claim(person: Employee, start: date, end: date, predicate: str = "baik") -> Claim:
    return claim_of(person, "konversi", start, end, predicate=predicate, cause="missing")


def test_a_year_that_was_never_rated_becomes_points_and_is_taken_back() -> None:
    person = holder()
    claim = rating_claim(person, date(2024, 1, 1), date(2024, 12, 31), "sangat_baik")
    offices = Offices(person)
    done = walk(claim, offices, DAY)
    assert done.state == State.DETERMINED
    rating = Rating.objects.get(employee=person)
    assert (rating.entered_by, rating.approved_by) == (offices.coordinator, offices.officers[0])
    assert lines(person, "conversion") == [Fraction("18.75")]
    decision = done.decisions.get()
    assert decision.effect["id"] == rating.pk
    assert (decision.units, decision.effect["points"]) == (0, "18.75")
    annul(done)
    assert balance(person) == 0
    assert lines(person, "conversion") == []


def test_a_level_change_inside_the_year_splits_it() -> None:
    """Golden G-232: three months at Ahli Pertama, nine at Ahli Muda."""
    person = holder(end=date(2024, 3, 31))
    position = person.appointments.get().position
    factories.AppointmentFactory(
        employee=person,
        position=position,
        level="ahli_muda",
        start=date(2024, 4, 1),
        way="promotion",
    )
    factories.RankFactory(employee=person, golongan="III/c", effective_on=date(2024, 3, 1))
    claim = rating_claim(person, date(2024, 1, 1), date(2024, 12, 31))
    checked = kind_of(claim).check(claim, DAY)
    assert checked.points == Fraction("3.125") + Fraction("18.75")
    walk(claim, Offices(person), DAY)
    assert sorted(lines(person, "conversion")) == [Fraction("3.125"), Fraction("18.75")]
    assert balance(person) == Fraction(checked.trace["after"])


def test_the_year_rules_its_quarters() -> None:
    person = holder()
    factories.RatingFactory(employee=person, start=date(2024, 1, 1), end=date(2024, 3, 31))
    count_anew(person.pk, None)
    year = rating_claim(person, date(2024, 1, 1), date(2024, 12, 31))
    assert "rating.replaces" in codes(year)
    walk(year, Offices(person), DAY)
    assert balance(person) == Fraction("12.5")
    quarter = rating_claim(person, date(2024, 4, 1), date(2024, 6, 30))
    assert errors(quarter) == {"rating.year_rules"}
    again = rating_claim(person, date(2024, 1, 1), date(2024, 12, 31))
    assert errors(again) == {"rating.same"}
    annul(year)
    assert balance(person) == Fraction("3.125")


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (date(2022, 12, 1), date(2023, 1, 31), "rating.two_years"),
        (date(2022, 1, 1), date(2022, 12, 31), "rating.before_regime"),
        (date(2024, 2, 2), date(2024, 2, 28), "rating.no_month"),
        (date(2026, 1, 1), date(2026, 12, 31), "rating.not_over"),
    ],
)
def test_a_period_that_no_rating_can_have_is_refused(start: date, end: date, code: str) -> None:
    assert code in errors(rating_claim(holder(), start, end))


def test_a_closed_period_takes_no_rating_unless_it_is_reopened() -> None:
    person = holder()
    claim = rating_claim(person, date(2024, 1, 1), date(2024, 12, 31))
    offices = Offices(person)
    walk(claim, offices, DAY, until=Act.APPROVE)
    close(date(2024, 1, 1), date(2024, 12, 31), "Selesai", offices.officers[2])
    claim.refresh_from_db()
    with pytest.raises(ClaimError) as refused:
        perform(claim, Act.DETERMINE, offices.officers[0], on=DAY)
    assert refused.value.code == "no_longer_fits"
    assert [f.code for f in refused.value.params["errors"]] == ["fact.rating_closed"]
    assert not Rating.objects.exists()


def test_the_superior_of_the_period_approves_not_the_present_one() -> None:
    person = holder()
    former = person.superiors.get()
    former.end = date(2025, 1, 31)
    former.save()
    present = factories.EmployeeFactory(user=factories.UserFactory(roles=[Role.SUPERIOR]))
    claim = rating_claim(person, date(2024, 1, 1), date(2024, 12, 31))
    offices = Offices(person)
    factories.SuperiorFactory(employee=person, superior=present, start=date(2025, 2, 1))
    walk(claim, offices, DAY, until=Act.SUBMIT)
    with pytest.raises(ClaimError) as refused:
        perform(claim, Act.APPROVE, present.user, on=DAY)
    assert refused.value.code == "not_yours"
    assert perform(claim, Act.APPROVE, former.superior.user, on=DAY).state == State.APPROVED


# ------------------------------------------------------------------ degree


def degree_claim(person: Employee, recorded: date = date(2025, 3, 3), **details: Any) -> Claim:
    stated = {
        "degree": "S2",
        "graduated_on": "2024-08-01",
        "recorded_on": recorded.isoformat(),
        "letter_number": "B-1/BKN/2025",
    } | details
    return claim_of(person, "ijazah", recorded, **stated)


def graduate(level: str = "ahli_pertama", golongan: str = "III/a", predicate: str = "baik") -> Any:
    person = holder(level, golongan)
    factories.EducationFactory(employee=person, degree="SMA")
    factories.RatingFactory(
        employee=person, start=date(2025, 1, 1), end=date(2025, 12, 31), predicate=predicate
    )
    count_anew(person.pk, None)
    return person


@pytest.mark.parametrize(
    ("level", "golongan", "points"),
    [
        ("ahli_pertama", "III/a", "12.5"),  # G-206
        ("ahli_madya", "IV/a", "37.5"),  # G-208
        ("terampil", "II/c", "5"),  # G-210
        ("penyelia", "III/c", "25"),  # G-212
    ],
)
def test_a_degree_gives_a_quarter_of_a_rank_once(level: str, golongan: str, points: str) -> None:
    person = graduate(level, golongan)
    claim = degree_claim(person)
    before = balance(person)
    done = walk(claim, Offices(person), DAY)
    assert done.state == State.DETERMINED  # by the system, with the approval
    assert [e.act for e in done.events.all()] == ["submit", "check", "approve", "determine"]
    assert lines(person, "degree") == [Fraction(points)]
    assert balance(person) == before + Fraction(points)
    assert errors(degree_claim(person)) == {"degree.used"}
    annul(done)
    assert balance(person) == before
    assert not Education.objects.filter(employee=person, degree="S2").exists()


def test_a_degree_on_record_is_completed_and_restored() -> None:
    person = graduate()
    factories.EducationFactory(employee=person, degree="S2", subject="Hukum")
    done = walk(degree_claim(person), Offices(person), DAY)
    row = Education.objects.get(employee=person, degree="S2")
    assert (row.recorded_on, row.subject) == (date(2025, 3, 3), "Hukum")
    assert lines(person, "degree") == [Fraction("12.5")]
    annul(done)
    row.refresh_from_db()
    assert row.recorded_on is None
    assert lines(person, "degree") == []


def test_what_a_degree_lacks_is_named() -> None:
    assert errors(degree_claim(graduate(), recorded_on="")) == {"degree.not_recorded"}
    assert errors(degree_claim(graduate(), letter_number="")) == {"degree.not_recorded"}
    assert errors(degree_claim(graduate(predicate="butuh_perbaikan"))) == {"degree.low_rating"}
    assert errors(degree_claim(graduate(), date(2026, 3, 3))) == {"degree.no_rating"}
    assert errors(degree_claim(graduate(), degree="SMA")) == {"degree.first"}
    assert errors(degree_claim(graduate(), graduated_on="2025-08-01")) == {
        "degree.before_graduation"
    }
    doctor = graduate()
    factories.EducationFactory(employee=doctor, degree="S3")
    assert errors(degree_claim(doctor)) == {"degree.not_higher"}
    papers = degree_claim(graduate())
    papers.files.clear()
    assert errors(papers) == {"claim.no_papers"}


def test_the_degree_that_opened_the_expert_category_gives_nothing() -> None:
    person = holder("mahir", "III/b", end=date(2024, 12, 31))
    factories.AppointmentFactory(employee=person, level="ahli_pertama", start=date(2025, 1, 1))
    factories.EducationFactory(employee=person, degree="D3")
    factories.RatingFactory(employee=person, start=date(2025, 1, 1), end=date(2025, 12, 31))
    claim = degree_claim(person, degree="S1")
    assert errors(claim) == {"degree.category_change"}


def test_two_claims_of_one_degree_do_not_both_go_in() -> None:
    person = graduate()
    offices = Offices(person)
    first, second = degree_claim(person), degree_claim(person)
    perform(first, Act.SUBMIT, offices.coordinator, on=DAY)
    with pytest.raises(ClaimError) as refused:
        perform(second, Act.SUBMIT, offices.coordinator, on=DAY)
    assert [f.code for f in refused.value.params["errors"]] == ["claim.claimed"]


# ------------------------------------------------------------------ integration


def golden(*families: str) -> list[Any]:
    return list(_cases(families))


def _cases(families: tuple[str, ...]) -> Iterator[Any]:
    path = Path(__file__).resolve().parents[2] / "golden" / "golden_public.csv"
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["family"] in families:
                given = json.loads(row["inputs_json"])
                yield pytest.param(given, json.loads(row["expected_json"]), id=row["id"])


def integration_claim(person: Employee, points: str) -> Claim:
    return claim_of(
        person,
        "integrasi",
        date(2022, 12, 31),
        points=points,
        document_number="1/PAK/2022",
        document_date="2022-12-30",
    )


@pytest.mark.parametrize(("given", "wanted"), golden("integration"))
def test_integration_opens_the_ledger(given: Any, wanted: Any) -> None:
    person = holder(given["jenjang"], given["golongan"])
    claim = integration_claim(person, given["ak_konvensional"])
    assert ("integration.out_of_range" not in codes(claim)) == wanted["in_range"]
    assert not errors(claim)
    done = walk(claim, Offices(person), DAY)
    assert done.state == State.DETERMINED
    assert balance(person) == Fraction(wanted["ak_integrasi"])
    assert OpeningBalance.objects.get().kind == "integration"
    annul(done)
    assert balance(person) == 0


def test_only_the_determining_officer_determines_an_integration() -> None:
    person = holder("ahli_madya", "IV/b")
    claim = integration_claim(person, "550.63")
    offices = Offices(person)
    claim = walk(claim, offices, DAY, until=Act.APPROVE)
    assert claim.state == State.APPROVED
    for other in (*offices.officers, offices.coordinator):
        with pytest.raises(ClaimError):
            perform(claim, Act.DETERMINE, other, on=DAY)
    claim = perform(claim, Act.DETERMINE, offices.determiner, on=DAY)
    assert claim.decisions.get().officer == offices.determiner
    assert balance(person) == Fraction("150.63")


def test_an_integration_below_the_base_value_or_beside_another_balance_is_refused() -> None:
    assert errors(integration_claim(holder(), "99.99")) == {"integration.negative"}
    assert errors(integration_claim(holder(golongan="III/c"), "150")) == {"golongan.outside_level"}
    assert errors(integration_claim(holder(), "")) == {"opening.no_amount"}
    assert errors(integration_claim(holder(), "-3")) == {"opening.negative"}
    assert errors(integration_claim(holder(), "1/7")) == {"opening.amount.inexact"}
    opened = holder()
    factories.OpeningFactory(employee=opened)
    assert errors(integration_claim(opened, "120")) == {"opening.stands"}
    assert errors(integration_claim(holder(since=date(2023, 1, 1)), "120")) == {
        "claim.not_a_holder"
    }


# ------------------------------------------------------------------ transfer


def transfer_claim(person: Employee, **details: Any) -> Claim:
    start = person.appointments.latest("start").start
    stated = {
        "start": start.isoformat(),
        "way": "transfer",
        "document_number": "2/SK/2025",
        "document_date": "2025-01-02",
    }
    return claim_of(person, "perpindahan", start, **stated | details)


def years_before(given: Any) -> list[tuple[str, int]]:
    if given["op"] == "transfer_years":
        return [(y["predikat"], y["months"]) for y in given["years"]]
    return [(given["predikat"], given["years"] * 12 + given["months"])]


def newcomer(given: Any) -> Employee:
    """Somebody who came in on 1 January 2026; the time before is within 2023 to 2025."""
    person = holder(
        given["jenjang"], given["golongan"], since=date(2026, 1, 1), way="unknown", origin=""
    )
    months = [p for p, n in years_before(given) for _ in range(n)]
    first = 36 - len(months)
    at = date(2023 + first // 12, first % 12 + 1, 1)
    person.ranks.update(effective_on=at)
    for predicate in months:
        end = (date(at.year + at.month // 12, at.month % 12 + 1, 1)).toordinal() - 1
        factories.RatingFactory(
            employee=person, start=at, end=date.fromordinal(end), predicate=predicate
        )
        at = date.fromordinal(end + 1)
    return person


def transfers() -> list[Any]:
    """The rows within the time since 2023 that ask for the whole amount."""
    rows = golden("transfer", "transfer_years")
    whole = [row for row in rows if row.values[0]["ak_dasar"]]
    return [row for row in whole if sum(n for _, n in years_before(row.values[0])) <= 36]


@pytest.mark.parametrize(("given", "wanted"), transfers())
def test_a_transfer_from_outside_is_counted_from_the_appointment(given: Any, wanted: Any) -> None:
    person = newcomer(given)
    claim = transfer_claim(person, origin=given["asal"], top_rank=given["top_pangkat"])
    checked = kind_of(claim).check(claim, DAY)
    assert checked.points == Fraction(wanted["total"])
    done = walk(claim, Offices(person), DAY)
    assert balance(person) == Fraction(wanted["total"]) == Fraction(checked.trace["after"])
    assert sum(lines(person, "base")) == Fraction(wanted["ak_dasar"])
    held = person.appointments.get()
    assert (held.way, held.origin) == ("transfer", given["asal"])
    annul(done)
    held.refresh_from_db()
    assert (held.way, held.origin) == ("unknown", "")
    assert balance(person) == 0


@pytest.mark.parametrize(("given", "wanted"), golden("transfer_flat"))
def test_a_rank_that_does_not_fit_gives_the_flat_amount(given: Any, wanted: Any) -> None:
    person = holder(given["jenjang"], given["golongan"], since=date(2026, 1, 1), way="unknown")
    claim = transfer_claim(person, origin=given["asal"])
    walk(claim, Offices(person), DAY)
    assert balance(person) == Fraction(wanted["total"])


@pytest.mark.parametrize(("given", "wanted"), golden("transfer_jf_to_jf"))
def test_from_another_position_the_balance_is_kept(given: Any, wanted: Any) -> None:
    person = holder(given["to"], "III/c", since=date(2026, 1, 1), way="transfer", origin="jf")
    claim = transfer_claim(person, origin="jf", former_level=given["from"], points=given["ak"])
    walk(claim, Offices(person), DAY)
    assert balance(person) == Fraction(wanted["total"])


@pytest.mark.parametrize("way", ["inpassing", "penyetaraan"])
def test_the_amount_of_the_table_opens_the_ledger_and_the_first_month_counts(way: str) -> None:
    person = holder("ahli_muda", "III/d", since=date(2025, 1, 1), way=way)
    factories.RatingFactory(employee=person, start=date(2025, 1, 1), end=date(2025, 12, 31))
    claim = transfer_claim(person, way=way, points="112.5")
    done = walk(claim, Offices(person), DAY)
    assert balance(person) == Fraction("112.5") + 25
    assert lines(person, "base") == []  # never both (E-02)
    assert errors(transfer_claim(person, way=way, points="112.5")) == {"opening.stands"}
    annul(done)
    assert balance(person) == 25


def test_the_table_of_a_second_position_is_not_reset_at_once() -> None:
    person = holder("ahli_pertama", "III/c", end=date(2024, 12, 31))
    factories.AppointmentFactory(
        employee=person, level="ahli_muda", start=date(2025, 1, 1), way="penyetaraan"
    )
    claim = transfer_claim(person, way="penyetaraan", points="75")
    walk(claim, Offices(person), DAY)
    assert balance(person) == 75


def test_what_a_transfer_lacks_is_named() -> None:
    newcomer_ = holder(since=date(2026, 1, 1), way="unknown")
    assert errors(transfer_claim(newcomer_)) == {"transfer.no_origin"}
    assert errors(transfer_claim(newcomer_, origin="pelaksana", points="9")) == {
        "transfer.computed"
    }
    assert errors(transfer_claim(newcomer_, start="2026-01-02")) == {"transfer.no_appointment"}
    assert errors(transfer_claim(holder(), origin="pelaksana")) == {"transfer.before_regime"}
    assert errors(transfer_claim(newcomer_, origin="jf", points="9")) == {
        "transfer.no_former_level"
    }
    unlike = transfer_claim(newcomer_, origin="jf", points="9", former_level="ahli_muda")
    assert errors(unlike) == {"transfer_jf.level_differs"}
    stays = holder(end=date(2025, 12, 31))
    factories.AppointmentFactory(employee=stays, level="ahli_muda", start=date(2026, 1, 1))
    assert errors(transfer_claim(stays, origin="pelaksana")) == {"transfer.still_held"}
    kept = transfer_claim(stays, origin="jf", points="9", former_level="ahli_muda")
    assert errors(kept) == {"transfer.kept"}
    unseen = holder("ahli_muda", "II/d", since=date(2026, 1, 1), way="unknown")
    assert errors(transfer_claim(unseen, origin="pelaksana")) == {"transfer.flat_unknown"}


# ------------------------------------------------------------------ four eyes


@pytest.mark.parametrize("kind", ["konversi", "ijazah", "integrasi"])
def test_each_step_needs_another_person(kind: str) -> None:
    """Whoever submitted, in the place of each later actor; and who checked does not approve."""
    person = graduate("ahli_madya", "IV/b")
    offices = Offices(person)
    made = {
        "konversi": lambda: rating_claim(person, date(2024, 1, 1), date(2024, 12, 31)),
        "ijazah": lambda: degree_claim(person),
        "integrasi": lambda: integration_claim(person, "550"),
    }
    claim = made[kind]()
    both = offices.officers[0]
    offices.coordinator = both  # an officer submits
    both.groups.add(*offices.superior.groups.all(), *offices.determiner.groups.all())
    factories.EmployeeFactory(user=both)
    claim = walk(claim, offices, DAY, until=Act.SUBMIT)
    for act, actor in offices.steps(claim)[1:]:
        if act in (Act.CHECK, Act.DETERMINE, Act.APPROVE):
            with pytest.raises(ClaimError) as refused:
                perform(claim, act, both, on=DAY)
            assert refused.value.code in ("four_eyes", "not_yours")
        next_one = offices.officers[2] if actor == both else actor
        claim = perform(claim, act, next_one, on=DAY)
        if act == Act.CHECK:
            with pytest.raises(ClaimError) as refused:
                perform(claim, Act.APPROVE, next_one, on=DAY)
            assert refused.value.code == "four_eyes"
    assert claim.state == State.DETERMINED
