"""`make run`: one command from a prepared environment to a site that answers.

The web server, the worker and beat are children in process groups of their own. When this
process ends them it does so in order; when it is killed, its *leash* does: a small process that
reads the groups from a pipe and ends them as soon as the pipe closes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from typing import TextIO

from config import launcher, services
from config.servers import ServiceError, die_with_parent
from config.services import ROOT, ensure_services

FIRST_PORT = 8000
PORTS_TRIED = 100
GRACE_S = 10.0
REVIVED = {"worker", "beat"}  # what they were at stands in the database, so a new one goes on
RESTARTS, RESTARTS_WITHIN_S = 5, 60.0
ANSWER_S = 60.0


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


# ------------------------------------------------------------------------------------ processes


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signal(send: Callable[[int, int], None], target: int, sign: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        send(target, sign)


def end_groups(groups: Iterable[int]) -> None:
    """Ask the leaders to end, then kill what is left of their groups after GRACE_S seconds."""
    left = list(groups)
    for group in left:
        _signal(os.kill, group, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while time.monotonic() < deadline and any(_group_lives(group) for group in left):
        time.sleep(0.1)
    for group in left:
        _signal(os.killpg, group, signal.SIGKILL)


def leash(lines: TextIO) -> int:
    """Read `+group` and `-group` lines; at the end of the input end the groups that remain."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it ends with its pipe, not before
    groups: dict[int, None] = {}
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups[group] = None
        else:
            groups.pop(group, None)
    end_groups(groups)
    return 0


class Children:
    """The processes of a run: started under the leash, watched, ended in order."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, tuple[str, ...]] = {}
        self.restarts: list[float] = []
        # It counts as a client of the servers, so that they outlive the children it ends.
        locks = services.held_locks()
        self.leash = subprocess.Popen(
            [sys.executable, "-m", "config.launcher", "leash"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            pass_fds=locks,
            start_new_session=True,
        )

    def _tell_leash(self, line: str) -> None:
        if self.leash.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.leash.stdin.write(f"{line}\n".encode())
                self.leash.stdin.flush()

    def start(self, name: str, *arguments: str, pass_fds: tuple[int, ...] = ()) -> None:
        """Start `python arguments` in a session of its own."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=pass_fds,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        self.running[name] = process
        self.commands[name] = arguments
        self._tell_leash(f"+{process.pid}")

    def revive(self, name: str) -> bool:
        """Start a child that ended by itself again; False when that happens too often."""
        now = time.monotonic()
        self.restarts = [at for at in self.restarts if at > now - RESTARTS_WITHIN_S]
        if name not in REVIVED or len(self.restarts) >= RESTARTS:
            return False
        self.restarts.append(now)
        old = self.running.pop(name)
        _signal(os.killpg, old.pid, signal.SIGKILL)  # its own children, if any are left
        self._tell_leash(f"-{old.pid}")
        self.start(name, *self.commands[name])
        return True

    def dead(self) -> tuple[str, int] | None:
        """Name and exit code of a child that ended by itself."""
        for name, process in self.running.items():
            code = process.poll()
            if code is not None:
                return name, code
        return None

    def stop(self) -> None:
        """End all: ask, wait, kill. A second Ctrl-C meanwhile kills at once."""
        processes = list(self.running.values())
        try:
            for process in processes:
                if process.poll() is None:
                    process.terminate()
            deadline = time.monotonic() + GRACE_S
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(deadline - time.monotonic(), 0))
        except KeyboardInterrupt:
            say("Killing what is left.")
        finally:
            for process in processes:
                # The group may outlive its leader, never the other way round.
                _signal(os.killpg, process.pid, signal.SIGKILL)
                process.wait()
                self._tell_leash(f"-{process.pid}")
            if self.leash.stdin is not None:
                self.leash.stdin.close()
            self.leash.wait()


# ---------------------------------------------------------------------------------- preparation


def listen() -> socket.socket:
    """A listening socket on HOST (default 127.0.0.1) and PORT, or the first free from 8000.

    Bound here and handed to the web server, so that no other clone can take it in between.
    """
    host = os.environ.get("HOST") or "127.0.0.1"
    wanted = os.environ.get("PORT") or ""
    if wanted and not (wanted.isdigit() and 0 < int(wanted) < 65536):
        raise ServiceError(f"PORT is {wanted!r}; it must be a number from 1 to 65535.")
    launcher.refuse_public_bind(host)
    ports = [int(wanted)] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    reason = ""
    for port in ports:
        door = socket.socket(family)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
            door.listen(2048)
        except OSError as error:
            door.close()
            reason = error.strerror or str(error)
            continue
        return door
    raise ServiceError(f"Cannot listen on {host} port {wanted or FIRST_PORT}: {reason}.")


