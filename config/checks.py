"""`make check`: every check that needs no database, side by side; `--fix` repairs what it can.

python -m config.checks [NAME ...]
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["config", "accounts", "positions", "employees", "credits", "assessors", "careers"]
PACKAGES += ["reports"]
# Where a Django command would ask a database: none of these checks needs one.
NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def _tool(module: str, function: str, *arguments: str) -> list[str]:
    """A console script by its function: scripts carry the path of the environment, this not."""
    code = f"import sys; from {module} import {function} as run; sys.exit(run())"
    return [sys.executable, "-c", code, *arguments]


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _templates() -> list[str]:
    found = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")]
    return sorted(str(path.relative_to(ROOT)) for path in set(found))


def commands() -> dict[str, list[str]]:
    """The command line of each check, by name; the slowest first."""
    quiet = "ignore:Got an error checking a consistent migration history"
    checks = {
        "types": _python("-m", "mypy", *PACKAGES, "manage.py"),
        "layers": _tool("importlinter.cli", "lint_imports_command"),
        "django": _python("manage.py", "check"),
        "migrations": _python("-W", quiet, "manage.py", "makemigrations", "--check", "--dry-run"),
        "deployment": _python("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        "translations": _python("-m", "config.messages", "check"),
        "compose file": _python("-m", "config.compose"),
        "lint": _python("-m", "ruff", "check", "."),
        "format": _python("-m", "ruff", "format", "--check", "."),
    }
    templates = _templates()
    if templates:
        checks["template format"] = [*_djade(), "--check", *templates]
        checks["template lint"] = _python("-m", "djlint", "--lint", "--quiet", *templates)
    return checks


def _djade() -> list[str]:
    return [str(Path(sys.executable).parent / "djade"), "--target-version", "5.2"]


def environment(name: str) -> dict[str, str]:
    """What a check runs with: development, except where it judges a deployment."""
    env = {**os.environ, **NOWHERE, "SIJAFUNG_EMBEDDED": "1"}
    env.pop("DEBUG", None)
    if name == "deployment":
        del env["SIJAFUNG_EMBEDDED"]
        env |= {
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(45),
            "ALLOWED_HOSTS": "example.test",
        }
    return env


def run_check(name: str, command: Sequence[str]) -> tuple[str, int, float, str]:
    """Name, exit code, seconds and output."""
    begin = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(name),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return name, done.returncode, time.monotonic() - begin, done.stdout


def check(chosen: Sequence[str]) -> int:
    """Run the checks (all by default), as many at a time as there are cores."""
    known = commands()
    unknown = [name for name in chosen if name not in known]
    if unknown:
        sys.stderr.write(f"No such check: {', '.join(unknown)}. There are: {', '.join(known)}.\n")
        return 2
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        runs = [pool.submit(run_check, name, known[name]) for name in chosen or known]
        for done in as_completed(runs):
            name, code, seconds, output = done.result()
            sys.stdout.write(f"{'FAIL' if code else 'ok':4}  {name:16} {seconds:5.1f} s\n")
            if code:
                failed.append(name)
                sys.stdout.write("".join(f"      {line}\n" for line in output.splitlines()))
            sys.stdout.flush()
    total = len(runs)
    if failed:
        sys.stdout.write(f"\n{len(failed)} of {total} checks failed: {', '.join(failed)}\n")
        return 1
    sys.stdout.write(f"\nAll {total} checks passed.\n")
    return 0


def fix() -> int:
    """Lint fixes, then form; returns the number of tools that could not finish."""
    lines = [_python("-m", "ruff", "check", "--fix", "."), _python("-m", "ruff", "format", ".")]
    if _templates():
        # djade says 1 when it has rewritten a file.
        subprocess.run([*_djade(), *_templates()], cwd=ROOT, check=False)
    return sum(bool(subprocess.run(line, cwd=ROOT, check=False).returncode) for line in lines)


if __name__ == "__main__":
    sys.exit(fix() if "--fix" in sys.argv[1:] else check(sys.argv[1:]))
