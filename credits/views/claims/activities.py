"""The pages of activity items (butir kegiatan): tables, search, suggestions, import of a sheet."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.pages import XLSX, paged, signed_in
from accounts.policy import allows, guard
from credits import activity_sheets, claim_words
from credits.activities import described, narrowed, suggestions, tables
from credits.forms_activities import ActivityImportForm, ItemFilter
from credits.models import ActivityImport, ActivityTable
from credits.services import activities
from credits.services.claims.errors import ClaimError
from employees import messages as places
from employees.sheets.reader import SheetRefused
from positions.models import PositionLevel

A_PAGE = 50
PREVIEWED = 50
RECENT = 10
LONGEST = 100  # of a typed text
PROVENANCE_BADGES = {"official": "badge-ok", "stand_in": "badge-warn", "invented": "badge-warn"}


@guard("activity", "view")
@require_GET
def activity_list(request: HttpRequest) -> HttpResponse:
    """The tables in force, one per JF and regulation."""
    may_import = allows(request.user, "activity", "add")
    recent = ActivityImport.objects.select_related("position", "created_by")
    recent = recent.defer("rows", "findings").exclude(state=ActivityImport.State.DISCARDED)
    context = {
        "list": paged(request, tables(), A_PAGE),
        "may_import": may_import,
        "imports": recent[:RECENT] if may_import else (),
    }
    return render(request, "credits/claims/activity_list.html", context)


@guard("activity", "view")
@require_GET
def activity_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The items of one table, searched and filtered; a replaced one says what replaced it."""
    found = ActivityTable.objects.select_related("position", "replaced_by")
    table = get_object_or_404(found, pk=pk)
    levels = list(
        PositionLevel.objects.filter(position=table.position)
        .order_by("order")
        .values_list("level", "name")
    )
    form = ItemFilter(request.GET, levels)
    items = narrowed(table.items.all(), **form.chosen()).order_by("code")
    listed = paged(request, items, A_PAGE)
    names = dict(levels)
    context = {
        "table": table,
        "badge": PROVENANCE_BADGES[table.provenance],
        "list": listed,
        "rows": [(item, names.get(item.level, item.level)) for item in listed["page"]],
        "form": form,
        "filtered": any(form.chosen().values()),
        "older": table.replaces.order_by("-version"),
    }
    return render(request, "credits/claims/activity_table.html", context)


@guard("activity", "view")
@require_GET
def activity_suggest(request: HttpRequest) -> HttpResponse:
    """What a typed text may mean: ?position=<code>&date=<yyyy-mm-dd>&text=...&level=...

    {"items": [...]}; 400 with {"error": sentence} where position or date make no sense. One
    statement beside those of the session.
    """
    text = request.GET.get("text", "").strip()[:LONGEST]
    try:
        day = parse_date(request.GET.get("date", ""))
    except ValueError:
        day = None
    if day is None:
        return JsonResponse({"error": _("Write the date as yyyy-mm-dd.")}, status=400)
    level = request.GET.get("level", "")[:20]
    position = request.GET.get("position", "")[:60]
    found = suggestions(position, day, text.replace("\0", ""), level) if text else []
    return JsonResponse({"items": [described(item) for item in found]})


@guard("activity", "add")
@require_GET
def activity_template(request: HttpRequest) -> FileResponse:
    """The empty sheet with the headings and the values that are taken."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "butir-kegiatan.xlsx"
        activity_sheets.template(path)
        file = path.open("rb")  # it stays readable when its name is gone
    return FileResponse(file, as_attachment=True, filename=path.name, content_type=XLSX)


@guard("activity", "add")
@require_http_methods(["GET", "POST"])
def activity_import_new(request: HttpRequest) -> HttpResponse:
    """Upload a sheet; it is read into a preview and writes nothing else."""
    form = ActivityImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            batch = activities.stage(
                form.head(),
                data["file"],
                data["file"].name,
                signed_in(request),
                data["decimal"] or None,
            )
        except SheetRefused as refused:
            form.add_error("file", places.sentence(refused.code, refused.params))
        else:
            return redirect("credits:activity_import", batch.public_id)
    status = 400 if form.errors else 200
    return render(request, "credits/claims/activity_import_new.html", {"form": form}, status=status)


@guard("activity", "add")
@require_GET
def activity_import(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The preview: errors first, each with row, column and remedy; then what would be written."""
    batch = _batch(public_id)
    errors = activities.errors_of(batch)
    effect = activities.effect_of(activities.head_of(batch))
    is_open = batch.state == ActivityImport.State.PREVIEW
    levels = dict(
        PositionLevel.objects.filter(position=batch.position).values_list("level", "name")
    )
    listed = paged(request, batch.rows, PREVIEWED)
    context: dict[str, Any] = {
        "batch": batch,
        "open": is_open,
        "badge": PROVENANCE_BADGES[batch.provenance],
        "errors": [_placed(f) for f in errors],
        "warnings": [_placed(f) for f in batch.findings if f["severity"] != "error"],
        "replaces": effect.replaces if is_open else (),
        "version": effect.version,
        "obstacle": effect.obstacle if is_open else None,
        "may_apply": is_open and batch.rows and not errors and effect.obstacle is None,
        "list": listed,
        "rows": [
            (row, levels.get(row["level"], ""), Decimal(row["points"])) for row in listed["page"]
        ],
    }
    return render(request, "credits/claims/activity_import.html", context)


def _batch(public_id: UUID) -> ActivityImport:
    found = ActivityImport.objects.select_related("position", "created_by", "table")
    return get_object_or_404(found, public_id=public_id)


def _placed(finding: dict[str, Any]) -> dict[str, Any]:
    place = places.place(finding["row"] or None, finding["column"])
    return {"place": place, "sentence": activity_sheets.sentence(finding)}


@guard("activity", "add")
@require_POST
def activity_import_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write the table, whole or not at all."""
    batch = _batch(public_id)
    try:
        table = activities.apply(batch, signed_in(request))
    except ClaimError as refused:
        messages.error(request, claim_words.problem(refused))
        return redirect("credits:activity_import", public_id)
    messages.success(request, _("The table is in force."))
    return redirect("credits:activity_table", table.pk)


@guard("activity", "add")
@require_POST
def activity_import_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put the sheet aside."""
    try:
        activities.discard(_batch(public_id))
    except ClaimError as refused:
        messages.error(request, claim_words.problem(refused))
    else:
        messages.success(request, _("The sheet was put aside; nothing was written."))
    return redirect("credits:activities")
