"""The assessor's pages: what waits, and the judging of one claim, item by item."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import listed as log_list
from accounts.access import looked
from accounts.pages import paged, signed_in
from accounts.policy import guard, visible
from assessors import words
from assessors.forms import VerdictForm
from assessors.models import Assignment, Plenary, Verdict
from assessors.policy import seats
from assessors.rules import WHOLE
from assessors.selectors import current, to_judge
from assessors.services import judging
from assessors.views.common import evidence_of, forbid
from credits.models import Claim, ClaimItem
from credits.services.claims.conventional import read_items
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from positions.ladder import Level

A_PAGE = 30
PLENARIES = 5
STATES = ("open", "late", "finished")


@guard("assignment", "judge")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """My claims: what waits, by due date, and the next plenaries of my teams."""
    user, today = signed_in(request), timezone.localdate()
    mine = current(visible(Assignment.objects.all(), user, "assignment", "judge"))
    conditions = to_judge(today)
    counts = mine.order_by().aggregate(
        **{name: Count("pk", filter=where) for name, where in conditions.items()}
    )
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    rows = _with_progress(mine.filter(conditions[state]))
    order = ("-finished_at",) if state == "finished" else ("due_on", "pk")
    listed = paged(request, rows.order_by(*order), A_PAGE)
    log_list(request, "claim", (row.claim.employee for row in listed["page"]))
    teams = seats(user, today).values("team")
    plenaries = Plenary.objects.filter(
        team__in=teams, day__gte=today, state__in=(Plenary.State.PLANNED, Plenary.State.OPEN)
    )
    context = {
        "list": listed,
        "rows": [_row(row) for row in listed["page"]],
        "state": state,
        "tabs": [(name, label, counts[name]) for name, label in _tabs()],
        "today": today,
        "plenaries": plenaries.select_related("team").order_by("day", "starts_at")[:PLENARIES],
        "seated": listed["page"].paginator.count or teams.exists(),
    }
    return render(request, "assessors/queue.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [("open", _("To judge")), ("late", _("Late")), ("finished", _("Finished"))]


def _with_progress(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Each with its number of items and of verdicts."""

    def number(of: QuerySet[Any], key: str) -> Any:
        counted = of.order_by().values(key).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted), 0)

    return rows.select_related("claim__employee", "claim__position", "team").annotate(
        items=number(ClaimItem.objects.filter(claim=OuterRef("claim")), "claim"),
        given=number(Verdict.objects.filter(assignment=OuterRef("pk")), "assignment"),
    )


def _row(row: Any) -> dict[str, Any]:
    level = row.claim.level
    return {
        "assignment": row,
        "claim": row.claim,
        "kind": kind_of(row.claim).title,
        "level": Level(level).label if level else "",
        "given": row.given,
        "items": row.items or 1,
    }