def _static_fingerprint() -> str:
    """Changes when a file to be collected does, or the libraries that bring some."""
    digest = hashlib.sha256((ROOT / "requirements" / "run.lock").read_bytes())
    digest.update((ROOT / "config" / "settings.py").read_bytes())
    for folder in [ROOT / "static", *sorted(ROOT.glob("*/static"))]:
        for path in sorted(found for found in folder.rglob("*") if found.is_file()):
            state = path.stat()
            digest.update(f"{path.relative_to(ROOT)}\0{state.st_size}\0".encode())
            digest.update(str(state.st_mtime_ns).encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Collect and compress the static files, unless nothing changed since the last time."""
    folder = services.default_folder()
    stamp = folder / "run" / "static.json"
    fingerprint = _static_fingerprint()
    collected = (folder / "static" / "staticfiles.json").exists()
    if collected and services.read_state(stamp).get("fingerprint") == fingerprint:
        return
    say("Collecting the static files ...")
    launcher.manage("collectstatic", "--no-input", "--clear", "--verbosity", "0")
    services.write_atomically(stamp, {"fingerprint": fingerprint})


def compile_translations() -> None:
    """Compile the message files that changed."""
    if not (ROOT / "config" / "messages.py").exists():
        return
    sources = list((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    compiled = [path.with_suffix(".mo") for path in sources]
    if all(
        mo.exists() and mo.stat().st_mtime_ns > po.stat().st_mtime_ns
        for po, mo in zip(sources, compiled, strict=True)
    ):
        return
    done = subprocess.run(
        [sys.executable, "-m", "config.messages", "compile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServiceError(f"The translations do not compile:\n{done.stdout}{done.stderr}")


def holds_people() -> bool:
    """Whether the database knows any employee."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        row = connection.execute("SELECT EXISTS (SELECT FROM employees_employee)").fetchone()
    return bool(row and row[0])


def load_demonstration() -> None:
    """The sample ministry, in an empty database and unless DEMO=0."""
    if os.environ.get("DEMO", "1").lower() in {"0", "no", "false", "off"}:
        return
    if not launcher.has_command("load_demo") or holds_people():
        return
    say("Loading the demonstration ministry (DEMO=0 leaves it out) ...")
    launcher.manage("load_demo", "--seed", "1")


def prepare(embedded: list[str]) -> None:
    """Everything the processes need before they start."""
    compile_translations()
    if "database" in embedded:
        launcher.prepare_database()
    else:
        say("Migrating the database of DATABASE_URL ...")
        launcher.migrate()
    load_demonstration()
    collect_static()


# ---------------------------------------------------------------------------------------- serve


def start_all(children: Children, door: socket.socket) -> None:
    """Start the web server on the socket, the worker and beat."""
    run_folder = services.default_folder() / "run"
    # As root there is no other user to be: the clone belongs to root.
    warning = "ignore:You're running the worker with superuser privileges"
    celery = ("-W", warning, "-m", "celery", "-q")
    app = ("-A", "config.celery:app")
    children.start(
        "web server",
        *("-m", "gunicorn", "-c", "python:config.gunicorn", "--bind", f"fd://{door.fileno()}"),
        "config.wsgi:application",
        pass_fds=(door.fileno(),),
    )
    children.start(
        "worker",
        *celery,
        *app,
        *("worker", "-c", "2", "-P", "prefork", "-l", "WARNING", "-n", f"worker@{os.getpid()}"),
        *("--without-gossip", "--without-mingle"),
    )
    children.start(
        "beat",
        *celery,
        *app,
        *("beat", "-l", "WARNING", "--pidfile=", "-s", str(run_folder / "beat-schedule")),
    )


def wait_for_answer(children: Children, address: str) -> None:
    """Until the site answers with something better than a server error. Raises ServiceError."""
    deadline = time.monotonic() + ANSWER_S
    while time.monotonic() < deadline and children.dead() is None:
        try:
            with urllib.request.urlopen(address, timeout=ANSWER_S):  # noqa: S310 (our own http)
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            raise ServiceError(f"{address} answers with {error.code}; see the log above.") from None
        except OSError:
            time.sleep(0.2)
    dead = children.dead()
    raise ServiceError(_obituary(*dead) if dead else f"{address} does not answer.")


def _obituary(name: str, code: int) -> str:
    return f"The {name} ended by itself (exit code {code}); stopping the rest."


def watch(children: Children, embedded: list[str]) -> int:
    """Stay up, with the worker and beat started again when they end; returns 1 when a child or an
    embedded server went away for good."""
    while True:
        dead = children.dead()
        if dead:
            if not children.revive(dead[0]):
                say(_obituary(*dead))
                return 1
            say(f"The {dead[0]} ended by itself (exit code {dead[1]}); started again.")
        for name in embedded:
            if not services.is_served(name):
                say(f"The embedded {name} server is gone; stopping the rest.")
                return 1
        time.sleep(0.5)


def serve(door: socket.socket, embedded: list[str]) -> int:
    """Start the processes, tell where they are, stay up, end them. Returns the exit code."""
    host, port = door.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    os.environ.setdefault("PUBLIC_URL", address)  # what the documents' QR codes lead to
    children = Children()
    try:
        start_all(children, door)
        door.close()
        accounts = ""
        if launcher.has_command("demo_accounts"):
            with contextlib.suppress(ServiceError):  # the site runs without this list
                accounts = launcher.manage("demo_accounts").strip()
        wait_for_answer(children, address)
        say(f"\nSIJAFUNG runs at {address}\n")
        if accounts:
            say(f"{accounts}\n")
        say("Ctrl-C stops it.")
        return watch(children, embedded)
    finally:
        children.stop()


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def run() -> int:
    """`make run`; returns the exit code."""
    # A shell that starts a job in the background lets it ignore SIGINT: undo that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    if os.environ.pop("SIJAFUNG_FOLLOW_PARENT", ""):
        die_with_parent(signal.SIGTERM, os.getppid())()  # ends in order when make is killed
    door: socket.socket | None = None
    try:
        door = listen()
        embedded = ensure_services()
        if launcher.is_loopback(door.getsockname()[0]):
            # For this machine only: without TLS and with a key of the clone, whoever's servers.
            os.environ.setdefault("SIJAFUNG_EMBEDDED", "1")
        prepare(embedded)
        return serve(door, embedded)
    except KeyboardInterrupt:
        say("Stopped.")
        return 0
    except ServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        if door is not None:
            door.close()
