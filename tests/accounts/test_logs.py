"""No personal data in the logs, whatever goes wrong."""

import json
import logging
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.logs import JsonFormatter
from accounts.policy import Role
from credits.services.runs import recalculate_now
from employees.models import Employee
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NIP, NAME = "199001012015032907", "Sari Wulandari"


@pytest.fixture
def said() -> Any:
    """What everything that is logged in the test would print."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Kept(level=logging.DEBUG)
    handler.setFormatter(JsonFormatter())
    names = ("", "django", "django.request", "sijafung", "celery", "celery.app.trace")
    loggers = [logging.getLogger(name) for name in names]
    for one in loggers:
        one.addHandler(handler)
    yield lines
    for one in loggers:
        one.removeHandler(handler)


@pytest.fixture
def person() -> Employee:
    person = factories.EmployeeFactory(nip=NIP, name=NAME)
    factories.AppointmentFactory(employee=person)
    factories.OpeningFactory(employee=person, points=25)
    return person


def clean(lines: list[str]) -> bool:
    text = "\n".join(lines)
    assert lines, "nothing was logged: the test proves nothing"
    return NIP not in text and NAME not in text and "Wulandari" not in text


def test_a_recalculation(person: Employee, said: list[str]) -> None:
    recalculate_now({"nip": NIP}, "test")
    logging.getLogger("sijafung").info("done")
    assert clean(said)


def test_a_failed_sign_in_and_an_unknown_page(
    client: Client, person: Employee, said: list[str]
) -> None:
    client.post("/login/", {"username": NIP, "password": "wrong"})
    client.force_login(UserFactory())
    assert client.get(f"/pegawai/{NIP}/").status_code == 404
    assert client.get("/pegawai/19900101 201503 2 907/").status_code == 404
    assert clean(said)
    assert "19900101 201503" not in "\n".join(said)


def test_a_fault_with_personal_data_in_its_message_and_variables(
    client: Client, person: Employee, said: list[str], monkeypatch: Any
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        name, nip = NAME, NIP
        raise ValueError(f"cannot read {name} {nip}")

    monkeypatch.setattr("reports.views.person.timeline", broken)
    client.force_login(UserFactory(roles=[Role.HR]))
    client.raise_request_exception = False
    assert client.get(reverse("reports:person", args=[person.public_id])).status_code == 500
    assert clean(said)
    fault = next(json.loads(line) for line in said if "exception" in line)
    assert "ValueError" in fault["exception"]
    assert "reports/views/person.py" in fault["exception"]


def test_what_the_database_quotes_of_a_row(person: Employee, said: list[str]) -> None:
    try:
        with transaction.atomic():
            factories.EmployeeFactory(nip=NIP, name=NAME)
    except IntegrityError as problem:
        logging.getLogger("django").exception("failed: %s", problem)
        logging.getLogger("celery.app.trace").error(
            "Task %(name)s raised unexpected: %(exc)s",
            {"name": "t", "exc": repr(problem)},
            exc_info=problem,
            extra={"data": {"exc": repr(problem), "args": f"({NIP},)"}},
        )
    assert clean(said)
    assert any("IntegrityError" in line for line in said)
