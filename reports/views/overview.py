"""The ministry at a glance."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import allows, guard, visible
from employees.models import Employee
from reports.forms import AsOfForm
from reports.overview import holders, pyramid, rating_years, recap, unit_node
from reports.selectors import figures, stale


@guard("figures", "view")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Holders on a day, ages, and what a year brought; each as bars and as a table."""
    today = timezone.localdate()
    form = AsOfForm(request.GET or None)
    on = (form.is_valid() and form.cleaned_data["on"]) or today
    people = visible(Employee.objects.all(), request.user, "employee")
    years = rating_years(people)
    context: dict[str, Any] = {
        "form": form,
        "on": on,
        "is_today": on == today,
        "figures": figures(people, on),
        "stale": people.filter(stale()).count(),
        "holders": holders(people, on),
        "node": unit_node(people, on, _number(request, "unit")),
        "drill": _drill(request),
        "years": years,
        "recap": recap(people, _year(request, years, today), today),
    }
    if allows(request.user, "age_figures", "view"):
        context["pyramid"] = pyramid(people, on)
    return render(request, "reports/overview.html", context)


def _drill(request: HttpRequest) -> str:
    """This page with another unit, whose number is to be added."""
    query = request.GET.copy()
    query.pop("unit", None)
    return f"?{query.urlencode()}&unit=" if query else "?unit="


def _number(request: HttpRequest, name: str) -> int | None:
    """A number of the address; None for anything else."""
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def _year(request: HttpRequest, years: list[int], today: date) -> int:
    """The year asked for, else the last one that is over."""
    asked = _number(request, "year")
    return asked if asked in years else today.year - 1
