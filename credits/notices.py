"""What is told when a recalculation or a batch of forms ends, and to whom: who began it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.notices import declare
from accounts.services import notify
from credits.models import CalculationRun, Document, DocumentBatch


def run_ended(run: CalculationRun) -> None:
    """Tell whoever began a run that it ended. Call it in the transaction that ends it."""
    what = "compared" if run.compared else "preview" if run.dry_run else "real"
    kind = f"run.{what}.{run.state}"
    params = {"people": run.people, "changed": run.changed, "failed": run.failed}
    notify(run.actor, kind, params, reverse("credits:run", args=[run.public_id]))


def batch_ended(batch: DocumentBatch) -> None:
    """Tell whoever began a batch of forms that its stage ended. As `run_ended`."""
    kind = f"batch.{batch.stage}.{batch.state}"
    params = {"people": batch.people, "failed": batch.failed, "form": batch.form}
    notify(batch.actor, kind, params, reverse("credits:document_batch", args=[batch.public_id]))


def _figures(params: Mapping[str, Any]) -> dict[str, str]:
    numbers = {k: number_format(v) for k, v in params.items() if isinstance(v, int)}
    form = params.get("form", "")
    return numbers | {"form": str(dict(Document.Form.choices).get(form, form))}


def _run_done(params: Mapping[str, Any]) -> str:
    text = _("The recalculation is done: %(people)s people, the points of %(changed)s changed.")
    return text % _figures(params)


def _run_partly(params: Mapping[str, Any]) -> str:
    text = _("The recalculation ended with errors: %(failed)s of %(people)s people failed.")
    return text % _figures(params)


def _preview_done(params: Mapping[str, Any]) -> str:
    text = _("The preview is ready: the points of %(changed)s of %(people)s people would change.")
    return text % _figures(params)


def _preview_partly(params: Mapping[str, Any]) -> str:
    text = _("The preview ended with errors: %(failed)s of %(people)s people failed.")
    return text % _figures(params)


def _compared_done(params: Mapping[str, Any]) -> str:
    text = _("The regulations are compared: the points of %(changed)s of %(people)s people differ.")
    return text % _figures(params)


def _compared_partly(params: Mapping[str, Any]) -> str:
    text = _("The comparison of regulations ended with errors: %(failed)s of %(people)s failed.")
    return text % _figures(params)


def _drafted(params: Mapping[str, Any]) -> str:
    return _("%(form)s: the drafts for %(people)s people are made.") % _figures(params)


def _issued(params: Mapping[str, Any]) -> str:
    text = _("%(form)s: %(people)s drafts went through numbering and await their signatures.")
    return text % _figures(params)


def _batch_partly(params: Mapping[str, Any]) -> str:
    text = _("%(form)s: ended with errors, %(failed)s of %(people)s forms failed.")
    return text % _figures(params)


declare("run.real.done", _run_done)
declare("run.real.partly", _run_partly)
declare("run.preview.done", _preview_done)
declare("run.preview.partly", _preview_partly)
declare("run.compared.done", _compared_done)
declare("run.compared.partly", _compared_partly)
declare("batch.drafting.done", _drafted)
declare("batch.issuing.done", _issued)
for _stage in DocumentBatch.Stage.values:
    declare(f"batch.{_stage}.partly", _batch_partly)