def _own(request: HttpRequest, public_id: UUID) -> Assignment:
    """The reader's assignment. Another's on the same claim is 403, whatever else 404.

    Out of term it is still his, and the services say why he may not go on.
    """
    user = signed_in(request)
    rows = Assignment.objects.select_related(
        "claim__employee", "claim__position", "claim__unit", "member__employee", "member__team"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    if found.member.employee.user_id != user.pk:
        of_mine = current(Assignment.objects.filter(claim=found.claim_id))
        if of_mine.filter(member__in=seats(user, timezone.localdate())).exists():
            raise PermissionDenied(words.problem(ClaimError("not_your_assignment", 403)))
        raise Http404
    try:
        judging.require_own(found, user, timezone.localdate())
    except ClaimError as refused:
        raise PermissionDenied(words.problem(refused)) from refused
    return found


@guard("assignment", "judge")
@require_http_methods(["GET", "POST"])
def judge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One item with its evidence beside the verdict; POST keeps the verdict and goes on."""
    assignment = _own(request, public_id)
    claim = assignment.claim
    kind = kind_of(claim)
    items = read_items(claim) if kind.has_items else []
    numbers = [i.number for i in items] if kind.has_items else [WHOLE]
    given = {v.number: v for v in assignment.verdicts.all()}
    number = _chosen(request, numbers, given)
    item = next((i for i in items if i.number == number), None)
    claimed = item.quantity if item else None
    status = 200
    if request.method == "POST":
        form = VerdictForm(request.POST, claimed=claimed)
        refused = _keep(request, assignment, number, form)
        if refused is None:
            given[number] = Verdict(number=number)
            return redirect(_next(assignment, numbers, given, number))
        form.add_error(None, words.problem(refused))
        status = refused.status
    else:
        form = VerdictForm(claimed=claimed, initial=_initial(given.get(number)))
        looked(request, "claim", [claim.employee])
    left = [n for n in numbers if n not in given]
    quantities = {n: v.quantity for n, v in given.items()}
    points = judging.points(claim, items, quantities) if kind.has_items else None
    done = assignment.state == Assignment.State.FINISHED
    context = {
        "assignment": assignment,
        "claim": claim,
        "kind": kind,
        "level": Level(claim.level).label if claim.level else "",
        "item": item,
        "number": number,
        "evidence": evidence_of(item, () if items else claim.files.all()),
        "form": form,
        "given": given.get(number),
        "steps": [(n, given.get(n)) for n in numbers],
        "left": len(left),
        "total": len(numbers),
        "points": points,
        "before": _address(assignment, _beside(numbers, number, -1)),
        "after": _address(assignment, _beside(numbers, number, 1)),
        "done": done,
        "late": not done and assignment.due_on < timezone.localdate(),
        "result": _together(claim, assignment, items) if done else None,
    }
    return render(request, "assessors/judge.html", context, status=status)


def _chosen(request: HttpRequest, numbers: list[int], given: dict[int, Verdict]) -> int:
    """The item asked for, else the first without a verdict."""
    if not numbers:
        raise Http404
    wanted = request.POST.get("item") or request.GET.get("item") or ""
    if wanted.isdecimal() and len(wanted) < 6:
        if int(wanted) in numbers:
            return int(wanted)
        raise Http404
    return next((n for n in numbers if n not in given), numbers[0])


def _keep(
    request: HttpRequest, assignment: Assignment, number: int, form: VerdictForm
) -> ClaimError | None:
    if not form.is_valid():
        return ClaimError("verdict_unknown", 400, item=number)
    try:
        judging.give(assignment, signed_in(request), number, **form.cleaned_data)
    except ClaimError as refused:
        forbid(refused)
        return refused
    return None


def _initial(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {}
    return {
        "answer": verdict.answer,
        "quantity": verdict.quantity or None,
        "reason": verdict.reason,
        "words": verdict.words,
    }


def _next(
    assignment: Assignment, numbers: list[int], given: dict[int, Verdict], number: int
) -> str:
    """The next item without a verdict, from here on and then from the start; else the end."""
    ahead = [n for n in numbers if n > number] + numbers
    for one in ahead:
        if one not in given:
            return _address(assignment, one)
    return f"{_address(assignment, number)}#end"


def _beside(numbers: list[int], number: int, step: int) -> int | None:
    at = numbers.index(number) + step
    return numbers[at] if 0 <= at < len(numbers) else None


def _address(assignment: Assignment, number: int | None) -> str:
    if number is None:
        return ""
    return f"{reverse('assessors:judge', args=[assignment.public_id])}?item={number}"


def _together(
    claim: Claim, assignment: Assignment, items: list[ClaimItem]
) -> dict[str, Any] | None:
    """What both found, once both have finished; None before, so that neither sees the other's."""
    found = judging.result(claim, objection=assignment.objection)
    if found is None:
        return None
    others = current(claim.assignments.filter(purpose=assignment.purpose)).exclude(pk=assignment.pk)
    theirs: dict[int, list[Verdict]] = {}
    for verdict in Verdict.objects.filter(assignment__in=others).order_by("assignment"):
        theirs.setdefault(verdict.number, []).append(verdict)
    mine = {v.number: v for v in assignment.verdicts.all()}
    names = {i.number: i.activity.name for i in items}
    return {
        "agreed": found.agreed,
        "lines": [
            {
                "number": line.number,
                "name": names.get(line.number, ""),
                "mine": mine[line.number],
                "theirs": theirs.get(line.number, []),
                "differs": line.differs,
            }
            for line in found.items
        ],
    }


@guard("assignment", "judge")
@require_POST
def finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The end of the judging; after it nothing changes."""
    assignment = _own(request, public_id)
    try:
        judging.finish(assignment, signed_in(request))
    except ClaimError as refused:
        forbid(refused)
        messages.error(request, words.problem(refused))
        return redirect(
            _address(assignment, refused.params.get("item", WHOLE) or None) or _self(assignment)
        )
    messages.success(request, _("Your judging is finished and handed to the secretary."))
    return redirect("assessors:queue")


def _self(assignment: Assignment) -> str:
    return reverse("assessors:judge", args=[assignment.public_id])
