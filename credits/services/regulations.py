"""The steps of a regulation that is handed in as a file: load, try, publish, take back.

Who drafts a regulation does not publish it, and who asks to take one back does not confirm it.
Nothing of a version is ever edited. When one is published or taken back the set of editions
changes, and with it everybody's standing: recalculation then posts or reverses the difference.
"""

import logging
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from credits.models import CalculationRun, ClosedPeriod, RegulationVersion
from credits.rules.checking import Checked, Finding, check
from credits.rules.edition_files import EditionFileError
from credits.rules.editions import Rulebook, shipped
from credits.services import runs
from credits.services.rulebooks import in_force, with_version
from positions.models import Position

log = logging.getLogger("sijafung.regulations")

MAX_BYTES = 64 * 1024
REASON_CHARACTERS = 500
_TURN = 0x51B  # advisory lock: publications take turns
State = RegulationVersion.State


class RegulationError(Exception):
    """A step is refused: `code` says why; `findings` what is wrong with a file."""

    def __init__(self, code: str, findings: list[Finding] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.findings = findings or []


# ------------------------------------------------------------------ load


def load(data: bytes, file_name: str, actor: User, closed_because: str = "") -> RegulationVersion:
    """Keep a file as a draft, if it may become a regulation.

    Raises RegulationError: `too_large`, `not_utf8`, `loaded_already`, or `invalid` with findings.
    """
    text = _text(data)
    digest = sha256(text.encode()).hexdigest()
    if RegulationVersion.objects.filter(content_hash=digest, state=State.DRAFT).exists():
        raise RegulationError("loaded_already")
    checked = examine(text, in_force(), closed_because)
    if checked.errors or checked.edition is None:
        raise RegulationError("invalid", checked.errors)
    version = RegulationVersion.objects.create(
        key=checked.edition.key,
        title=checked.edition.title,
        effective_from=checked.edition.effective_from,
        source=text,
        content_hash=digest,
        file_name=file_name[-120:],
        warnings=[[w.code, w.path, dict(w.params)] for w in checked.warnings],
        closed_because=closed_because.strip(),
        drafted_by=actor,
    )
    log.info("regulation.loaded", extra={"version": version.pk, "key": version.key})
    return version


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise RegulationError("too_large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RegulationError("not_utf8") from None
    if "\0" in text:  # neither TOML nor the database takes it
        raise RegulationError("not_utf8")
    return text


def examine(text: str, book: Rulebook, closed_because: str = "") -> Checked:
    """The checks of a file, and whether it reaches into a period that is finished."""
    checked = check(text, book, frozenset(Position.objects.values_list("code", flat=True)))
    if checked.edition is not None and (found := _closed_from(checked.edition.effective_from)):
        told = checked.warnings if closed_because.strip() else checked.errors
        period = {"start": str(found.start), "end": str(found.end)}
        told.append(Finding("closed_period", "effective_from", None, period))
    return checked


def _closed_from(day: date) -> ClosedPeriod | None:
    """A finished period that ends on `day` or later: its forms rest on the rules of then."""
    return ClosedPeriod.objects.filter(end__gte=day, reopened_at__isnull=True).first()


@transaction.atomic
def discard(version: RegulationVersion) -> None:
    """Put a draft away. Raises RegulationError("wrong_state")."""
    locked = _locked(version, State.DRAFT)
    locked.state = State.DISCARDED
    locked.save(update_fields=["state"])


# ------------------------------------------------------------------ try


def trial_book(version: RegulationVersion) -> Rulebook:
    """The set in force with this version beside it. Raises RegulationError("invalid")."""
    try:
        return with_version(in_force(), version)
    except EditionFileError:
        raise RegulationError("invalid") from None


def try_out(version: RegulationVersion, golden: dict[str, Any], actor: User) -> CalculationRun:
    """Keep what the golden cases said, and preview the whole ministry; nothing is posted.

    Raises RegulationError: `wrong_state`, `invalid` (others were published meanwhile).
    """
    with transaction.atomic():
        locked = _locked(version, State.DRAFT)
        trial_book(locked)
        under_way = [CalculationRun.State.WAITING, CalculationRun.State.RUNNING]
        for run in locked.trials.filter(state__in=under_way):
            runs.cancel(run)
        locked.golden, locked.golden_at = golden, timezone.now()
        locked.save(update_fields=["golden", "golden_at"])
        return runs.start({"all": True}, locked.title, actor, trial_of=locked)


def last_trial(version: RegulationVersion) -> CalculationRun | None:
    return version.trials.order_by("-id").first()


def tried(version: RegulationVersion) -> bool:
    """Whether the last trial is finished and was computed by the rules as they are now."""
    run = last_trial(version)
    finished = [CalculationRun.State.DONE, CalculationRun.State.PARTLY]
    if version.golden is None or run is None or run.state not in finished:
        return False
    return run.rules_version == trial_book(version).version


# ------------------------------------------------------------------ publish, take back


@transaction.atomic
def publish(version: RegulationVersion, actor: User, effective_from: date, reason: str) -> None:
    """Put a tried draft in force from its date, which the second person states once more.

    Raises RegulationError: `wrong_state`, `own_draft`, `reason_missing`, `other_date`,
    `not_tried`, `invalid` (with findings), `key_taken`.
    """
    _take_turn()
    locked = _locked(version, State.DRAFT)
    if locked.drafted_by_id == actor.pk:
        raise RegulationError("own_draft")
    reason = _reason(reason)
    if effective_from != locked.effective_from:
        raise RegulationError("other_date")
    checked = examine(locked.source, in_force(), locked.closed_because)
    if checked.errors or checked.book is None:
        raise RegulationError("invalid", checked.errors)
    if not tried(locked):
        raise RegulationError("not_tried")
    locked.state = State.PUBLISHED
    locked.published_by, locked.published_at = actor, timezone.now()
    locked.published_because, locked.rules_version = reason, checked.book.version
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError:  # a withdrawn one had the key: ledger entries name it
        raise RegulationError("key_taken") from None
    log.info("regulation.published", extra={"version": locked.pk, "key": locked.key})


@transaction.atomic
def ask_withdrawal(version: RegulationVersion, actor: User, reason: str) -> None:
    """Propose to take a published version back. Raises RegulationError: `wrong_state`,
    `asked_already`, `reason_missing`, `others_rest_on_it`."""
    locked = _locked(version, State.PUBLISHED)
    if locked.withdrawal_by_id is not None:
        raise RegulationError("asked_already")
    locked.withdrawal_because = _reason(reason)
    _check_without(locked)
    locked.withdrawal_by, locked.withdrawal_at = actor, timezone.now()
    locked.save(update_fields=["withdrawal_by", "withdrawal_at", "withdrawal_because"])


@transaction.atomic
def keep(version: RegulationVersion) -> None:
    """Drop a proposal to take a version back. Raises RegulationError("wrong_state")."""
    locked = _locked(version, State.PUBLISHED)
    locked.withdrawal_by = locked.withdrawal_at = None
    locked.withdrawal_because = ""
    locked.save(update_fields=["withdrawal_by", "withdrawal_at", "withdrawal_because"])


@transaction.atomic
def withdraw(version: RegulationVersion, actor: User) -> None:
    """Take a published version back, as somebody else asked: the earlier set holds again.

    Raises RegulationError: `wrong_state`, `not_asked`, `own_withdrawal`, `others_rest_on_it`.
    """
    _take_turn()
    locked = _locked(version, State.PUBLISHED)
    if locked.withdrawal_by_id is None:
        raise RegulationError("not_asked")
    if locked.withdrawal_by_id == actor.pk:
        raise RegulationError("own_withdrawal")
    _check_without(locked)
    locked.state = State.WITHDRAWN
    locked.withdrawn_by, locked.withdrawn_at = actor, timezone.now()
    locked.save(update_fields=["state", "withdrawn_by", "withdrawn_at"])
    log.info("regulation.withdrawn", extra={"version": locked.pk, "key": locked.key})


def _locked(version: RegulationVersion, state: str) -> RegulationVersion:
    found = RegulationVersion.objects.select_for_update().get(pk=version.pk)
    if found.state != state:
        raise RegulationError("wrong_state")
    return found


def _take_turn() -> None:
    """Two publications at once would each be checked against a set without the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_TURN])


def _reason(text: str) -> str:
    if not text.strip():
        raise RegulationError("reason_missing")
    return text.strip()[:REASON_CHARACTERS]


def _check_without(version: RegulationVersion) -> None:
    """Nothing published may rest on a version that goes."""
    others = RegulationVersion.objects.filter(state=State.PUBLISHED).exclude(pk=version.pk)
    try:
        shipped().extended(dict(others.values_list("key", "source")))
    except EditionFileError:
        raise RegulationError("others_rest_on_it") from None
