"""The embedded PostgreSQL and Valkey of one clone, for machines that have neither.

Each of the two servers has a *keeper*: a detached process of its own session that starts the
server, writes its address to `<folder>/run/<name>.json` and stops it as soon as no client is
left. A client is any process that holds a shared flock on `<folder>/run/<name>.clients`. The
kernel drops that lock however the client ends, so nothing has to be cleaned up after a kill -9.
When the keeper itself is killed, the server gets its signal from the kernel (PDEATHSIG).

Standard library only: this module runs before Django, and in the keepers without it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.servers import SERVERS, Server, ServiceError, die_with_parent

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = {"database": "DATABASE_URL", "broker": "REDIS_URL"}
START_TIMEOUT_S = 90
POLL_S = 0.3
LOG_LIMIT_BYTES = 10_000_000

# Descriptors of the shared locks of this process, by lock file. They live as long as the process.
_held: dict[Path, int] = {}


def default_folder() -> Path:
    """Where this clone keeps its runtime files (SIJAFUNG_VAR, else `<repository>/var`)."""
    return Path(os.environ.get("SIJAFUNG_VAR") or ROOT / "var").resolve()


def missing() -> list[str]:
    """The services that no URL of the environment names."""
    return [name for name, variable in VARIABLES.items() if not os.environ.get(variable)]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except PermissionError:  # root made it in a user's clone; flock needs no right to write
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _try_lock(fd: int, operation: int) -> bool:
    try:
        fcntl.flock(fd, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold an exclusive file lock for the length of the block."""
    fd = _open_lock(path)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def write_atomically(path: Path, content: object) -> None:
    """Write JSON so that a reader sees the old file or the new one, never half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)


def read_state(path: Path) -> dict[str, Any]:
    """The JSON object in the file; empty where there is none or it cannot be read."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


# ------------------------------------------------------------------------------------- keeper


class _Keeper:
    """Runs one server for as long as a client is there."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.run = server.folder / "run"
        self.state = self.run / f"{server.name}.json"
        self.stopping = False

    def on_signal(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def start(self) -> tuple[subprocess.Popen[bytes], int]:
        """Start the server, on the port it had before if that is free: clients reconnect."""
        port = read_state(self.run / f"{self.server.name}.port").get("port", 0)
        for _ in range(5):
            if not port or not _port_is_free(port):
                port = free_port()
            with self.server.log_path.open("ab") as log:
                process = subprocess.Popen(
                    self.server.command(port),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    preexec_fn=die_with_parent(signal.SIGINT),
                    **self.server.options(),
                )
            if self.becomes_ready(process, port):
                write_atomically(self.run / f"{self.server.name}.port", {"port": port})
                return process, port
            self.server.stop(process)
            port = 0  # somebody may have taken it in between
            if self.stopping:
                break
        raise ServiceError(f"The {self.server.name} server does not start.")

    def becomes_ready(self, process: subprocess.Popen[bytes], port: int) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_S * 2 / 3
        while time.monotonic() < deadline and not self.stopping:
            if process.poll() is not None:
                return False
            if self.server.is_ready(process, port):
                return True
            time.sleep(0.03)
        return False

    def serve(self) -> int:
        process, port = self.start()
        clients = _open_lock(self.run / f"{self.server.name}.clients")
        write_atomically(
            self.state,
            {"url": self.server.url(port), "keeper_pid": os.getpid(), "server_pid": process.pid},
        )
        code = 0
        while not self.stopping and not _try_lock(clients, fcntl.LOCK_EX):
            if process.poll() is not None:
                code = 1
                break
            time.sleep(POLL_S)
        self.state.unlink(missing_ok=True)
        self.server.stop(process)
        return code


def _become_keeper(lock: int) -> bool:
    """Take the keeper's lock; with patience, since a client that asks holds it for an instant."""
    for _ in range(100):
        if _try_lock(lock, fcntl.LOCK_EX):
            return True
        time.sleep(0.02)
    return False


