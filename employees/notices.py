"""What is told when the work on an import ends, and to whom: who asked for it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices import declare
from accounts.services import notify
from employees.importing import registry
from employees.models import ImportBatch

State = ImportBatch.State


def import_ended(batch: ImportBatch, asked: str) -> None:
    """Tell whoever asked for it that reading, applying or undoing (`asked`) ended."""
    state = batch.state
    if asked != State.READING and batch.refusal:
        state = "not_applied" if asked == State.APPLYING else "not_undone"
    params = {"sheet": batch.kind, **batch.counts}
    url = reverse("employees:import", args=[batch.public_id])
    notify(_who(batch, asked), f"import.{state}", params, url)


def _who(batch: ImportBatch, asked: str) -> User | None:
    if asked == State.APPLYING:
        return batch.applied_by
    return batch.undone_by if asked == State.UNDOING else batch.created_by


def _figures(params: Mapping[str, Any]) -> dict[str, str]:
    known = {kind.code: str(kind.title) for kind in registry.kinds()}
    sheet = params.get("sheet", "")
    counts = {k: int(params.get(k) or 0) for k in ("new", "changed", "same", "refused")}
    return {"sheet": known.get(sheet, sheet)} | {k: number_format(n) for k, n in counts.items()}


def _preview(params: Mapping[str, Any]) -> str:
    text = _(
        "Import (%(sheet)s): the preview is ready: %(new)s new, %(changed)s changed, "
        "%(same)s same, %(refused)s refused."
    )
    return text % _figures(params)


def _applied(params: Mapping[str, Any]) -> str:
    text = _("Import (%(sheet)s): applied: %(new)s new, %(changed)s changed, %(refused)s refused.")
    return text % _figures(params)


def _mapping(params: Mapping[str, Any]) -> str:
    return _("Import (%(sheet)s): some columns must be matched by you.") % _figures(params)


def _refused(params: Mapping[str, Any]) -> str:
    return _("Import (%(sheet)s): the file is refused; the page says why.") % _figures(params)


def _not_applied(params: Mapping[str, Any]) -> str:
    return _("Import (%(sheet)s): not applied; nothing was changed.") % _figures(params)


def _undone(params: Mapping[str, Any]) -> str:
    return _("Import (%(sheet)s): undone; all is as it was before.") % _figures(params)


def _not_undone(params: Mapping[str, Any]) -> str:
    return _("Import (%(sheet)s): could not be undone; the page says why.") % _figures(params)


def _failed(params: Mapping[str, Any]) -> str:
    return _("Import (%(sheet)s): given up after three tries; nothing was changed.") % _figures(
        params
    )


for _state, _say in (
    ("preview", _preview),
    ("applied", _applied),
    ("mapping", _mapping),
    ("refused", _refused),
    ("not_applied", _not_applied),
    ("undone", _undone),
    ("not_undone", _not_undone),
    ("failed", _failed),
):
    declare(f"import.{_state}", _say)
