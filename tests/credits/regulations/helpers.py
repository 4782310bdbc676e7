"""A draft edition, and the way from a file to a publication by two people."""

from datetime import date
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.policy import Role
from credits.models import RegulationVersion
from credits.services import regulations, runs
from tests import factories

EXAMPLE = (Path(__file__).parent / "konversi-2025-uji.toml").read_text("utf-8")
KEY = "konversi-2025-uji"
GOLDEN = {"total": 1, "failed_before": 0, "changed": []}


def admin() -> User:
    return factories.UserFactory(roles=[Role.ADMIN])


def drafted(text: str = EXAMPLE, by: User | None = None) -> RegulationVersion:
    return regulations.load(text.encode(), "uji.toml", by or admin())


def tried(text: str = EXAMPLE, by: User | None = None) -> RegulationVersion:
    version = drafted(text, by)
    run = regulations.try_out(version, GOLDEN, version.drafted_by)
    assert not runs.work(run.pk)
    version.refresh_from_db()
    return version


def published(text: str = EXAMPLE) -> RegulationVersion:
    version = tried(text)
    regulations.publish(version, admin(), version.effective_from, "uji")
    version.refresh_from_db()
    return version


def withdrawn(version: RegulationVersion) -> RegulationVersion:
    regulations.ask_withdrawal(version, admin(), "uji")
    regulations.withdraw(version, admin())
    version.refresh_from_db()
    return version


def holder(**rating: Any) -> Any:
    """An Ahli Pertama with a Baik for 2025 (12.5 by the shipped rules, 15 by the example)."""
    appointment = factories.AppointmentFactory(start=date(2023, 1, 1))
    factories.RankFactory(employee=appointment.employee)
    factories.OpeningFactory(employee=appointment.employee)
    dates = {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    factories.RatingFactory(employee=appointment.employee, **(dates | rating))
    return appointment.employee
