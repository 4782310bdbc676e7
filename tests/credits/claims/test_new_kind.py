"""Kinds as the pages and paths see them: a new one, one that a team judges, and what all show."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.policy import Role
from credits.models import Claim, ClaimDecision
from credits.rules import claim_paths
from credits.rules.claim_paths import path_of
from credits.rules.claim_states import Act, Path, State
from credits.rules.claims import Finding
from credits.services.claims import kinds as registry
from credits.services.claims.acts import perform
from credits.services.claims.determining import count_anew
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import Checked, Kind, kind_of, kinds, register
from employees.models import Employee
from tests import factories
from tests.credits.claims.offices import Offices, balance, claim_of, holder, walk
from tests.credits.claims.test_correction import correction
from tests.credits.claims.test_fact_kinds import (
    DAY,
    degree_claim,
    graduate,
    integration_claim,
    rating_claim,
    transfer_claim,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


class MedalForm(forms.Form):
    medal = forms.CharField(label="Tanda jasa")


@pytest.fixture
def medal() -> Iterator[str]:
    """A kind that only this test knows."""

    class Medal(Kind):
        code = "tanda-jasa"
        title = "Usulan tanda jasa"
        form = MedalForm

        def check(self, claim: Claim, day: date) -> Checked:
            found = () if claim.details.get("medal") else (Finding("error", "medal.none"),)
            return Checked(Fraction(1), found, {})

        def determine(self, claim: Claim, actor: Any, day: date) -> ClaimDecision:
            return ClaimDecision.objects.create(
                claim=claim, employee=claim.employee, decided_on=day, effective_on=day
            )

        def take_back(self, decision: ClaimDecision, actor: Any, reason: str) -> None:
            pass

    register(Medal)
    yield Medal.code
    del registry._kinds[Medal.code]


def test_a_new_kind_works_without_another_change(medal: str, client: Client) -> None:
    person = holder()
    claim = factories.ClaimFactory(
        employee=person,
        kind=medal,
        path="biro_sdm",
        details={"medal": "Satyalancana"},
        submitted_at="2026-01-01T00:00:00Z",
    )
    offices = Offices(person)
    client.force_login(offices.officers[0])
    page = reverse("credits:claim", args=[claim.public_id])
    text = client.get(page).content.decode()
    assert "Usulan tanda jasa" in text
    assert "Tanda jasa" in text
    assert "Satyalancana" in text
    done = walk(claim, offices, DAY)
    assert done.state == State.DETERMINED
    assert medal in {kind.code for kind in kinds()}
    assert client.get(page).status_code == 200


def test_a_custodian_may_ask_for_a_team(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edition of its own for a JF sends its degrees to the team; the others go on as before."""
    shipped = claim_paths.editions()
    first = shipped[0]
    values = dict(first.values)
    values["paths", "ijazah"] = replace(values["paths", "ijazah"], value="team")
    own = replace(first, key="usulan-jf", positions=frozenset({"jf-keahlian"}), values=values)
    monkeypatch.setattr(claim_paths, "editions", lambda: (*shipped, own))
    assert path_of(claim_paths.edition_on(DAY, "jf-keahlian"), "ijazah") is Path.TEAM
    assert path_of(claim_paths.edition_on(DAY, "jf-lain"), "ijazah") is Path.BUREAU


def chair_of(claim: Claim) -> Any:
    """The chair of a team for the claim's position."""
    chair = factories.EmployeeFactory(user=UserFactory(roles=[Role.CHAIR]))
    team = factories.TeamFactory(positions=[claim.position])
    factories.TeamMembershipFactory(team=team, employee=chair, role="ketua")
    return chair.user


def judged(claim: Claim, state: str) -> Claim:
    claim.path, claim.state = "team", state
    claim.save()
    return claim


@pytest.mark.usefixtures("without_plenary")
def test_a_kind_without_items_is_judged_as_a_whole_by_a_team() -> None:
    person = graduate()
    offices = Offices(person)
    claim = judged(degree_claim(person), "plenary")
    chair = chair_of(claim)
    with pytest.raises(ClaimError) as refused:
        perform(claim, Act.APPROVE_PARTLY, chair, on=DAY)
    assert refused.value.code == "whole_only"
    claim = perform(claim, Act.APPROVE, chair, on=DAY)
    assert claim.state == State.APPROVED  # the determining officer comes after a team
    before = balance(person)
    claim = perform(claim, Act.DETERMINE, offices.determiner, on=DAY)
    assert balance(person) == before + Fraction("12.5")


