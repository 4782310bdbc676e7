"""Comparing two days or two runs: whose points differ, by how much, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import filters_of, looked_at_all
from accounts.access import listed as log_list
from accounts.pages import attachment, end_of, paged
from accounts.policy import allows, guard, visible
from credits.explanations import points
from credits.models import CalculationRun
from credits.views.common import OPEN
from employees.models import Employee
from positions.selectors import below
from reports.compare import (
    Difference,
    State,
    Why,
    after_run,
    differences,
    on_day,
    totals,
    why,
)
from reports.exports import workbook
from reports.forms import DaysForm, RunsForm
from reports.selectors import choices_of, people_today
from reports.views.people import ask_why

A_PAGE = 25
BATCH = 500
TOP = 12  # groups that the totals name
RUNS = 60
DAYS, OF_RUNS = "days", "runs"


@dataclass(slots=True)
class Asked:
    """What is compared, for whom; `states` is None where the form is not filled in rightly."""

    mode: str
    form: Any
    units: dict[int, str]
    positions: list[tuple[int, str]]
    states: tuple[State, State] | None = None
    names: tuple[str, str] = ("", "")
    on: date | None = None

    @property
    def day(self) -> date:
        return self.on or timezone.localdate()


@guard("comparison", "view")
@require_GET
def compare_page(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    found = _found(request, asked)
    listed = paged(request, found, A_PAGE)
    reasons = why([d.employee_id for d in listed["page"]], *asked.states) if asked.states else {}
    rows = _rows(listed["page"], reasons, asked)
    log_list(request, "ledger", (row["person"] for row in rows), detail=filters_of(request))
    context = {
        "mode": asked.mode,
        "form": asked.form,
        "asked": asked,
        "list": listed,
        "rows": rows,
        "sum": sum((d.change for d in found), 0),
        "more": sum(d.change > 0 for d in found),
        "less": sum(d.change < 0 for d in found),
        "by_position": totals(found, "position_id", dict(asked.positions))[:TOP],
        "by_unit": totals(found, "unit_id", asked.units)[:TOP],
        "may_compare_runs": allows(request.user, "run", "view"),
        "may_export": allows(request.user, "people_export", "view"),
    }
    return render(request, "reports/compare.html", context)


@guard("people_export", "view")
@require_http_methods(["GET", "POST"])
def compare_export(request: HttpRequest) -> HttpResponseBase:
    """All differences as XLSX, for a reason that is kept; each person in it is logged."""
    asked = _asked(request)
    found = _found(request, asked)
    back = reverse("reports:compare")
    if (answer := ask_why(request, len(found), back)) is not None:
        return answer
    people = Employee.objects.filter(pk__in=[one.employee_id for one in found])
    reason = request.POST["reason"]
    looked_at_all(request, "ledger", people, detail=filters_of(request), reason=reason)
    headings = [
        ("NIP", 22),
        (_("Name"), 34),
        (_("Functional position"), 40),
        (_("Unit"), 46),
        (asked.names[0], 18),
        (asked.names[1], 18),
        (_("Difference"), 14),
        (_("Only in the first"), 50),
        (_("Only in the second"), 50),
    ]
    return attachment(
        lambda path: workbook(path, _("Differences"), headings, _cells(found, asked)),
        f"perbandingan-{timezone.localdate():%Y-%m-%d}.xlsx",
    )


def _cells(found: Sequence[Difference], asked: Asked) -> Iterator[list[Any]]:
    for at in range(0, len(found), BATCH):
        page = found[at : at + BATCH]
        reasons = why([d.employee_id for d in page], *asked.states) if asked.states else {}
        for row in _rows(page, reasons, asked):
            one, person, reason = row["difference"], row["person"], row["why"]
            texts = [person.nip, person.full_name, row["position"], row["unit"]]
            amounts = [one.before, one.after, one.change]
            yield [*texts, *amounts, _said(reason.first.by_rule), _said(reason.second.by_rule)]


def _said(rules: Sequence[tuple[str, str, int, Any]]) -> str:
    return "; ".join(f"{rule} × {n}: {points(amount)}" for rule, _kind, n, amount in rules)


def _asked(request: HttpRequest) -> Asked:
    """The comparison in the address; runs only for those who see runs."""
    units, positions = choices_of(timezone.localdate())
    if request.GET.get("mode") == OF_RUNS and allows(request.user, "run", "view"):
        return _of_runs(request, units, positions)
    form = DaysForm(request.GET if "a" in request.GET else None, units=units, positions=positions)
    asked = Asked(DAYS, form, units, positions)
    data = form.cleaned_data if form.is_bound and form.is_valid() else form.usual()
    if form.is_bound and not form.is_valid():
        return asked
    asked.on = data["b"]
    asked.states = (
        on_day(data["a"], end_of(data.get("known_a"))),
        on_day(data["b"], end_of(data.get("known_b"))),
    )
    asked.names = (
        _day_name(data["a"], data.get("known_a")),
        _day_name(data["b"], data.get("known_b")),
    )
    return asked


def _day_name(day: date, known: date | None) -> str:
    text = f"{day:%d-%m-%Y}"
    if known is None:
        return text
    return _("%(day)s, as known on %(known)s") % {"day": text, "known": f"{known:%d-%m-%Y}"}


def _of_runs(
    request: HttpRequest, units: dict[int, str], positions: list[tuple[int, str]]
) -> Asked:
    done = CalculationRun.objects.exclude(state__in=OPEN).order_by("-pk")
    runs = list(done.defer("editions")[:RUNS])
    bound = "run_a" in request.GET
    form = RunsForm(request.GET if bound else None, runs=runs, units=units, positions=positions)
    asked = Asked(OF_RUNS, form, units, positions)
    if bound and not form.is_valid():
        return asked
    pair = (form.cleaned_data["run_a"], form.cleaned_data["run_b"]) if bound else form.usual()
    if pair is not None:
        asked.states = (after_run(pair[0]), after_run(pair[1]))
        asked.names = (form.name_of(pair[0]), form.name_of(pair[1]))
    return asked


def _found(request: HttpRequest, asked: Asked) -> list[Difference]:
    if asked.states is None:
        return []
    people = visible(Employee.objects.all(), request.user, "employee")
    rows = people_today(people, asked.day)
    data = asked.form.cleaned_data if asked.form.is_bound else {}
    unit, position = data.get("unit"), data.get("position")
    if unit:
        rows = rows.filter(unit_now__in=below(int(unit), asked.day))
    if position:
        rows = rows.filter(position_now=position)
    chosen = people.filter(pk__in=rows.values("pk")) if unit or position else people
    return differences(chosen, *asked.states, asked.day)


def _rows(page: Any, reasons: dict[int, Why], asked: Asked) -> list[dict[str, Any]]:
    found = list(page)
    people = Employee.objects.in_bulk([one.employee_id for one in found])
    positions = dict(asked.positions)
    return [
        {
            "difference": one,
            "person": people[one.employee_id],
            "position": positions.get(one.position_id or 0, ""),
            "unit": asked.units.get(one.unit_id or 0, ""),
            "why": reasons[one.employee_id],
        }
        for one in found
    ]
