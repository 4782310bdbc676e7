"""Make or refresh `.venv` from the hashed locks: `python3 -I config/bootstrap.py run|dev`.

Runs with the Python of the machine, before anything of ours is installed, and may meet an old
one: standard library only. `run` is what the site needs, `dev` adds the tools and tests and
includes `run`. A stamp in .venv holds the hash of what was installed, so an unchanged lock costs
a few milliseconds.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def fingerprint(level):
    """The lock's content and the interpreter it was installed for."""
    lock = (ROOT / "requirements" / f"{level}.lock").read_bytes()
    return hashlib.sha256(lock + b"%d.%d" % sys.version_info[:2]).hexdigest()


def stamp(level):
    """The file that says which lock is installed."""
    return VENV / f".{level}.stamp"


def is_installed(level):
    """Whether the environment works and holds this lock."""
    path = stamp(level)
    return (
        path.exists() and path.read_text() == fingerprint(level) and os.access(str(PYTHON), os.X_OK)
    )


def make_environment():
    """An empty environment, unless there is one that works with this Python."""
    version = "import sys; print('%d.%d' % sys.version_info[:2])"
    if os.access(str(PYTHON), os.X_OK):
        probe = subprocess.run(
            [str(PYTHON), "-c", version + "; import pip"], capture_output=True, check=False
        )
        if probe.stdout.strip() == b"%d.%d" % sys.version_info[:2] and not probe.returncode:
            return
    sys.stderr.write("Making the environment .venv ...\n")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if done.returncode:
        sys.exit(
            "This Python cannot make a virtual environment. On Debian and Ubuntu: "
            "apt-get install python3-venv"
        )


def install(level):
    """Install the lock; the stamp is written last, so that half an installation never counts."""
    make_environment()
    sys.stderr.write(f"Installing requirements/{level}.lock ...\n")
    for known in ("run", "dev"):
        stamp(known).unlink(missing_ok=True)
    lock = ROOT / "requirements" / f"{level}.lock"
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [*pip, "--quiet", "--require-hashes", "--only-binary=:all:", "-r", str(lock)], check=False
    )
    if done.returncode:
        sys.exit(f"Installing {lock.relative_to(ROOT)} failed; the message of pip is above.")
    for known in ("run", "dev") if level == "dev" else ("run",):
        stamp(known).write_text(fingerprint(known))


def main():
    """Install what is missing, one bootstrap of this clone at a time."""
    level = sys.argv[1]
    if sys.version_info < OLDEST:
        sys.exit(
            "SIJAFUNG needs Python {}.{} or newer; this is {}.{}. Name one: "
            "make PYTHON=python3.11 ...".format(*OLDEST, *sys.version_info[:2])
        )
    lock = os.open(str(ROOT / "requirements"), os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if is_installed(level):
        return
    # An environment for development stays one when only the locks have changed.
    install("dev" if level == "dev" or stamp("dev").exists() else "run")


if __name__ == "__main__":
    main()
