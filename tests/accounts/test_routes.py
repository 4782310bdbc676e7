"""Every route, every role, reading and writing, inside and outside one's scope.

What is expected comes from one table, `routes.csv`: a route without a row fails. The walk of this
version has over 4,000 cells (`test_the_walk_is_this_long`).

Columns: `enter` who reaches the function (words of `WORDS`, or roles), `methods` what it takes,
`post` who may write where these are fewer, `object` whose row the address names, `writes` whether
POST changes anything. "public" needs no account, "key" is the API's (tests/accounts/test_api.py),
"entry" are the steps of signing in (tests/accounts/test_sign_in.py), an "absent" object is walked
only as one that does not exist (its own tests show it inside and outside), what is written may be
one's "own" alone, "django" stands for pages of Django's own account handling, "missing" for what
answers nothing.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.policy import Role
from tests.accounts import scene as scenes
from tests.accounts.scene import LIMITED, Scene, signed_in
from tests.accounts.test_policy import ROUTES

READERS = (
    Role.HR,
    Role.ADMIN,
    Role.AUDITOR,
    Role.COORDINATOR,
    Role.POSITION_COORDINATOR,
    Role.SUPERIOR,
    Role.HOLDER,
)
WORDS: dict[str, tuple[Role, ...]] = {
    "everyone": tuple(Role),
    "readers": READERS,
    "staff": (Role.HR, Role.ADMIN, Role.AUDITOR),
    "officers": (Role.HR, Role.ADMIN),
    "owners": tuple(r for r in Role if r not in (Role.ADMIN, Role.AUDITOR)),
    "nobody": (),
}
APART = {"key", "django", "missing", "entry"}


class Row(NamedTuple):
    route: str
    enter: str
    methods: str
    post: str
    object: str
    writes: str

    def reaches(self, role: Role | None) -> bool:
        return self.enter == "public" or role in roles(self.enter)

    def writes_as(self, role: Role | None) -> bool:
        return self.reaches(role) and (not self.post or role in roles(self.post))

    @property
    def in_admin(self) -> bool:
        return self.object.startswith("admin ")


def roles(words: str) -> set[Role]:
    return {role for word in words.split() for role in WORDS.get(word) or _named(word)}


def _named(word: str) -> tuple[Role, ...]:
    return () if word == "nobody" else (Role(word),)


def _table() -> list[Row]:
    with (Path(__file__).parent / "routes.csv").open(newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


TABLE = _table()
WALKED = [row for row in TABLE if row.enter not in APART]
Cell = tuple[Row, str, bool]
ABSENT = {
    "public_id": scenes.NOBODY,
    "pk": 0,
    "key": "tidak-ada",
    "token": "tidak-ada",
    "number": 7,
}


def cells(role: Role | None) -> Iterator[Cell]:
    """Route, method, inside or outside of the scope."""
    for row in WALKED:
        if row.enter == "public" and "POST" in row.methods and row.route == "accounts:language":
            continue  # takes POST alone and answers with a redirect: tests/accounts/test_language
        for method in ("GET", "POST"):
            if row.object == "absent":
                yield row, method, False
                continue
            yield row, method, True
            if row.object and not row.in_admin and row.enter != "public":
                yield row, method, False


def expected(row: Row, role: Role | None, method: str, inside: bool) -> str:
    if row.enter == "public":
        return "done"
    if role is None:
        return "sign-in"
    if not row.reaches(role):
        # Django's history looks the row up first, and finds none of those that are not visible.
        return "404" if row.route.endswith("_history") else "403"
    if method not in row.methods.split():
        return "405"
    if not inside:
        return "404"
    return "done" if method == "GET" or row.writes_as(role) else "403"


def outcome(row: Row, answer: Any) -> str:
    if answer.streaming:
        b"".join(answer.streaming_content)  # the end of it closes the file
    if answer.status_code == 302 and answer.headers["Location"].startswith(settings_login()):
        return "sign-in"
    home = answer.status_code == 302 and answer.headers["Location"] == reverse("admin:index")
    if home and row.route.startswith("admin:"):
        return "404"  # how the admin says that there is no such row
    if answer.status_code in (200, 302, 400, 409):
        return "done"
    return str(answer.status_code)


def settings_login() -> str:
    return reverse(settings.LOGIN_URL)


def address(scene: Scene, row: Row, role: Role | None, inside: bool) -> str:
    if row.in_admin:
        model = apps.get_model(row.object.removeprefix("admin "))
        found = model._default_manager.order_by("pk").last()
        key = "id" if row.route.endswith("password_change") else "object_id"
        return reverse(row.route, kwargs={key: found.pk if found else 0})
    if row.object == "absent":
        wanted = ROUTES[row.route].pattern.converters
        return reverse(row.route, kwargs={name: ABSENT[name] for name in wanted})
    return reverse(row.route, kwargs=scene.values(row.object, role, inside) if row.object else {})


def walk(scene: Scene, role: Role | None) -> list[str]:
    """What differs from the table; each cell is undone before the next."""
    client, wrong = scene.clients[role], []
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    session = cookie.value if cookie else None
    for row, method, inside in cells(role):
        signed_in(client, session)
        url = address(scene, row, role, inside)
        with transaction.atomic():
            found = outcome(
                row, client.generic(method, url) if method == "GET" else client.post(url)
            )
            transaction.set_rollback(True)
        wanted = expected(row, role, method, inside)
        if found != wanted:
            where = "inside" if inside else "outside"
            wrong.append(f"{row.route} {method} {where}: {found}, the table says {wanted}")
    return wrong


# A few roles share one scene: making it costs as much as asking for hundreds of pages.
GROUPS = {
    "staff": [Role.HR, Role.ADMIN, Role.AUDITOR],
    "units": [Role.COORDINATOR, Role.POSITION_COORDINATOR, Role.SUPERIOR],
    "others": [Role.HOLDER, Role.DETERMINER, None],
    "teams": [Role.ASSESSOR, Role.CHAIR, Role.SECRETARY],
}


@pytest.mark.parametrize("group", GROUPS)
def test_each_role_gets_what_the_table_says(scene: Scene, group: str) -> None:
    wrong = {role or "anonymous": walk(scene, role) for role in GROUPS[group]}
    assert {role: cells for role, cells in wrong.items() if cells} == {}


def test_every_role_is_walked() -> None:
    walked = [role for group in GROUPS.values() for role in group]
    assert len(walked) == len(set(walked))
    assert set(walked) == {*Role, None}


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    names = {name for name in ROUTES if not name.endswith(":None")}
    listed = [row.route for row in TABLE]
    assert sorted(names) == sorted(listed)


def test_the_auditor_writes_nowhere() -> None:
    """AZ127: not one route that writes lets the auditor in, by the table that the walk proves."""
    writing = [row for row in WALKED if row.writes == "yes"]
    assert len(writing) > 50
    assert [row.route for row in writing if row.writes_as(Role.AUDITOR)] == []


def test_what_takes_post_is_said_to_write_or_known_not_to() -> None:
    harmless = {row.route for row in TABLE if "POST" in row.methods and row.writes == "no"}
    lists = {r for r in harmless if r.endswith(("_changelist", "_history"))}
    assert harmless - lists == {
        "accounts:language",
        "api:unknown",
        "admin:administration",
        "admin:decree_file",
        "credits:verify",
        "credits:verify_file",
        "employees:kinships",  # a search
        "reports:audit_check",
        "reports:audit_export",
        "reports:audit_search",
        "reports:compare_export",
        "reports:my_copy",
        "reports:people_export",
        "reports:people_search",
        "reports:people_suggest",
        "reports:reveal",
        "accounts:cancel",
        "accounts:forgotten",
        "accounts:second_factor",
    }


def test_the_walk_is_this_long() -> None:
    assert sum(1 for role in (*Role, None) for _cell in cells(role)) >= 4000


def test_a_row_of_another_person_is_not_reached_through_the_own(scene: Scene) -> None:
    """The person in the address within the scope, the row's id of somebody else."""
    officer = scene.clients[Role.HR]
    for what, related in scenes.FACTS.items():
        foreign = getattr(scene.joko, related).order_by("pk").last()
        for act in ("edit", "remove"):
            app = "credits" if what in ("rating", "opening") else "employees"
            values = {"public_id": scene.sari.public_id, "pk": foreign.pk}
            assert officer.get(reverse(f"{app}:{what}_{act}", kwargs=values)).status_code == 404
    assert set(LIMITED) < set(Role)
