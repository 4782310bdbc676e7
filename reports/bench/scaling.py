"""How a run behaves at size: memory, growth, workers, the broker, statistics that mislead."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from credits.models import CalculationRun
from credits.services import runs
from reports.bench import floor
from reports.bench.processes import Ran, side_by_side
from reports.bench.recalculation import empty_ledger, recalculate, timed
from reports.bench.table import Figure, compared

PEAK_MB = 256 * 1.048576  # 256 MiB
WORK = "from credits.services.runs import work; work({run}, seconds=3600)"
PATIENCE_S = 600
BENCH_REDIS = "/15"


def _by_processes(count: int) -> Ran:
    """A first posting of everybody by so many worker processes."""
    empty_ledger()
    run = runs.create({"all": True}, "bench")
    ran = side_by_side([WORK.format(run=run.pk)] * count)
    run.refresh_from_db()
    if run.state != CalculationRun.State.DONE:
        raise AssertionError(run.state)
    return ran


def memory_and_workers(people: int) -> list[Figure]:
    """T5: peak memory of the process that does a whole run; T11: two of them instead of one."""
    one, two = _by_processes(1), _by_processes(2)
    faster = one.seconds / two.seconds
    return [
        Figure(
            "T5 memory of a first posting",
            people,
            ours_s=round(one.seconds, 3),
            peak_mb=round(one.peak_mb, 1),
            target="<= 256 MiB",
            holds=one.peak_mb <= PEAK_MB,
        ),
        Figure(
            "T11 two workers",
            people,
            ours_s=round(two.seconds, 3),
            floor_s=round(one.seconds, 3),
            ratio=round(two.seconds / one.seconds, 3),
            peak_mb=round(two.peak_mb, 1),
            target=">= 1.2 x faster",
            holds=faster >= 1.2,
            note=f"{faster:.2f} x faster; the database takes a core of its own",
        ),
    ]


def growth(small: Figure, large: Figure) -> list[Figure]:
    """T9: ten times the people in about ten times the time; memory stays where it is (T5)."""
    ratio = (large.ours_s or 0) / (small.ours_s or 1)
    times = large.n / small.n
    fits = 0.8 * times <= ratio <= 1.2 * times
    memory = (large.peak_mb or 0) / (small.peak_mb or 1)
    return [
        Figure(
            f"T9 {large.n:,} against {small.n:,} people",
            large.n,
            ours_s=large.ours_s,
            floor_s=small.ours_s,
            ratio=round(ratio, 2),
            target=f"{0.8 * times:g} to {1.2 * times:g} x",
            holds=fits,
        ),
        Figure(
            f"T5 memory of {large.n:,} against {small.n:,}",
            large.n,
            peak_mb=large.peak_mb,
            ratio=round(memory, 2),
            target="<= 1.15 x",
            holds=memory <= 1.15,
        ),
    ]


def misleading_statistics(people: int, *, analysed_empty: bool) -> Figure:
    """T10: a first posting on a database never analysed, or analysed while the ledger was empty."""
    if analysed_empty:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    seconds = timed(recalculate)
    results = floor.Results()
    floor.prepare()

    def act() -> None:
        floor.copy_out(floor.INPUTS)
        floor.write(results)

    bare = timed(act)
    empty_ledger()
    name = "analysed while empty" if analysed_empty else "never analysed"
    return compared(f"T10 {name}", people, [seconds], [bare], 2.5)


def broker(people: int) -> Figure:
    """T12: the same run by one Celery worker over the broker, against the same in this process.

    The worker has a broker database of its own, so that nobody else's takes the bell.
    """
    empty_ledger()
    plain = timed(recalculate)
    empty_ledger()
    url = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=BENCH_REDIS))
    run = runs.create({"all": True}, "bench")
    worker = _worker(url)
    try:
        _call(url, [])  # once, so that the worker is surely up
        begin = time.perf_counter()
        _call(url, [run.pk])
        while run.state in (CalculationRun.State.WAITING, CalculationRun.State.RUNNING):
            if time.perf_counter() - begin > PATIENCE_S:
                raise AssertionError("the worker does not answer")
            time.sleep(0.02)
            run.refresh_from_db()
        seconds = time.perf_counter() - begin
    finally:
        worker.terminate()
        worker.wait()
    return compared("T12 over Celery", people, [seconds], [plain], 1.05)


def _worker(url: str) -> subprocess.Popen[bytes]:
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    command = ["-m", "celery", "-q", "-A", "config.celery:app", "worker", "-P", "solo"]
    process = subprocess.Popen(
        [sys.executable, *quiet, *command, "-l", "ERROR", "--without-gossip", "--without-mingle"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "REDIS_URL": url},
        stdout=subprocess.DEVNULL,
    )
    time.sleep(8)  # its start is not what is measured
    return process


def _call(url: str, run_ids: Sequence[int]) -> None:
    from celery import Celery

    with Celery(broker=url) as bell:
        for run_id in run_ids:
            bell.send_task("credits.tasks.work_on_run", (run_id,))
