"""Comparing two days, runs or sets of regulations: whose points differ, by how much, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import filters_of, looked_at_all
from accounts.access import listed as log_list
from accounts.pages import as_uuid, attachment, end_of, paged, signed_in
from accounts.policy import allows, guard, visible
from credits.explanations import points
from credits.models import CalculationRun, RegulationVersion
from credits.rules.edition_files import EditionFileError
from credits.rules.editions import CONVERSION, Rulebook, current
from credits.services import comparisons
from credits.services.rulebooks import Chosen, book_of
from credits.views.common import BADGES, OPEN, progress
from employees.models import Employee
from positions.selectors import below
from reports.compare import (
    Difference,
    State,
    Why,
    after_run,
    by_rules,
    differences,
    on_day,
    totals,
    why,
)
from reports.exports import workbook
from reports.forms import DaysForm, RuleSetsForm, RunsForm
from reports.rule_sets import name_of, names_of, otherwise, reasons
from reports.selectors import choices_of, people_today
from reports.views.people import ask_why

A_PAGE = 25
BATCH = 500
TOP = 12  # groups that the totals name
RUNS = 60
DAYS, OF_RUNS, OF_RULES = "days", "runs", "rules"
COMPARISONS = 60  # among which one of the same sets is found
REASON = 500  # characters of a run's reason
EARLIER = 8  # of them that the page names


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
    sets: "Sets | None" = None

    @property
    def day(self) -> date:
        return self.on or timezone.localdate()

    def why(self, found: Sequence[Difference]) -> dict[int, Why]:
        """Why these people differ."""
        if self.states is None:
            return {}
        if self.sets and self.sets.run and self.sets.books:
            return reasons(self.sets.run, found, *self.sets.books)
        return why([one.employee_id for one in found], *self.states)


@dataclass(slots=True)
class Sets:
    """Two sets of regulations, and the run over them, once somebody asked for it."""

    known: list[CalculationRun]
    versions: list[RegulationVersion]
    books: tuple[Rulebook, Rulebook] | None = None
    run: CalculationRun | None = None

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.state in OPEN

    @property
    def finished(self) -> bool:
        return self.run is not None and self.run.state in (
            CalculationRun.State.DONE,
            CalculationRun.State.PARTLY,
        )


@guard("comparison", "view")
@require_GET
def compare_page(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    found = _found(request, asked)
    listed = paged(request, found, A_PAGE)
    page = list(listed["page"])
    rows = _rows(page, asked.why(page), asked)
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
        "may_compare_rules": _may_compare_rules(request),
        "may_export": allows(request.user, "people_export", "view"),
        **_of_the_sets(request, asked),
    }
    return render(request, "reports/compare.html", context)


def _of_the_sets(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What the page says of two sets: the computation, what they state, earlier comparisons."""
    sets = asked.sets
    if sets is None:
        return {}
    run = sets.run
    return {
        "run": run,
        "running": sets.running,
        "bar": progress(run) if run else None,
        "newer": comparisons.changed_since(run.created_at) if run and sets.finished else 0,
        "outdated": _outdated(sets),
        "otherwise": otherwise(*sets.books) if sets.books else None,
        "earlier": [
            (one, BADGES[one.state], *names_of(one, sets.versions, current()))
            for one in sets.known[:EARLIER]
        ],
        "may_start": allows(request.user, "regulation", "try"),
    }


def _outdated(sets: Sets) -> bool:
    """Whether the sets are no longer what they were when they were compared: a newer program."""
    if sets.run is None or sets.books is None:
        return False
    return comparisons.found_among([sets.run], *sets.books) is None and sets.finished


@guard("regulation", "try")
@require_POST
def compare_start(request: HttpRequest) -> HttpResponse:
    """Compute everybody by the two sets asked for, in the worker; nothing is posted by it."""
    query = request.POST.copy()
    for name in ("csrfmiddlewaretoken", "anew"):
        query.pop(name, None)
    query["mode"] = OF_RULES
    form = _rules_form(request, query, *choices_of(timezone.localdate()))
    pair = form.chosen()
    if pair is not None:
        names = _names(pair, list(form.versions.values()))
        reason = _("Comparison: %(first)s – %(second)s") % dict(
            zip(("first", "second"), names, strict=True)
        )
        anew = "anew" in request.POST
        comparisons.compare(*pair, reason[:REASON], signed_in(request), anew=anew)
    return redirect(f"{reverse('reports:compare')}?{query.urlencode()}")


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
    if asked.mode == OF_RULES:
        headings += [(_("Figures that differ"), 70), (_("Thresholds"), 40)]
    return attachment(
        lambda path: workbook(path, _("Differences"), headings, _cells(found, asked)),
        f"perbandingan-{timezone.localdate():%Y-%m-%d}.xlsx",
    )