@pytest.mark.usefixtures("without_plenary")
def test_a_rejected_objection_takes_the_determination_back() -> None:
    """The team lets a claim fall that was determined: no decision stays in force without it."""
    person = graduate()
    offices = Offices(person)
    before = balance(person)
    claim = judged(degree_claim(person), "approved")
    claim = perform(claim, Act.DETERMINE, offices.determiner, on=DAY)
    assert balance(person) > before
    claim = perform(claim, Act.OBJECT, offices.coordinator, reason="Kurang", on=DAY)
    claim = perform(claim, Act.REJECT, chair_of(claim), reason="Tidak sah", on=DAY)
    assert balance(person) == before
    assert not claim.decisions.filter(withdrawn_at__isnull=True).exists()


@pytest.mark.usefixtures("without_plenary")
def test_an_objection_that_changes_the_decision_replaces_it() -> None:
    person = graduate()
    offices = Offices(person)
    claim = judged(degree_claim(person), "approved")
    claim = perform(claim, Act.DETERMINE, offices.determiner, on=DAY)
    after = balance(person)
    claim = perform(claim, Act.OBJECT, offices.coordinator, reason="Kurang", on=DAY)
    claim = perform(claim, Act.APPROVE, chair_of(claim), on=DAY)
    claim = perform(claim, Act.DETERMINE, offices.determiner, on=DAY)
    assert balance(person) == after
    assert claim.decisions.count() == 2
    assert claim.decisions.filter(withdrawn_at__isnull=True).count() == 1


# ------------------------------------------------------------------ previews


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    level=st.sampled_from(["ahli_pertama", "ahli_muda", "terampil", "mahir"]),
    changed=st.none() | st.integers(2, 11),
    predicate=st.sampled_from(["sangat_baik", "baik", "butuh_perbaikan", "sangat_kurang"]),
    quarters=st.sets(st.integers(0, 3)),
)
def test_what_a_preview_says_is_what_the_ledger_then_holds(
    level: str, changed: int | None, predicate: str, quarters: set[int]
) -> None:
    rank = {"ahli_pertama": "III/a", "ahli_muda": "III/c", "terampil": "II/c", "mahir": "III/a"}
    person = holder(level, rank[level])
    if changed is not None:
        first = person.appointments.get()
        first.end = date.fromordinal(date(2024, changed, 1).toordinal() - 1)
        first.save()
        above = {"ahli_pertama": "ahli_muda", "ahli_muda": "ahli_madya"} | {
            "terampil": "mahir",
            "mahir": "penyelia",
        }
        factories.AppointmentFactory(
            employee=person,
            position=first.position,
            level=above[level],
            start=date(2024, changed, 1),
            way="promotion",
        )
    for n in quarters:
        end = date(2024, 3 * n + 4, 1) if n < 3 else date(2025, 1, 1)
        factories.RatingFactory(
            employee=person,
            start=date(2024, 3 * n + 1, 1),
            end=date.fromordinal(end.toordinal() - 1),
        )
    count_anew(person.pk, None)
    claim = rating_claim(person, date(2024, 1, 1), date(2024, 12, 31), predicate)
    checked = kind_of(claim).check(claim, DAY)
    assert checked.errors == ()
    assert balance(person) == Fraction(checked.trace["before"])
    offices = Offices(person)
    walk(claim, offices, DAY)
    assert balance(person) == Fraction(checked.trace["after"])
    undo = correction(person, f"claim:{claim.public_id}", "withdraw")
    back = kind_of(undo).check(undo, DAY)
    walk(undo, offices, DAY)
    assert balance(person) == Fraction(back.trace["after"]) == Fraction(checked.trace["before"])


# ------------------------------------------------------------------ pages


def _made(person: Employee, kind: str) -> Claim:
    made = {
        "konversi": lambda: rating_claim(person, date(2024, 1, 1), date(2024, 12, 31)),
        "ijazah": lambda: degree_claim(person),
        "integrasi": lambda: integration_claim(person, "550.63"),
        "perpindahan": lambda: transfer_claim(person, way="penyetaraan", points="12.5"),
    }
    return made[kind]()


