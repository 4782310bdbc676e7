"""Runs by real processes, threads and a real broker: killed, doubled, overlapping, cancelled."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection, transaction
from django.db.models import Sum

from config.celery import app
from credits.models import CalculationRun, LedgerEntry, LedgerHead, RunChunk
from credits.services import runs
from credits.services.verification import verify
from employees.models import Employee
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
ALL = {"all": True}
WORK = (
    "import django; django.setup();"
    "from credits.services.runs import work; work({run_id}, seconds=60)"
)


@pytest.fixture
def people(monkeypatch) -> list[Employee]:
    monkeypatch.setattr(runs, "MIN_CHUNK", 1)
    monkeypatch.setattr(runs, "PARTS", 4)
    found = []
    for _ in range(8):
        person = factories.EmployeeFactory.create()
        factories.AppointmentFactory.create(employee=person)
        for year in (2023, 2024):
            factories.RatingFactory.create(
                employee=person, start=date(year, 1, 1), end=date(year, 12, 31)
            )
        found.append(person)
    return found


def assert_whole(people: list[Employee], path: object) -> None:
    """Nobody lost, nobody doubled, chains whole, sums as the heads say."""
    assert LedgerEntry.objects.count() == 2 * len(people)
    sums = dict(
        LedgerEntry.objects.order_by().values_list("employee_id").annotate(Sum("amount_units"))
    )
    assert sums == dict(LedgerHead.objects.values_list("employee_id", "balance_units"))
    assert set(sums.values()) == {75_000_000}  # two years of 12.5
    assert verify(path).findings == []


def worker(run_id: int) -> subprocess.Popen[bytes]:
    s = connection.settings_dict
    host, port = s["HOST"] or "127.0.0.1", s["PORT"] or 5432
    user = quote(s["USER"] or "postgres")
    url = f"postgres://{user}:{quote(s['PASSWORD'])}@{host}:{port}/{s['NAME']}"
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen([sys.executable, "-c", WORK.format(run_id=run_id)], env=environment)


def wait_for(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def test_a_worker_killed_in_mid_run_leaves_nothing_half_and_the_run_completes(people, tmp_path):
    run = runs.create(ALL, "test")
    with transaction.atomic():
        # The third part's person is held, so the worker is surely in the middle of it.
        Employee.objects.select_for_update().get(pk=people[5].pk)
        process = worker(run.pk)
        wait_for(lambda: RunChunk.objects.filter(run=run, state="done").count() == 2)
        wait_for(lambda: RunChunk.objects.filter(run=run, number=3, attempts=1).exists())
        process.send_signal(signal.SIGKILL)
        process.wait()
    run.refresh_from_db()
    assert (run.state, run.done) == (CalculationRun.State.RUNNING, 4)
    assert list(runs.open_runs()) == [run.pk]
    wait_for(lambda: not runs.work(run.pk) and _done(run))
    assert (run.done, run.posted, run.failed) == (8, 16, 0)
    assert_whole(people, tmp_path)


def _done(run: CalculationRun) -> bool:
    run.refresh_from_db()
    return run.state == CalculationRun.State.DONE


def test_two_runs_over_the_same_people_post_everything_once(people, tmp_path):
    both = [runs.create(ALL, "test") for _ in range(2)]

    def work(run_id: int) -> None:
        try:
            runs.work(run_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(run.pk,)) for run in both for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in both:
        wait_for(lambda run=run: not runs.work(run.pk) and _done(run))
    assert sum(run.posted for run in both) == 16
    assert_whole(people, tmp_path)


def test_a_part_that_fails_three_times_is_given_up_and_says_so(people, monkeypatch):
    run = runs.create(ALL, "test")
    RunChunk.objects.filter(run=run, number=2).update(attempts=runs.TRIES)
    runs.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.failed) == (CalculationRun.State.PARTLY, 8, 2)
    errors = run.issues.filter(severity="error")
    assert set(errors.values_list("code", flat=True)) == {"part_parked"}


def test_a_cancelled_run_begins_no_further_part(people):
    run = runs.create(ALL, "test")
    runs.cancel(run)
    runs.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.posted) == (CalculationRun.State.CANCELLED, 0)


@pytest.fixture
def celery() -> Iterator[None]:
    app.autodiscover_tasks(force=True)
    with start_worker(app, pool="solo", perform_ping_check=False):
        yield


def test_a_run_started_in_the_browser_is_done_by_a_worker_over_the_broker(people, celery, tmp_path):
    run = runs.start(ALL, "test")
    wait_for(lambda: _done(run))
    assert_whole(people, tmp_path)


def test_a_task_delivered_twice_posts_nothing_twice(people, celery, tmp_path):
    run = runs.start(ALL, "test")
    for _ in range(3):
        app.send_task("credits.tasks.work_on_run", (run.pk,))
    wait_for(lambda: _done(run))
    assert_whole(people, tmp_path)
