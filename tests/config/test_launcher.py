"""The embedded servers, through the processes that use them."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import compose, launcher, running
from config.servers import ServiceError

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30

CLIENT = """
import sys
from config.services import ensure_services
ensure_services()
import os
print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """The runtime folder of a clone with a blank in its name, which nobody may enter."""
    path = Path(tempfile.mkdtemp(prefix="sijafung launcher "))
    path.chmod(0o755)
    yield path
    wait_until(lambda: not servers_of(path))
    shutil.rmtree(path)


@pytest.fixture
def client(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a process that uses the servers of the folder until it is killed."""
    with contextlib.ExitStack() as stack:

        def start(**extra: str) -> subprocess.Popen[str]:
            env = {**os.environ, "SIJAFUNG_VAR": str(folder), **extra}
            for variable in {"DATABASE_URL", "REDIS_URL"} - set(extra):
                env.pop(variable, None)
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", CLIENT],
                    cwd=ROOT,
                    env=env,
                    text=True,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            stack.callback(process.kill)
            return process

        yield start


def urls(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def servers_of(folder: Path) -> list[str]:
    """The command lines of living processes that name the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            if os.fsencode(folder) in command or f"{folder}/valkey".encode() == cwd(entry):
                found.append(command.decode(errors="replace"))
    return found


def cwd(process: Path) -> bytes:
    return os.fsencode(os.readlink(process / "cwd"))


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_two_commands_that_start_at_once_share_the_servers_until_the_last_is_killed(
    client: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    first, second = client(), client()
    addresses = urls(first)
    assert len(addresses) == 2
    assert urls(second) == addresses

    end(first)
    third = client()
    assert urls(third) == addresses, "the second was still there"

    end(second)
    end(third)
    wait_until(lambda: not servers_of(folder))


def test_killed_keepers_take_their_servers_along_and_the_next_command_starts_new_ones(
    client: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    first = client()
    addresses = urls(first)
    states = [
        json.loads((folder / "run" / f"{n}.json").read_text()) for n in ("database", "broker")
    ]
    for state in states:
        os.kill(state["keeper_pid"], signal.SIGKILL)
    wait_until(lambda: not servers_of(folder))

    second = client()
    assert urls(second) == addresses, "the same ports, so that the first reconnects"


def test_only_what_no_url_names_is_embedded(
    client: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    own = "postgres://somebody@db.example.test/theirs"
    database, broker = urls(client(DATABASE_URL=own))
    assert database == own
    assert broker.startswith("redis://127.0.0.1:")
    assert not (folder / "postgres").exists()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", False),
        ("help migrate", False),
        ("migrate --help", False),
        ("evaluate_cases golden.csv", False),
        ("check", False),
        ("check --database default", True),
        ("makemigrations --check", False),
        ("makemigrations", True),
        ("recalculate --all", True),
    ],
)
def test_servers_start_only_for_commands_that_ask_them(line: str, expected: bool) -> None:
    assert launcher.needs_services(line.split()) is expected


@pytest.mark.parametrize(
    ("host", "debug", "database", "refused"),
    [
        ("0.0.0.0", "0", "", True),  # noqa: S104
        ("10.1.2.3", "", "", True),
        ("::", "", "", True),
        ("127.0.0.1", "", "", False),
        ("::1", "", "", False),
        ("localhost", "", "", False),
        ("0.0.0.0", "1", "", False),  # noqa: S104
        ("0.0.0.0", "0", "postgres://db.example.test/ours", False),  # noqa: S104
    ],
)
def test_production_on_a_public_address_needs_real_servers(
    monkeypatch: pytest.MonkeyPatch, host: str, debug: str, database: str, refused: bool
) -> None:
    monkeypatch.setenv("DEBUG", debug)
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("REDIS_URL", "redis://broker.example.test")
    with pytest.raises(ServiceError) if refused else contextlib.nullcontext():
        launcher.refuse_public_bind(host)


def test_the_compose_file_has_no_known_fault_and_secrets_written_into_it_are_found() -> None:
    text = compose.FILE.read_text(encoding="utf-8")
    assert compose.faults(text) == []
    assert compose.faults(text.replace("${SECRET_KEY:?set SECRET_KEY}", "geheim")) != []


def test_a_worker_that_was_killed_is_started_again_but_not_for_ever() -> None:
    children = running.Children()
    try:
        children.start("worker", "-c", "import time; time.sleep(60)")
        for _ in range(running.RESTARTS):
            before = children.running["worker"]
            before.kill()
            before.wait()
            assert children.dead() == ("worker", -signal.SIGKILL)
            assert children.revive("worker")
            assert children.running["worker"].pid != before.pid
            assert children.dead() is None
        children.running["worker"].kill()
        assert not children.revive("worker")
    finally:
        children.stop()


def test_a_web_server_that_ended_is_not_started_again_in_silence() -> None:
    children = running.Children()
    try:
        children.start("web server", "-c", "pass")
        assert not children.revive("web server")
    finally:
        children.stop()