def keep(name: str, folder: Path, *, throwaway: bool) -> int:
    """Be the keeper of one server; returns the exit code. Runs in a process of its own.

    `throwaway`: data that need not survive a crash; the folder is removed at the end.
    """
    lock = _open_lock(folder / "run" / f"{name}.keeper")
    if not _become_keeper(lock):
        return 0  # another keeper was quicker
    server = SERVERS[name](folder, throwaway=throwaway)
    keeper = _Keeper(server)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, keeper.on_signal)
    os.chdir("/")
    try:
        server.prepare()
        return keeper.serve()
    except (ServiceError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        os.close(lock)
        if throwaway and not any(_keeper_lives(folder, other) for other in SERVERS):
            shutil.rmtree(folder, ignore_errors=True)


# ------------------------------------------------------------------------------------- client


def _keeper_lives(folder: Path, name: str) -> bool:
    path = folder / "run" / f"{name}.keeper"
    if not path.exists():
        return False
    fd = _open_lock(path)
    try:
        return not _try_lock(fd, fcntl.LOCK_SH)
    finally:
        os.close(fd)


def is_served(name: str, folder: Path | None = None) -> bool:
    """Whether the embedded server lives."""
    return _keeper_lives(folder or default_folder(), name)


def _forget_locks() -> None:
    """In a forked child: close the copies, so that only the client itself counts as one."""
    for fd in _held.values():
        with contextlib.suppress(OSError):
            os.close(fd)
    _held.clear()


os.register_at_fork(after_in_child=_forget_locks)


def held_locks() -> list[int]:
    """The descriptors of this client's locks, to hand to a child on purpose (pass_fds)."""
    return list(_held.values())


def _spawn_keeper(name: str, folder: Path, *, throwaway: bool) -> subprocess.Popen[bytes]:
    log_path = folder / "run" / f"{name}.log"
    mode = "wb" if log_path.exists() and log_path.stat().st_size > LOG_LIMIT_BYTES else "ab"
    with log_path.open(mode) as log:
        return subprocess.Popen(
            [sys.executable, "-m", "config.launcher", "keep", name, str(folder)]
            + (["--throwaway"] if throwaway else []),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


class _Start:
    """One client's wait for a keeper that serves."""

    def __init__(self, name: str, folder: Path, *, throwaway: bool) -> None:
        self.name, self.folder, self.throwaway = name, folder, throwaway
        self.state = folder / "run" / f"{name}.json"
        self.log_path = folder / "run" / f"{name}.log"
        self.keeper: subprocess.Popen[bytes] | None = None
        self.log_start = 0

    def step(self) -> str | None:
        """The URL once it is there; starts a keeper where none lives."""
        if _keeper_lives(self.folder, self.name):
            url = read_state(self.state).get("url")
            return str(url) if url else None
        if self.keeper is None:
            self.state.unlink(missing_ok=True)  # left by a keeper that was killed
            self.log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
            self.keeper = _spawn_keeper(self.name, self.folder, throwaway=self.throwaway)
        elif self.keeper.poll() == 0:
            self.keeper = None  # it gave way to another one, which is gone by now
        elif self.keeper.poll() is not None:
            self.fail()
        return None

    def fail(self) -> None:
        said = ""
        if self.log_path.exists():
            said = self.log_path.read_bytes()[self.log_start :].decode(errors="replace")
        raise ServiceError(
            f"The embedded {self.name} server did not start.\n{said[-3000:]}".rstrip()
        )

    def wait(self) -> str:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            url = self.step()
            if url:
                if self.keeper is not None:
                    self.keeper.returncode = 0  # detached on purpose: not ours to wait for
                return url
            time.sleep(0.03)
        self.fail()
        raise AssertionError  # for the type checker: fail() always raises


def _hold(path: Path) -> None:
    """Count as a client until this process ends. Blocks while a keeper is going away."""
    if path not in _held:
        fd = _open_lock(path)
        fcntl.flock(fd, fcntl.LOCK_SH)
        _held[path] = fd


def ensure_services(
    folder: Path | None = None,
    *,
    throwaway: bool = False,
) -> list[str]:
    """Join or start the servers that no URL names, and put their URLs into os.environ.

    Returns the names of the embedded services ("database", "broker"). They stay up at least
    as long as this process. Raises ServiceError.
    """
    wanted = missing()
    folder = folder or default_folder()
    run = folder / "run"
    try:
        run.mkdir(parents=True, exist_ok=True)
        for name in wanted:
            _hold(run / f"{name}.clients")
    except OSError as error:
        raise ServiceError(
            f"Cannot write to {folder} ({error.strerror}). It belongs to another user: run as "
            "that user, or set SIJAFUNG_VAR to a folder of your own."
        ) from error
    with contextlib.ExitStack() as stack:
        for name in wanted:
            stack.enter_context(exclusive(run / f"{name}.start"))
        starts = {name: _Start(name, folder, throwaway=throwaway) for name in wanted}
        for start in starts.values():  # both begin before either is waited for
            start.step()
        for name, start in starts.items():
            os.environ[VARIABLES[name]] = start.wait()
    if wanted:
        os.environ["SIJAFUNG_EMBEDDED"] = "1"
    return wanted
