"""From facts to ledger: what is posted, what is reversed, and that nothing is posted twice."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from credits.models import LedgerEntry, LedgerHead, OpeningBalance, Rating
from credits.rules.units import UNIT, from_units
from credits.selectors import balances, findings, standings
from credits.services.runs import create, do_part, recalculate_now, stale_ids
from employees.models import Appointment, StatusPeriod
from employees.services.facts import mark_changed
from tests import factories

pytestmark = pytest.mark.django_db
ALL = {"all": True}


def run(**options):
    return recalculate_now(ALL, "test", **options)


def balance(person, on=date(2030, 1, 1)):
    return balances([person.pk], on).get(person.pk, Fraction(0))


@pytest.fixture
def holder():
    """An Ahli Pertama III/a since 2020 with an opening of 25 points at the end of 2022."""
    person = factories.EmployeeFactory.create()
    factories.RankFactory.create(employee=person)
    factories.AppointmentFactory.create(employee=person, start=date(2020, 1, 1))
    factories.OpeningFactory.create(employee=person, points=25)
    return person


def test_a_year_of_baik_as_ahli_pertama_is_exactly_twelve_and_a_half(holder):
    for month in range(1, 13):
        last = date(2024 + month // 12, month % 12 + 1, 1).toordinal() - 1
        factories.RatingFactory.create(
            employee=holder, start=date(2024, month, 1), end=date.fromordinal(last)
        )
    run()
    assert balance(holder) == 25 + Fraction("12.5")
    total = LedgerEntry.objects.filter(kind="conversion").aggregate(units=Sum("amount_units"))
    assert from_units(int(total["units"])) == Fraction("12.5")


def test_each_entry_is_the_product_of_its_own_inputs(holder):
    factories.RatingFactory.create(employee=holder, predicate="sangat_baik")
    run()
    for entry in LedgerEntry.objects.all():
        product = Fraction(entry.base_units * entry.percent, 100)
        if entry.months is not None:
            product = product * entry.months / 12
        assert product == entry.amount_units
        assert entry.rule
        assert entry.article
        assert entry.edition


def test_a_second_run_writes_nothing(holder):
    factories.RatingFactory.create(employee=holder)
    first = run()
    heads = list(LedgerHead.objects.values_list())
    second = run()
    assert (first.posted, first.reversed) == (2, 0)
    assert (second.posted, second.reversed, second.changed) == (0, 0, 0)
    assert list(LedgerHead.objects.values_list()) == heads


def test_a_corrected_rating_is_reversed_and_posted_anew(holder):
    wrong = factories.RatingFactory.create(employee=holder)
    run()
    right = factories.RatingFactory.build(
        employee=holder, predicate="sangat_baik", start=wrong.start, end=wrong.end
    )
    right.save()
    Rating.objects.filter(pk=wrong.pk).update(superseded_by=right)
    mark_changed([holder.pk])
    assert stale_ids() == [holder.pk]
    result = recalculate_now({"stale": True}, "test")
    assert (result.posted, result.reversed) == (1, 1)
    assert balance(holder) == 25 + Fraction("18.75")
    reversal = LedgerEntry.objects.get(reverses_seq__isnull=False)
    reversed_entry = LedgerEntry.objects.get(employee=holder, seq=reversal.reverses_seq)
    assert reversal.amount_units == -reversed_entry.amount_units
    assert reversal.effective_on == reversed_entry.effective_on
    assert stale_ids() == []


def test_what_we_knew_before_a_correction_can_still_be_asked(holder):
    factories.RatingFactory.create(employee=holder)
    run()
    known = LedgerEntry.objects.latest("recorded_at").recorded_at
    Rating.objects.update(predicate="sangat_baik")
    mark_changed([holder.pk])
    run()
    on = date(2023, 12, 31)
    assert balances([holder.pk], on, known)[holder.pk] == 25 + Fraction("12.5")
    assert balances([holder.pk], on)[holder.pk] == 25 + Fraction("18.75")
    assert balances([holder.pk], date(2023, 12, 30))[holder.pk] == 25


def test_a_new_level_splits_the_year_and_starts_again_at_zero(holder):
    Appointment.objects.filter(employee=holder).update(end=date(2024, 3, 31))
    factories.AppointmentFactory.create(
        employee=holder, level="ahli_muda", start=date(2024, 4, 1), way="promotion"
    )
    factories.RatingFactory.create(
        employee=holder, start=date(2024, 1, 1), end=date(2024, 12, 31), predicate="baik"
    )
    run()
    assert balance(holder, date(2024, 3, 31)) == 25 + Fraction(25, 8)
    assert balance(holder, date(2024, 4, 1)) == 0
    assert balance(holder) == Fraction(75, 4)  # nine months at 25 a year


def test_a_level_that_begins_in_mid_month_counts_from_the_next_month(holder):
    Appointment.objects.filter(employee=holder).update(end=date(2024, 4, 14))
    factories.AppointmentFactory.create(
        employee=holder, level="ahli_muda", start=date(2024, 4, 15), way="promotion"
    )
    factories.RatingFactory.create(
        employee=holder, start=date(2024, 1, 1), end=date(2024, 12, 31), predicate="baik"
    )
    run()
    assert balance(holder, date(2024, 4, 14)) == 25 + Fraction("12.5") * 4 / 12
    assert balance(holder) == Fraction(25) * 8 / 12


def test_unpaid_leave_counts_nothing_and_a_study_assignment_counts_as_baik(holder):
    factories.StatusPeriodFactory.create(
        employee=holder, start=date(2024, 1, 1), end=date(2024, 6, 30)
    )
    factories.StatusPeriodFactory.create(
        employee=holder,
        kind=StatusPeriod.Kind.STUDY,
        start=date(2025, 1, 1),
        end=date(2025, 12, 31),
        cum_laude=True,
    )
    for year in (2024, 2025):
        factories.RatingFactory.create(
            employee=holder, start=date(year, 1, 1), end=date(year, 12, 31)
        )
    run()
    assert balance(holder, date(2024, 12, 31)) == 25 + Fraction("6.25")
    assert balance(holder) == 25 + Fraction("6.25") + Fraction("18.75")


def test_points_stated_for_a_day_replace_all_that_was_earned_before_it(holder):
    factories.RatingFactory.create(employee=holder)
    OpeningBalance.objects.update(on=date(2023, 6, 30))
    run()
    assert balance(holder) == 25 + Fraction("6.25")


def test_an_integration_starts_with_what_is_above_the_base_value():
    person = factories.EmployeeFactory.create()
    factories.RankFactory.create(employee=person, golongan="IV/b")
    factories.AppointmentFactory.create(employee=person, level="ahli_madya", start=date(2019, 1, 1))
    OpeningBalance.objects.create(
        employee=person, on=date(2022, 12, 31), kind="integration", units=55063 * UNIT // 100
    )
    run()
    assert balance(person) == Fraction("150.63")


def test_a_transfer_in_2024_brings_base_points_and_the_last_three_years():
    person = factories.EmployeeFactory.create()
    factories.RankFactory.create(employee=person, golongan="III/d", effective_on=date(2019, 4, 1))
    factories.AppointmentFactory.create(
        employee=person,
        level="ahli_muda",
        start=date(2024, 1, 1),
        way="transfer",
        origin="pengawas",
        top_rank=True,
    )
    for year in (2020, 2021, 2022, 2023):
        factories.RatingFactory.create(
            employee=person, start=date(year, 1, 1), end=date(year, 12, 31)
        )
    run()
    assert balance(person) == 175  # PerBKN 3/2023, annex, example b


def test_a_higher_degree_gives_a_quarter_of_the_points_for_a_rank_once(holder):
    factories.RatingFactory.create(employee=holder, start=date(2024, 1, 1), end=date(2024, 12, 31))
    factories.EducationFactory.create(employee=holder, degree="S1")
    factories.EducationFactory.create(employee=holder, degree="S2", recorded_on=date(2024, 5, 2))
    run()
    degrees = LedgerEntry.objects.filter(kind="degree")
    assert [from_units(e.amount_units) for e in degrees] == [Fraction("12.5")]


def test_a_dry_run_says_what_would_change_and_writes_no_entry(holder):
    result = run(dry_run=True)
    change = result.changes.get()
    assert (change.before_units, change.after_units) == (0, 25 * UNIT)
    assert [line["kind"] for line in change.added] == ["opening"]
    assert not LedgerEntry.objects.exists()
    assert stale_ids() == [holder.pk]


def test_a_position_with_rules_of_its_own_is_listed_as_not_computed(holder):
    Appointment.objects.update(position=factories.PositionFactory.create(code="dosen"))
    result = run()
    assert result.not_computed == 1
    assert [i.code for i in findings(holder.pk)] == ["own_rules"]
    assert not standings([holder.pk])[holder.pk].computed


def test_the_rules_refusing_one_person_do_not_stop_the_others(holder):
    broken = factories.EmployeeFactory.create()
    factories.AppointmentFactory.create(employee=broken, level="unheard_of", start=date(2023, 1, 1))
    factories.RatingFactory.create(employee=broken)
    result = run()
    assert (result.failed, result.posted, result.state) == (1, 1, "partly")
    assert balance(holder) == 25


def test_the_number_of_statements_does_not_grow_with_the_people(holder):
    def statements(year, people):
        whole = {"start": date(year, 1, 1), "end": date(year, 12, 31)}
        factories.RatingFactory.create(employee=holder, **whole)
        mark_changed([holder.pk])
        for _ in range(people):
            other = factories.EmployeeFactory.create()
            factories.AppointmentFactory.create(employee=other)
            factories.RatingFactory.create(employee=other, **whole)
        waiting = create(ALL, "test")
        part = waiting.chunks.get()
        with CaptureQueriesContext(connection) as captured:
            do_part(waiting.pk, part)
        return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]

    run()
    few, many = statements(2024, 1), statements(2025, 8)
    assert len(few) == len(many) <= 12, many