def _cells(found: Sequence[Difference], asked: Asked) -> Iterator[list[Any]]:
    for at in range(0, len(found), BATCH):
        page = found[at : at + BATCH]
        for row in _rows(page, asked.why(page), asked):
            one, person, reason = row["difference"], row["person"], row["why"]
            texts = [person.nip, person.full_name, row["position"], row["unit"]]
            amounts = [one.before, one.after, one.change]
            lines = [_said(reason.first.by_rule), _said(reason.second.by_rule)]
            more = []
            if asked.mode == OF_RULES:
                figures = (
                    f"{x.name}: {x.before} → {x.after} ({x.article_before} → {x.article_after})"
                    for x in reason.figures
                )
                more = ["; ".join(figures), "; ".join(reason.thresholds)]
            yield [*texts, *amounts, *lines, *more]


def _said(rules: Sequence[tuple[str, str, int, Any]]) -> str:
    return "; ".join(f"{rule} × {n}: {points(amount)}" for rule, _kind, n, amount in rules)


def _asked(request: HttpRequest) -> Asked:
    """The comparison in the address; runs and regulations only for those who see trials."""
    units, positions = choices_of(timezone.localdate())
    if request.GET.get("mode") == OF_RULES and _may_compare_rules(request):
        return _of_rules(request, units, positions)
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
    done = (
        CalculationRun.objects.exclude(state__in=OPEN).filter(compared__isnull=True).order_by("-pk")
    )
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


def _may_compare_rules(request: HttpRequest) -> bool:
    user = request.user
    return allows(user, "run", "view") and allows(user, "regulation_version", "view")


def _of_rules(
    request: HttpRequest, units: dict[int, str], positions: list[tuple[int, str]]
) -> Asked:
    """Two sets as they were chosen, or those of a run that the address names."""
    form = _rules_form(request, request.GET if "set_a" in request.GET else None, units, positions)
    known = list(comparisons.comparisons().defer("editions")[:COMPARISONS])
    sets = Sets(known, list(form.versions.values()))
    asked = Asked(OF_RULES, form, units, positions, sets=sets)
    named = as_uuid(request.GET.get("run", ""))
    pair = form.chosen()
    if named and not form.is_bound:
        sets.run = comparisons.comparisons().filter(public_id=named).first()
        if sets.run is not None:
            first, second = (sets.run.compared[side] for side in ("first", "second"))
            pair = Chosen.restored(first), Chosen.restored(second)
            form.show(*pair)
    if pair is None:
        return asked
    try:
        sets.books = book_of(pair[0]), book_of(pair[1])
    except EditionFileError:
        return asked
    asked.names = _names(pair, sets.versions)
    sets.run = sets.run or comparisons.found_among(known, *sets.books)
    if sets.run is not None and sets.finished:
        asked.states = by_rules(sets.run)
    return asked


def _rules_form(
    request: HttpRequest, data: Any, units: dict[int, str], positions: list[tuple[int, str]]
) -> RuleSetsForm:
    """The form with the versions that the reader may see; put-away drafts are not offered."""
    versions = (
        RegulationVersion.objects.exclude(state=RegulationVersion.State.DISCARDED)
        .defer("source", "golden")
        .order_by("-drafted_at", "-pk")
    )
    book = current()
    start = book.regime_start(CONVERSION)
    editions = [
        e
        for e in reversed(tuple(book.by_key.values()))
        if e.regime == CONVERSION and e.effective_from > start
    ]
    return RuleSetsForm(
        data, units=units, positions=positions, versions=list(versions), editions=editions
    )


def _names(pair: tuple[Chosen, Chosen], versions: Sequence[RegulationVersion]) -> tuple[str, str]:
    titles = {v.pk: v.title for v in versions}
    editions = {e.key: e.title for e in current().by_key.values()}
    return name_of(pair[0], titles, editions), name_of(pair[1], titles, editions)


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
