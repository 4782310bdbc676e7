"""DUPAK, HAPAK and PAK of a conventional claim: what they state follows from the figures alone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessors.rules import Found
from assessors.services import plenaries
from credits.documents.conclusion import Rung, conventional, shortfall
from credits.documents.content import (
    ContentError,
    ConventionalForm,
    FindingForm,
    Group,
    GroupRow,
    Identity,
    from_json,
)
from credits.documents.presentation import conventional_sentence, present
from credits.documents.render import render
from credits.models import Claim, Document, NumberScheme
from credits.rules.claim_states import Act
from credits.rules.conventional import count_for_promotion, ladder_points
from credits.rules.editions import CONVENTIONAL, current
from credits.services.claims import papers
from credits.services.claims.acts import perform
from credits.services.issuing import issued_pdf
from tests import factories
from tests.assessors.sitting import (
    ALL,
    claimant,
    closed_and_signed,
    determiner,
    finished,
    in_session,
    seated,
    submitted,
)
from tests.factories import PositionFactory

WHO = Identity(name="Sari", nip="19900101 201501 2 900", position="Analis", unit="Biro", agency="K")


def pak(**values: Any) -> ConventionalForm:
    amounts = {g: values.pop(g.value, Fraction(0)) for g in Group}
    given = {
        "grade": "III/a",
        "base": Fraction(100),
        "next_rank": "Penata Muda Tingkat I, III/b",
        "minimum": Fraction(150),
        "main_minimum": Fraction(40),
        "support_maximum": Fraction(10),
    } | values
    return ConventionalForm(
        identity=WHO,
        period_start=date(2022, 1, 1),
        period_end=date(2022, 6, 30),
        rows=tuple(GroupRow(group=g, new=Fraction(a)) for g, a in amounts.items()),
        **given,
    )


@pytest.mark.parametrize(
    ("amounts", "rung"),
    [
        ({"utama": 50}, Rung.MET),
        ({"utama": Fraction(39), "profesi": 1, "penunjang": 10}, Rung.MET),
        ({"utama": Fraction(49999, 1000)}, Rung.SHORT),
        ({"utama": 39, "penunjang": 30}, Rung.SHORT),  # support above its cap gives nothing
        ({"pendidikan": 40, "penunjang": 10}, Rung.MET),
    ],
)
def test_the_conclusion_follows_from_the_ladder(amounts: dict[str, Any], rung: Rung) -> None:
    """B10: exact at the threshold."""
    assert conventional(pak(**amounts)) is rung


def test_no_conclusion_can_be_handed_in() -> None:
    """B10: a field that states one is refused."""
    stated = pak(utama=1).to_json() | {"conclusion": "DAPAT DIPERTIMBANGKAN"}
    with pytest.raises(ContentError):
        from_json(stated)
    assert "TIDAK DAPAT" in conventional_sentence(pak(utama=1))
    assert "KEKURANGAN ANGKA KREDIT 49,000" in conventional_sentence(pak(utama=1))
    top = pak(next_rank="", minimum=None, main_minimum=None, support_maximum=None)
    assert "PANGKAT TERTINGGI" in conventional_sentence(top)
    assert shortfall(top) == 0


amount = st.fractions(min_value=0, max_value=90, max_denominator=1000)


@given(amount, amount, amount)
def test_the_conclusion_is_that_of_the_rules(
    duties: Fraction, profession: Fraction, support: Fraction
) -> None:
    edition = current().latest(CONVENTIONAL, None)
    form = pak(utama=duties, profesi=profession, penunjang=support)
    rule = count_for_promotion(
        edition, "III/a", surplus=Fraction(0), main=duties + profession, support=support
    )
    assert ladder_points(edition, "III/a") == form.base
    assert (conventional(form) is Rung.MET) == rule.ok


def test_the_content_comes_back_as_it_was_and_gives_the_same_bytes() -> None:
    form = pak(utama=Fraction(25, 3), penunjang=Fraction(1, 7))
    again = from_json(form.to_json())
    assert again == form
    assert render(again) == render(form)
    with pytest.raises(ContentError):
        replace(form, rows=form.rows[:2])


# ------------------------------------------------------------------ from a claim

pytestmark = pytest.mark.django_db


def determined(quantities: dict[int, Found] | None = None) -> Claim:
    NumberScheme.objects.get_or_create(
        start="2020-01-01", defaults={"pattern": "1/{number4}/KP.08.04/{month}/{year}"}
    )
    where = seated(PositionFactory())
    claim = submitted(claimant(where.team.positions.get()), quantities=(4, 2))
    table = claim.position.activity_tables.get() if claim.position else None
    for number, element, points in ((3, "profesi", "2.5"), (4, "penunjang", "8")):
        factories.ClaimItemFactory(
            claim=claim,
            number=number,
            quantity=2,
            activity=factories.ActivityItemFactory(
                table=table, element=element, points=Decimal(points), level=""
            ),
        )
    finished(claim, where.members["anggota"], [{}, {1: 1}])
    plenary = in_session(where)
    found = quantities or {
        1: Found(3, "quantity", "laporan ke-4"),
        **{n: Found(2) for n in (2, 3, 4)},
    }
    plenaries.decide(plenary.agenda.get(), found, ALL, where.chair)
    closed_and_signed(where, plenary)
    perform(claim, Act.DETERMINE, determiner(claim))
    claim.refresh_from_db()
    return claim


def test_the_determination_brings_its_papers_numbered_and_kept() -> None:
    claim = determined()
    found, determination = Document.objects.filter(employee=claim.employee).order_by("pk")
    assert (found.form, determination.form) == ("hapak", "konvensional")
    assert {found.state, determination.state} == {"awaiting"}
    assert determination.signer is not None
    assert determination.number
    assert claim.decisions.get().document == determination
    stated = from_json(determination.content)
    assert isinstance(stated, ConventionalForm)
    rows = {r.group: r.new for r in stated.rows}
    # 3 + 2 products of 0.5; profession 2 x 2.5; support 16, cut to 20 % of 50
    assert rows == {
        Group.EDUCATION: Fraction(0),
        Group.DUTIES: Fraction(5, 2),
        Group.PROFESSION: Fraction(5),
        Group.SUPPORT: Fraction(10),
    }
    assert (stated.base, stated.minimum, stated.total) == (100, 150, Fraction(235, 2))
    assert claim.decisions.get().units == 17_500_000 * 3
    result = from_json(found.content)
    assert isinstance(result, FindingForm)
    assert (result.found, result.counted) == (Fraction(47, 2), Fraction(35, 2))
    changed = next(i for i in result.items if i.number == 1)
    assert (changed.quantity, changed.decided_quantity) == (4, 3)
    assert changed.reason == "jumlah tidak terbukti: laporan ke-4"
    issued = issued_pdf(determination)
    determination.refresh_from_db()
    assert issued == issued_pdf(determination) == render(from_json(determination.content))
    assert issued.startswith(b"%PDF")


def test_an_earlier_determination_stands_under_lama() -> None:
    claim = determined()
    where = seated(claim.position)
    second = submitted(
        claim.employee,
        quantities=(6,),
        period_start=date(2022, 7, 1),
        period_end=date(2022, 12, 31),
    )
    finished(second, where.members["anggota"], [{}, {1: 1}])
    plenary = in_session(where)
    plenaries.decide(plenary.agenda.get(), {1: Found(6)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    from accounts.models import User

    officer = User.objects.get(employee__determines__agency=claim.employee.employer)
    perform(second, Act.DETERMINE, officer)
    paper = second.decisions.get().document
    assert paper is not None
    stated = from_json(paper.content)
    assert isinstance(stated, ConventionalForm)
    rows = {r.group: (r.old, r.new) for r in stated.rows}
    assert rows[Group.DUTIES] == (Fraction(5, 2), Fraction(3))
    assert rows[Group.SUPPORT] == (Fraction(10), Fraction(0))


def test_the_dupak_states_what_was_submitted() -> None:
    where = seated(PositionFactory())
    claim = submitted(claimant(where.team.positions.get()))
    form = papers.dupak(claim)
    assert (form.total, form.is_draft) == (Fraction(3), False)
    assert claim.submitted_by is not None
    assert form.signatory is not None
    assert form.signatory.name == claim.submitted_by.employee.full_name
    page = present(form)
    assert page["total"] == "3,000"
    assert papers.dupak_pdf(claim) == papers.dupak_pdf(claim)


def test_without_a_scheme_the_papers_wait_as_drafts() -> None:
    NumberScheme.objects.all().delete()
    where = seated(PositionFactory())
    claim = submitted(claimant(where.team.positions.get()))
    finished(claim, where.members["anggota"], [{}, {1: 1}])
    plenary = in_session(where)
    plenaries.decide(plenary.agenda.get(), {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    perform(claim, Act.DETERMINE, determiner(claim))
    states = Document.objects.filter(employee=claim.employee).values_list("state", flat=True)
    assert list(states) == ["draft", "draft"]
