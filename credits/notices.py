"""What is told when a recalculation or a batch of forms ends, and to whom: who began it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


# ------------------------------------------------------------------ claims


def _said(params: Mapping[str, Any]) -> dict[str, str]:
    """Kind, state and actor of a claim in words."""
    from credits.claim_words import ACTORS
    from credits.models.claims.life import STATE_LABELS
    from credits.services.claims.kinds import kinds

    titles = {kind.code: str(kind.title) for kind in kinds()}
    state = STATE_LABELS.get(params.get("state", ""), params.get("state", ""))
    actor = ACTORS.get(params.get("actor", ""), "")
    kind = titles.get(params.get("kind", ""), params.get("kind", ""))
    return {"kind": kind, "state": str(state), "actor": str(actor)}


def _claim_of_holder(params: Mapping[str, Any]) -> str:
    return _("Your claim (%(kind)s) is now: %(state)s.") % _said(params)


def _claim_of_submitter(params: Mapping[str, Any]) -> str:
    return _("A claim that you handed in (%(kind)s) is now: %(state)s.") % _said(params)


def _claim_turn(params: Mapping[str, Any]) -> str:
    number = int(params.get("n", 1))
    text = ngettext(
        "A claim waits for you as %(actor)s.",
        "%(n)s claims wait for you as %(actor)s.",
        number,
    )
    return text % (_said(params) | {"n": number_format(number)})


def _days(params: Mapping[str, Any], today: str, one: str, many: str) -> str:
    left = int(params.get("days", 0))
    return today if left == 0 else one if left == 1 else many % {"days": number_format(left)}


def _remind_returned(params: Mapping[str, Any]) -> str:
    return _days(
        params,
        _("A returned claim should come back today."),
        _("A returned claim should come back by tomorrow."),
        _("A returned claim should come back within %(days)s days."),
    )


def _remind_objection(params: Mapping[str, Any]) -> str:
    return _days(
        params,
        _("Today is the last day for an objection to a decision on a claim."),
        _("An objection to a decision on a claim is possible until tomorrow."),
        _("An objection to a decision on a claim is possible for %(days)s more days."),
    )


declare("claim.holder", _claim_of_holder)
declare("claim.coordinator", _claim_of_submitter)
for _actor in ("holder", "coordinator", "secretary", "assessor", "chair", "superior", "determiner"):
    declare(f"claim.turn.{_actor}", _claim_turn)
declare("claim.remind.returned", _remind_returned)
declare("claim.remind.objection", _remind_objection)
