"""Everything between a bare clone and a running SIJAFUNG: `python -m config.launcher VERB`.

    run     servers, migrations, catalogue, demonstration, worker, beat and web server
    keep    (internal) keeper of one embedded server
    leash   (internal) ends the processes of `run` when `run` itself was killed

`manage.py` calls `before_command` where a URL is missing. Where DATABASE_URL and REDIS_URL are
both set, neither manage.py nor a server process imports this module.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from config import services
from config.servers import ServiceError, die_with_parent
from config.services import ROOT, ensure_services

# Commands that read neither database nor broker: they start nothing.
WITHOUT_SERVICES = {
    "",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "evaluate_cases",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "version",
}
# Commands that need the servers, but make or examine the tables themselves.
WITHOUT_TABLES = {
    "dbshell",
    "makemigrations",
    "migrate",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "test",
}
PLACEHOLDERS = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


# --------------------------------------------------------------------------------- manage.py


def before_command(argv: Sequence[str]) -> None:
    """Give the command the URLs it needs, and a database with its tables. Exits on failure."""
    arguments = list(argv[1:])
    if not needs_services(arguments):
        for variable, url in PLACEHOLDERS.items():
            os.environ.setdefault(variable, url)
        os.environ.setdefault("SIJAFUNG_EMBEDDED", "1")
        return
    command = arguments[0]
    try:
        if command == "runserver":
            refuse_public_bind(_runserver_host(arguments))
        embedded = ensure_services()
        if "database" in embedded and command not in WITHOUT_TABLES:
            prepare_database()
    except ServiceError as error:
        sys.exit(str(error))


def needs_services(arguments: Sequence[str]) -> bool:
    """Whether a manage.py command line asks a database or broker for anything."""
    command = arguments[0] if arguments else ""
    if command.startswith("-") or {"-h", "--help", "--version"} & set(arguments):
        return False
    if command == "check":
        return any(word.startswith("--database") for word in arguments)
    if command == "makemigrations":
        return "--check" not in arguments
    return command not in WITHOUT_SERVICES


def _runserver_host(arguments: Sequence[str]) -> str:
    for word in arguments[1:]:
        if not word.startswith("-"):
            return word.rpartition(":")[0].strip("[]") or "127.0.0.1"
    return "127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_public_bind(host: str) -> None:
    """Embedded servers trust whoever reaches them: no production mode on a public address."""
    debug = os.environ.get("DEBUG", "").lower() in {"1", "true", "on", "ok", "y", "yes"}
    if debug or not services.missing():
        return
    if not is_loopback(host):
        raise ServiceError(
            f"Refused: listening on {host} with DEBUG off is production, and the embedded servers "
            "are not made for it. Set DATABASE_URL and REDIS_URL to real servers."
        )


# ---------------------------------------------------------------------------------- database


def _fingerprint() -> str:
    """Changes when a migration or a file of the catalogue or of the activity items does."""
    digest = hashlib.sha256()
    found = [
        *ROOT.glob("*/migrations/[0-9]*.py"),
        *ROOT.glob("positions/**/*.json"),
        *ROOT.glob("credits/data/*.toml"),
    ]
    for path in sorted(found):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _applied_migrations() -> list[int] | None:
    """How many migrations the database says it has, and the newest id; None for no such table."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        try:
            row = connection.execute("SELECT count(*), max(id) FROM django_migrations").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return list(row) if row else None


def prepare_database() -> None:
    """Bring the embedded database to the tables and the catalogue of this clone.

    Costs a connection and reading the migration files when there is nothing to do.
    Raises ServiceError when a step fails.
    """
    run = services.default_folder() / "run"
    stamp = run / "prepared.json"

    def is_prepared() -> bool:
        known = services.read_state(stamp)
        return (
            known.get("fingerprint") == _fingerprint()
            and known.get("applied") is not None
            and known["applied"] == _applied_migrations()
        )

    if is_prepared():
        return
    with services.exclusive(run / "prepare.lock"):
        if is_prepared():  # another command was quicker
            return
        sys.stderr.write("Preparing the database of this clone ...\n")
        fingerprint = _fingerprint()
        migrate()
        services.write_atomically(
            stamp, {"fingerprint": fingerprint, "applied": _applied_migrations()}
        )


def migrate() -> None:
    """Tables, catalogue and activity items of this version, in whatever database is named."""
    manage("migrate", "--no-input", "--verbosity", "0")
    for command in ("load_catalogue", "load_activities"):
        if has_command(command):
            manage(command)


def has_command(name: str) -> bool:
    """Whether one of our apps brings this management command."""
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def manage(*arguments: str) -> str:
    """Run a command of manage.py in a child; its output. Raises ServiceError on failure."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    if done.returncode:
        raise ServiceError(f"manage.py {arguments[0]} failed:\n{done.stdout[-4000:]}".rstrip())
    return done.stdout


# -------------------------------------------------------------------------------------- main


def main(argv: Sequence[str]) -> int:
    """Dispatch the verb; returns the exit code."""
    verb, rest = (argv[0] if argv else ""), list(argv[1:])
    if verb == "keep":
        return services.keep(rest[0], Path(rest[1]), throwaway="--throwaway" in rest)
    if verb in {"run", "leash"}:
        from config import running

        return running.leash(sys.stdin) if verb == "leash" else running.run()
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
