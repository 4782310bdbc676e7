"""A real browser (Chromium) on a real server with a real worker.

CHROMIUM names another browser. Without one the journeys are skipped, but in CI they fail.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from accounts.models import User
from accounts.policy import Role
from config.celery import app
from tests.factories import UserFactory

# Playwright's own loop runs in this thread, and Django would refuse the database for it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PASSWORD = "password-for-tests"
QUIET = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session", autouse=True)
def _let_go(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The server's threads keep their connections; the test database goes only without them."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium on this machine: install chromium, or name it in CHROMIUM.")
        pytest.skip("install chromium, then run make e2e")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        made = playwright.chromium.launch(executable_path=path, args=QUIET + sandbox)
        yield made
        made.close()


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(browser: Browser, live_server: Any, request: Any) -> Iterator[Page]:
    """A page on a desk's and on a phone's screen. Errors of the console, faults of the server,
    requests to other hosts and pages wider than the screen fail the journey at its end."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 900},
        locale="id-ID",
        base_url=live_server.url,
        accept_downloads=True,
    )
    made = context.new_page()
    wrong: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            wrong.append(f"console: {message.text}")

    def asked(sent: Request) -> None:
        if not sent.url.startswith((live_server.url, "data:", "blob:")):
            wrong.append(f"another host: {sent.url}")

    def answered(response: Response) -> None:
        if response.status >= 500:
            wrong.append(f"{response.status}: {response.url}")

    def loaded(one: Page) -> None:
        width = one.evaluate("document.documentElement.scrollWidth")
        if width > request.param:
            wrong.append(f"{width} px wide: {one.url}")

    made.on("console", said)
    made.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    made.on("request", asked)
    made.on("response", answered)
    made.on("load", loaded)
    yield made
    context.close()
    assert wrong == []


@pytest.fixture
def worker() -> Iterator[None]:
    app.autodiscover_tasks(force=True)
    with start_worker(app, pool="solo", perform_ping_check=False):
        yield


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


SignIn = Callable[..., User]


@pytest.fixture
def sign_in(page: Page) -> SignIn:
    """Through the sign-in page, as people do."""

    def enter(*roles: Role, user: User | None = None) -> User:
        account: User = user or UserFactory(roles=roles, first_name="Rina", last_name="Petugas")
        page.goto("/")
        page.fill("#id_username", account.username)
        page.fill("#id_password", PASSWORD)
        page.click("form:has(#id_password) [type=submit]")
        page.wait_for_url("**/")
        return account

    return enter
