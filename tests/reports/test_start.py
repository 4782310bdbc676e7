"""The start page: what waits by role, each count as long as its list, and own work going on."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from accounts.policy import Role
from credits.models import (
    CalculationRun,
    ClosedPeriod,
    Document,
    DocumentBatch,
    DocumentEvent,
    LedgerAnchor,
    NumberScheme,
)
from credits.services import documents, issuing, runs
from credits.services.runs import recalculate_now
from employees.models import Employee, ImportBatch
from reports.duties import Duty, Urgency, duties_of
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
YEAR = (date(2023, 1, 1), date(2023, 12, 31))


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def scheme() -> NumberScheme:
    pattern = "1/{number4}/KP.08.04/{month}/{year}"
    return NumberScheme.objects.get_or_create(
        start=date(2021, 1, 1), defaults={"pattern": pattern}
    )[0]


@pytest.fixture
def boss() -> Employee:
    return factories.EmployeeFactory(name="Budi", user=UserFactory(roles=[Role.SUPERIOR]))


def holder(boss: Employee, points: int = 25, **appointment: Any) -> Employee:
    person = factories.EmployeeFactory()
    factories.AppointmentFactory(employee=person, start=date(2020, 1, 1), **appointment)
    factories.RankFactory(employee=person)
    factories.OpeningFactory(employee=person, points=points)
    factories.RatingFactory(employee=person)
    factories.SuperiorFactory(employee=person, superior=boss)
    return person


def issued(person: Employee, form: str, on: date) -> Document:
    draft = documents.draft(person, form, *YEAR)
    (document,) = issuing.issue([draft.pk], None, on).documents
    return document


def by_kind(user: User) -> dict[str, Duty]:
    return {duty.kind: duty for duty in duties_of(user, timezone.localdate())}


def rows_behind(client: Client, url: str) -> int:
    """How many rows the list at an address has."""
    answer = client.get(url.partition("#")[0])
    assert answer.status_code == 200, url
    if "cl" in answer.context:
        return int(answer.context["cl"].result_count)
    return int(answer.context["list"]["page"].paginator.count)


def make_everything_wait(boss: Employee) -> None:
    """Of each duty of an officer something, of some two, beside what does not count."""
    today = timezone.localdate()
    people = [holder(boss, points) for points in (25, 60, 110, 120)]
    gone = holder(boss, 150)
    Employee.objects.filter(pk=gone.pk).update(left_on=date(2024, 5, 1))
    own_rules = factories.PositionFactory(code="dosen", name="Dosen", own_rules=True)
    holder(boss, position=own_rules)
    recalculate_now({"all": True}, "test")
    documents.draft(people[0], Document.Form.ACCUMULATION, *YEAR)
    for person, days in ((people[1], 20), (people[2], 3)):
        issued(person, Document.Form.CONVERSION, today - timedelta(days=days))
    back = issued(people[3], Document.Form.CONVERSION, today)
    issuing.return_unsigned(back, "Predikatnya keliru.", boss.user)
    holder(boss)  # not computed yet
    for state in (ImportBatch.State.PREVIEW, ImportBatch.State.PREVIEW, ImportBatch.State.MAPPING):
        ImportBatch.objects.create(kind="combined", file_name="x.csv", state=state)
    factories.TeamFactory(positions=[people[0].appointments.get().position], end=today)
    runs.create({"stale": True}, "test")
    CalculationRun.objects.filter(reason="test", state="waiting").update(state="partly")


def test_each_count_is_the_length_of_the_list_behind_its_link(
    client: Client, boss: Employee, scheme: NumberScheme
) -> None:
    make_everything_wait(boss)
    user = UserFactory(roles=[Role.HR])
    client.force_login(user)
    found = duties_of(user, timezone.localdate())
    counted = {duty.kind for duty in found if duty.count is not None}
    assert counted == {
        "stale", "unrated", "due_rank", "due_level", "returned", "overdue", "draft", "preview",
        "mapping", "stopped", "finding", "unconfirmed", "team_ending", "without_team",
    }  # fmt: skip
    for duty in found:
        if duty.count is not None:
            assert duty.count == rows_behind(client, duty.url), duty
    assert [d.urgency for d in found] == sorted(d.urgency for d in found)
    assert by_kind(user)["returned"].urgency == Urgency.NOW
    body = client.get(reverse("admin:index")).content.decode()
    assert "Predikatnya keliru." in body
    assert "%(" not in body


def test_the_counts_of_other_roles_are_those_of_their_own_lists(
    client: Client, boss: Employee, scheme: NumberScheme
) -> None:
    make_everything_wait(boss)
    holder(factories.EmployeeFactory())  # of another superior, position and unit
    unit = factories.UnitFactory()
    for person in Employee.objects.filter(superiors__superior=boss)[:3]:
        factories.MembershipFactory(employee=person, unit=unit)
    coordinator = factories.EmployeeFactory(user=UserFactory(roles=[Role.COORDINATOR]))
    factories.ClaimCoordinatorFactory(employee=coordinator, unit=unit)
    expert = factories.EmployeeFactory(user=UserFactory(roles=[Role.POSITION_COORDINATOR]))
    lecturers = Employee.objects.get(appointments__position__code="dosen")
    position = lecturers.appointments.get().position
    factories.PositionCoordinatorFactory(employee=expert, position=position)
    UserFactory()  # without a role
    administrator = UserFactory(roles=[Role.ADMIN])
    kinds = {}
    for user in (boss.user, coordinator.user, expert.user, administrator):
        client.force_login(user)
        for duty in duties_of(user, timezone.localdate()):
            kinds.setdefault(user.pk, set()).add(duty.kind)
            if duty.count is not None:
                assert duty.count == rows_behind(client, duty.url), duty
    assert kinds[boss.user.pk] == {"sign", "enter"}
    assert kinds[coordinator.user.pk] >= {"unrated", "due_rank"}
    assert kinds[expert.user.pk] == {"unrated"}
    assert kinds[administrator.pk] == {"roleless"}


def test_what_does_not_wait_any_more_goes(client: Client, boss: Employee) -> None:
    person = holder(boss)
    user = UserFactory(roles=[Role.HR])
    assert "stale" in by_kind(user)
    recalculate_now({"all": True}, "test")
    assert "stale" not in by_kind(user)
    year = timezone.localdate().year - 1
    factories.RatingFactory(employee=person, start=date(year, 1, 1), end=date(year, 12, 31))
    assert "unrated" not in by_kind(user)


def test_a_run_that_left_people_out_waits_until_a_later_one_took_them(boss: Employee) -> None:
    holder(boss)
    user = UserFactory(roles=[Role.HR])
    runs.create({"all": True}, "test")
    CalculationRun.objects.update(state="partly")
    assert by_kind(user)["stopped"].count == 1
    recalculate_now({"stale": True}, "again")
    assert "stopped" not in by_kind(user)


def test_a_finished_period_is_proposed_for_closing(
    client: Client, boss: Employee, scheme: NumberScheme
) -> None:
    person = holder(boss)
    recalculate_now({"all": True}, "test")
    document = issued(person, Document.Form.CONVERSION, timezone.localdate())
    user = UserFactory(roles=[Role.HR])
    client.force_login(user)
    assert "period" not in by_kind(user)
    Document.objects.filter(pk=document.pk).update(state=Document.State.SIGNED)
    duty = by_kind(user)["period"]
    assert client.get(duty.url).context["form"].initial == {"start": YEAR[0], "end": YEAR[1]}
    assert client.get(reverse("credits:periods") + "?start=2023-02-30").status_code == 200
    ClosedPeriod.objects.create(start=YEAR[0], end=YEAR[1])
    assert "period" not in by_kind(user)


def test_a_superior_sees_how_long_the_oldest_form_waits(
    client: Client, boss: Employee, scheme: NumberScheme
) -> None:
    person = holder(boss)
    recalculate_now({"all": True}, "test")
    issued(person, Document.Form.CONVERSION, timezone.localdate() - timedelta(days=5))
    duty = by_kind(boss.user)["sign"]
    assert (duty.count, duty.urgency) == (1, Urgency.NOW)
    assert "5" in duty.why
    client.force_login(boss.user)
    assert reverse("credits:signing") in client.get(reverse("admin:index")).content.decode()


def test_an_auditor_sees_the_last_anchor() -> None:
    user = UserFactory(roles=[Role.AUDITOR])
    assert by_kind(user)["anchor"].urgency == Urgency.NOW
    day = timezone.localdate()
    LedgerAnchor.objects.create(day=day, last_entry_id=0, people=0, root="0" * 64)
    assert by_kind(user)["anchor"].urgency == Urgency.LATER


def test_an_administrator_is_told_that_no_numbering_is_in_force(client: Client) -> None:
    user = UserFactory(roles=[Role.ADMIN])
    NumberScheme.objects.all().delete()
    client.force_login(user)
    assert client.get(by_kind(user)["numbering"].url).status_code == 200


def test_when_nothing_waits_it_says_so_and_what_may_come(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.COORDINATOR]))
    answer = client.get(reverse("admin:index"))
    assert answer.context["duties"] == []
    assert len(answer.context["next"]) == 2


def test_a_holder_reads_in_one_sentence_what_is_missing(
    client: Client, boss: Employee, scheme: NumberScheme
) -> None:
    person = holder(boss)
    user = UserFactory(roles=[Role.HOLDER])
    Employee.objects.filter(pk=person.pk).update(user=user)
    recalculate_now({"all": True}, "test")
    document = issued(person, Document.Form.CONVERSION, timezone.localdate())
    client.force_login(user)
    body = client.get(reverse("admin:index")).content.decode()
    sentence = re.search('<p class="lead">(.*)</p>', body)
    assert sentence is not None
    assert "12,500" in sentence[1]
    assert "Penata Muda Tingkat I (III/b)" in sentence[1]
    assert document.number in body


def test_the_page_costs_the_same_however_much_waits(
    client: Client, boss: Employee, scheme: NumberScheme, django_assert_max_num_queries: Any
) -> None:
    client.force_login(UserFactory(roles=[Role.HR]))
    make_everything_wait(boss)
    with django_assert_max_num_queries(24) as first:
        client.get(reverse("admin:index"))
    for _ in range(12):
        holder(boss)
        ImportBatch.objects.create(kind="combined", file_name="x", state="preview")
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("admin:index"))


def test_a_superior_does_not_wait_for_counts_that_are_not_shown(boss: Employee) -> None:
    holder(boss)
    with CaptureQueriesContext(connection) as asked:
        kinds = by_kind(boss.user)
    assert "stale" not in kinds
    assert not [one["sql"] for one in asked if '"credits_ledgerhead"' in one["sql"]]


# ------------------------------------------------------------------ own work, and its end


def test_own_work_that_goes_on_is_found_again_from_every_page(
    client: Client, boss: Employee
) -> None:
    holder(boss)
    user = UserFactory(roles=[Role.HR])
    run = runs.create({"all": True}, "test", user)
    batch = documents.create_batch("konversi", *YEAR, {"all": True}, user)
    reading = ImportBatch.objects.create(kind="combined", file_name="x.csv", created_by=user)
    runs.create({"all": True}, "somebody else's", UserFactory(roles=[Role.HR]))
    client.force_login(user)
    answer = client.get(reverse("reports:people"))
    assert answer.context["at_hand"].working == 3
    body = client.get(reverse("admin:index")).content.decode()
    for address in (
        reverse("credits:run", args=[run.public_id]),
        reverse("credits:run_status", args=[run.public_id]),
        reverse("credits:document_batch", args=[batch.public_id]),
        reverse("employees:import", args=[reading.public_id]),
    ):
        assert address in body
    assert "somebody else" not in body


def test_the_end_of_a_run_is_told_once_to_whoever_began_it(boss: Employee) -> None:
    holder(boss)
    user = UserFactory(roles=[Role.HR])
    run = runs.create({"all": True}, "test", user)
    while runs.work(run.pk):
        pass
    runs.work(run.pk)  # the sweep rings again
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (user, "run.real.done")
    assert notice.url == reverse("credits:run", args=[run.public_id])
    assert notice.params == {"people": 1, "changed": 1, "failed": 0}


def test_a_run_with_a_part_that_was_given_up_says_so(boss: Employee) -> None:
    holder(boss)
    run = runs.create({"all": True}, "test", UserFactory(roles=[Role.HR]), dry_run=True)
    run.chunks.update(attempts=runs.TRIES)
    runs.work(run.pk)
    notice = Notice.objects.get()
    assert notice.kind == "run.preview.partly"
    assert notice.params["failed"] == 1


def test_both_stages_of_a_batch_tell_their_end(boss: Employee, scheme: NumberScheme) -> None:
    holder(boss)
    recalculate_now({"all": True}, "test")
    user = UserFactory(roles=[Role.HR])
    batch = documents.create_batch("konversi", *YEAR, {"all": True}, user)
    documents.work_on(batch.pk)
    documents.work_on(batch.pk)
    documents.issue_batch(DocumentBatch.objects.get(pk=batch.pk), user)
    documents.work_on(batch.pk)
    kinds = list(Notice.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["batch.drafting.done", "batch.issuing.done"]
    assert DocumentEvent.objects.filter(kind="issued").count() == 1
