"""Ratings and opening balances entered by hand, and the scan of a last PAK."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import How
from accounts.models import User
from accounts.policy import guard, visible
from credits.forms import OpeningForm, RatingForm
from credits.models import OpeningBalance, Rating
from credits.services import openings, ratings
from credits.services.ratings import RatingRow, in_force
from employees.forms_entry import EntryForm
from employees.models import Employee
from employees.scans import SCAN_TYPES
from employees.views.entries import Entry, person_of


def _rating_form(person: Employee, record: Any, data: Any, files: Any) -> EntryForm:
    return RatingForm(data, files, rating=record)


def _ratings(person: Employee) -> "QuerySet[Any]":
    return Rating.objects.filter(in_force(), employee=person)


def _write_rating(person: Employee, record: Any, form: EntryForm, actor: User) -> None:
    row = RatingRow(person.pk, **form.values())
    ratings.record_rating(row, form.cleaned_data["reason"], actor, record)


def _opening_form(person: Employee, record: Any, data: Any, files: Any) -> EntryForm:
    return OpeningForm(data, files, opening=record or _openings(person).first())


def _openings(person: Employee) -> "QuerySet[Any]":
    return OpeningBalance.objects.filter(in_force(), employee=person)


def _write_opening(person: Employee, record: Any, form: EntryForm, actor: User) -> None:
    reason = form.cleaned_data["reason"]
    openings.record_opening(person, reason=reason, actor=actor, **form.values())


ENTRIES = (
    Entry(
        "rating",
        _("Performance rating"),
        "predikat",
        _rating_form,
        _ratings,
        _write_rating,
        ratings.withdraw_rating,
        _("Saved. It counts once a second person approves it."),
        _("One that waited is taken back. One that counts does so until a second person agrees."),
    ),
    Entry(
        "opening",
        _("Opening balance"),
        "saldo-awal",
        _opening_form,
        _openings,
        _write_opening,
        openings.withdraw_opening,
    ),
)


@guard("opening", "view")
@require_GET
def opening_scan(request: HttpRequest, public_id: UUID, pk: int) -> FileResponse:
    """The scan of a last PAK, always as an attachment: it came from outside."""
    person = person_of(request, public_id, "opening", How.DOWNLOAD)
    rows = visible(OpeningBalance.objects.filter(employee=person), request.user, "opening")
    opening = get_object_or_404(rows.exclude(scan=""), pk=pk)
    ending = str(opening.scan.name).rpartition(".")[2]
    try:
        file = opening.scan.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"pak-{opening.on:%Y-%m-%d}.{ending}",
        content_type=SCAN_TYPES.get(ending, "application/octet-stream"),
    )