@pytest.mark.parametrize("kind", ["konversi", "ijazah", "integrasi", "perpindahan"])
def test_the_page_shows_what_is_claimed_and_the_balances(kind: str, client: Client) -> None:
    person = graduate("ahli_madya", "IV/b")
    if kind == "perpindahan":
        person.appointments.update(start=date(2025, 1, 1), way="unknown")
    claim = _made(person, kind)
    offices = Offices(person)
    client.force_login(offices.coordinator)
    page = reverse("credits:claim", args=[claim.public_id])
    text = client.get(page).content.decode()
    for label, value in kind_of(claim).shown(claim):
        assert value in text
        assert str(label)
    trace = kind_of(claim).check(claim, DAY).trace
    assert f"{float(Fraction(trace['after'])):.2f}".replace(".", ",") in text
    walk(claim, offices, DAY)
    text = client.get(page).content.decode()
    assert "PermenPANRB" in text or "Peraturan BKN" in text


def test_a_correction_shows_old_and_new_before_and_after(client: Client) -> None:
    person = graduate()
    offices = Offices(person)
    first = walk(degree_claim(person), offices, DAY)
    claim = correction(person, f"claim:{first.public_id}", recorded_on="2025-04-04")
    client.force_login(offices.officers[0])
    page = reverse("credits:claim", args=[claim.public_id])
    assert "03-03-2025 → 04-04-2025" in client.get(page).content.decode()
    walk(claim, offices, DAY)
    assert "03-03-2025 → 04-04-2025" in client.get(page).content.decode()


@pytest.mark.usefixtures("without_plenary")
@pytest.mark.parametrize("what", ["claim", "opening", "rating", "items"])
def test_the_form_of_a_correction_has_the_inputs_of_what_it_corrects(what: str) -> None:
    person = graduate()
    offices = Offices(person)
    if what == "claim":
        key = f"claim:{walk(degree_claim(person), offices, DAY).public_id}"
    elif what == "opening":
        key = f"opening:{factories.OpeningFactory(employee=person, points=3).pk}"
    elif what == "rating":
        key = f"rating:{person.ratings.get().pk}"
    else:
        conventional = factories.ClaimFactory(
            employee=person, state="approved", submitted_at="2026-01-01T00:00:00Z"
        )
        table = factories.ActivityTableFactory(position=conventional.position)
        item = factories.ActivityItemFactory(table=table)
        factories.ClaimItemFactory(claim=conventional, activity=item, number=1, quantity=3)
        perform(conventional, Act.DETERMINE, offices.determiner, on=DAY)
        key = f"claim:{conventional.public_id}"
    claim = claim_of(person, "koreksi", date(2026, 5, 1))
    kind = kind_of(claim)
    form = kind.details_form(claim)
    assert form is not None
    choices: Any = form.fields["target"]
    assert key in dict(choices.choices)
    assert not [name for name in form.fields if name.startswith("new_")]
    claim.details = {"target": key, "because": "Salah", "outcome": "replace"}
    form = kind.details_form(claim)
    assert form is not None
    name = {"claim": "new_recorded_on", "opening": "new_points", "rating": "new_predicate"}.get(
        what, "new_q1"
    )
    initial = {"claim": "2025-03-03", "opening": "3", "rating": "baik", "items": 3}[what]
    assert form.initial[name] == initial
    other = {"target": "", "because": "Salah", "outcome": "replace", name: str(initial)}
    posted = kind.details_form(claim, other)
    assert posted is not None
    assert not posted.is_valid()
    filled = kind.details_form(claim, other | {"target": key})
    assert filled is not None
    assert filled.is_valid(), filled.errors


@pytest.mark.parametrize("kind", ["konversi", "ijazah", "integrasi", "perpindahan"])
def test_the_form_of_a_kind_reads_back_what_it_stored(kind: str) -> None:
    person = graduate("ahli_madya", "IV/b")
    claim = _made(person, kind)
    form = kind_of(claim).details_form(claim)
    assert form is not None
    data = {name: form.get_initial_for_field(f, name) or "" for name, f in form.fields.items()}
    again = kind_of(claim).details_form(claim, data)
    assert again is not None
    assert again.is_valid(), again.errors
