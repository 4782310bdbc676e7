"""Closing a period and reopening it."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, require
from credits.explanations import document_problem
from credits.forms import PeriodForm
from credits.models import ClosedPeriod
from credits.services import periods
from credits.services.periods import PeriodError

A_PAGE = 30


@guard("period", "view")
@require_http_methods(["GET", "POST"])
def period_list(request: HttpRequest) -> HttpResponse:
    """Closed periods, and the form that closes one."""
    may_change = allows(request.user, "period", "change")
    form = PeriodForm(request.POST or None, initial=_asked(request))
    if request.method == "POST":
        require(request.user, "period", "change")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            periods.close(data["start"], data["end"], data["reason"], signed_in(request))
        except PeriodError as problem:
            form.add_error(None, document_problem(problem.code))
        else:
            messages.success(request, _("The period is closed."))
            return redirect("credits:periods")
    found = ClosedPeriod.objects.select_related("closed_by", "reopened_by")
    context = {"list": paged(request, found, A_PAGE), "form": form, "may_change": may_change}
    return render(request, "credits/period_list.html", context)


def _asked(request: HttpRequest) -> dict[str, date]:
    """The period that a link proposes for closing (?start=...&end=...)."""
    try:
        asked = {name: parse_date(request.GET.get(name, "")) for name in ("start", "end")}
    except ValueError:  # well formed, but no day
        return {}
    return {name: day for name, day in asked.items() if day}


@guard("period", "change")
@require_POST
def period_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    period = get_object_or_404(ClosedPeriod, pk=pk)
    try:
        periods.reopen(period, request.POST.get("reason", "")[:500], signed_in(request))
    except PeriodError as problem:
        messages.error(request, document_problem(problem.code))
    else:
        messages.success(request, _("The period is open again."))
    return redirect("credits:periods")
