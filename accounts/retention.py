"""What is destroyed after its time, by one register: each app declares its own classes.

Facts, the ledger and the trails are in no class: how long the personnel file itself is kept stands
in the ministry's retention schedule (JRA), which we do not have. What is destroyed leaves a
tombstone: what it was, its hash and size, when, on which basis.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Tombstone


@dataclass(frozen=True)
class Rule:
    """A class of records. `due` gives the rows whose time, ending before a moment, is over.

    With `file` only the bytes behind that field go and the row stays; without, the rows go.
    """

    kind: str
    title: Any
    basis: str
    kept: timedelta
    due: "Callable[[datetime], QuerySet[Any]]"
    file: str = ""


_rules: dict[str, Rule] = {}


def declare(rule: Rule) -> None:
    _rules[rule.kind] = rule


def rules() -> Iterable[Rule]:
    return _rules.values()


def overdue(rule: Rule, now: datetime | None = None) -> "QuerySet[Any]":
    """The rows of a class whose time is over."""
    rows = rule.due((now or timezone.now()) - rule.kept)
    return rows.exclude(**{rule.file: ""}) if rule.file else rows


def destroy(rule: Rule, now: datetime | None = None) -> int:
    """Destroy what is overdue of a class; returns how many files or rows."""
    if rule.file:
        return sum(_destroy_file(rule, row) for row in overdue(rule, now).iterator())
    with transaction.atomic():
        rows = overdue(rule, now)
        number = int(rows.count())
        if number:
            Tombstone.objects.create(kind=rule.kind, row_id="", size=number, basis=rule.basis[:200])
            rows.delete()
        return number


def _destroy_file(rule: Rule, row: Any) -> int:
    """The record first, in one transaction; the bytes go once that is certain."""
    file = getattr(row, rule.file)
    found, size = _hash(file)
    storage, name = file.storage, file.name
    with transaction.atomic():
        Tombstone.objects.create(
            kind=rule.kind,
            row_id=str(row.pk),
            hash=found,
            size=size,
            basis=rule.basis[:200],
        )
        type(row)._default_manager.filter(pk=row.pk).update(**{rule.file: ""})
        transaction.on_commit(lambda: storage.delete(name))
    return 1


def _hash(file: Any) -> tuple[str, int]:
    """SHA-256 and size of a stored file; "" where its bytes are gone already."""
    digest, size = sha256(), 0
    try:
        with file.open("rb") as stored:
            while block := stored.read(1 << 20):
                digest.update(block)
                size += len(block)
    except FileNotFoundError:
        return "", 0
    return digest.hexdigest(), size
