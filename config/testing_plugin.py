"""Gives pytest a PostgreSQL and a broker of its own, before Django's settings are read.

Named in `addopts` (-p), because pytest-django reads the settings before any conftest.py. URLs
that are already set are used as they are. Otherwise the controller (or a lone pytest) starts
servers in a temporary folder; the workers of xdist inherit its environment.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from config.messages import compile_all

REDIS_DATABASES = 16  # what an ordinary Redis offers

# The same settings whether the servers are embedded or not.
ENVIRONMENT = {
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests-only-for-tests",
    "HTTPS": "0",
    "TWO_FACTOR_REQUIRED_ROLES": "",
    "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
_folder: Path | None = None


def pytest_addoption() -> None:
    """Called at registration, hence the earliest hook there is."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is not None:
        os.environ["REDIS_URL"] = _database_of(worker, os.environ["REDIS_URL"])
    elif {"-h", "--help", "-V", "--version"} & set(sys.argv):
        os.environ.setdefault("DATABASE_URL", "postgres://127.0.0.1:1/none")
        os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
        os.environ.update(ENVIRONMENT)
    else:
        _prepare()


def _prepare() -> None:
    global _folder
    os.environ.update(ENVIRONMENT)
    _folder = Path(tempfile.mkdtemp(prefix="sijafung-test-"))
    _folder.chmod(0o755)  # as root, PostgreSQL runs as nobody, who must pass
    (_folder / "static").mkdir()  # WhiteNoise warns of a missing one
    compile_all()
    os.environ["SIJAFUNG_VAR"] = str(_folder)
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        from config.services import ServiceError, ensure_services

        try:
            ensure_services(_folder, throwaway=True)
        except ServiceError as error:
            sys.exit(str(error))


def pytest_unconfigure() -> None:
    """Remove the folder, unless a keeper does so when its server has stopped."""
    if _folder is not None and "SIJAFUNG_EMBEDDED" not in os.environ:
        shutil.rmtree(_folder, ignore_errors=True)


def _database_of(worker: str, url: str) -> str:
    """The same Redis with another database number for each worker, so that none sees another's.

    >>> _database_of("gw2", "redis://127.0.0.1:6379/9")
    'redis://127.0.0.1:6379/11'
    """
    parts = urlsplit(url)
    first = int(parts.path.strip("/") or 0)
    number = int(re.sub(r"\D", "", worker) or 0)
    return urlunsplit(parts._replace(path=f"/{(first + number) % REDIS_DATABASES}"))
