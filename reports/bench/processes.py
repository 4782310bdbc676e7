"""Work in processes of its own, so that its memory is its own: seconds, and the peak of each."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.conf import settings

_FRAME = """
import json, resource, sys, time
from django.conf import settings
import django; django.setup()
import logging; logging.getLogger("sijafung").setLevel(logging.WARNING)
from time import perf_counter
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
begin = perf_counter()
{code}
seconds = perf_counter() - begin
own = resource.getrusage(resource.RUSAGE_SELF)
reader = resource.getrusage(resource.RUSAGE_CHILDREN)
told = {{"seconds": seconds, "peak_kb": own.ru_maxrss + reader.ru_maxrss}}
sys.stdout.write(json.dumps(told) + "\\n")
"""


@dataclass
class Ran:
    """Wall seconds from the common start to the last end; MB (10^6 bytes) of the largest."""

    seconds: float
    peak_mb: float


def side_by_side(codes: Sequence[str], environment: Mapping[str, str] | None = None) -> Ran:
    """Run Python texts at the same time, each in a process with Django set up.

    A process counts with the largest of its own children (the reader of sheets). The clock begins
    when all have started. Raises CalledProcessError where one fails.
    """
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **(environment or {})}
    started = [_start(_FRAME.format(code=code), env) for code in codes]
    for process in started:
        assert process.stdout is not None  # noqa: S101  a pipe was asked for
        process.stdout.readline()
    begin = perf_counter()
    for process in started:
        assert process.stdin is not None  # noqa: S101
        process.stdin.write("\n")
        process.stdin.flush()
    told = [_end(process) for process in started]
    return Ran(perf_counter() - begin, max(t["peak_kb"] for t in told) * 1024 / 1e6)


def _start(code: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _end(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    return told
