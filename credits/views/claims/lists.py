"""Lists of claims: all in reach, a coordinator's units, the own; handing in many at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import filters_of
from accounts.access import listed as log_list
from accounts.models import User
from accounts.pages import as_uuid, paged, signed_in
from accounts.policy import Role, allows, guard, roles_of, visible
from credits import claim_words
from credits.claim_lists import (
    DRAFTS,
    ENDING,
    ON_THE_WAY,
    PROPOSED,
    RETURNED,
    counts,
    in_states,
    listed,
    ready,
    rows,
)
from credits.forms_claims import ClaimFilter
from credits.models import Claim
from credits.models.claims.life import STATE_LABELS
from credits.rules.assessments import assessments
from credits.rules.claim_states import Act, State
from credits.rules.editions import CONVENTIONAL, current
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from credits.views.claims.answers import findings, unknown_fields
from credits.views.claims.pages import BADGES
from employees.models import Appointment, ClaimCoordinator, Employee
from positions.models import UnitVersion
from positions.selectors import level_names, unit_names

A_PAGE = 25
PEOPLE_A_PAGE = 15
A_GROUP = 20  # open claims that a portal shows; the list has all
MOST_AT_ONCE = 200
State_ = dict[str, Any]


def _shown(found: Sequence[Any], may_hand_in: set[int], names: dict[int, str]) -> list[State_]:
    return [
        {
            "row": row,
            "badge": BADGES.get(row.claim.state, ""),
            "turn": claim_words.ACTORS.get(row.turn, "") if row.turn else "",
            "unit": names.get(row.claim.unit_id or 0, ""),
            "may_choose": row.claim.pk in may_hand_in,
        }
        for row in rows(found)
    ]


def _tabs(user: User) -> list[tuple[str, str]]:
    """(route, key) of the pages of claims that the user has."""
    roles = roles_of(user)
    tabs = [("credits:claims", "all")]
    if Role.COORDINATOR in roles:
        tabs.append(("credits:claims_unit", "unit"))
    if Role.HOLDER in roles:
        tabs.append(("credits:claims_own", "own"))
    return tabs


@guard("claim", "view")
@require_GET
def claim_list(request: HttpRequest) -> HttpResponse:
    """Every claim in reach: whose turn it is and since when, the longest unchanged first."""
    user, today = signed_in(request), timezone.localdate()
    names = unit_names(today)
    form = ClaimFilter(request.GET, names)
    reach = visible(Claim.objects.all(), user, "claim")
    within = reach.filter(form.condition(today, with_state=False))
    by_state = counts(within)
    found = listed(within.filter(form.state_condition())).order_by("state_at", "id")
    page = paged(request, found, A_PAGE)
    claims = list(page["page"])
    may = ready(user, claims) if allows(user, "claim", "submit") else set()
    log_list(request, "claim", (c.employee for c in claims), detail=filters_of(request))
    context = {
        "tabs": _tabs(user),
        "tab": "all",
        "form": form,
        "state": form.cleaned_data.get("state", ""),
        "states": [(s.value, STATE_LABELS[s], by_state.get(s.value, 0)) for s in State],
        "total": sum(by_state.values()),
        "list": page,
        "rows": _shown(claims, may, names),
        "filtered": bool(filters_of(request)),
        "may_choose": bool(may),
        "may_add": allows(user, "claim", "add"),
        "may_import": allows(user, "claim_import", "add"),
    }
    return render(request, "credits/claims/list.html", context)


# ------------------------------------------------------------------ the portals


@guard("claim", "submit")
@require_GET
def unit_portal(request: HttpRequest) -> HttpResponse:
    """A coordinator's desk: what waits, what is on its way, the people, and the calendar."""
    user, today = signed_in(request), timezone.localdate()
    reach = visible(Claim.objects.all(), user, "claim", "submit")
    by_state = counts(reach)
    # What waits for the coordinator first, then the drafts: one statement for both.
    open_ones = listed(reach.filter(in_states((*PROPOSED, *RETURNED, *DRAFTS))))
    last = Case(When(state=State.DRAFT, then=Value(1)), default=Value(0))
    shown = _shown(list(open_ones.order_by(last, "state_at", "id")[:A_GROUP]), set(), {})
    page = paged(request, _people(user), PEOPLE_A_PAGE)
    people = list(page["page"])
    log_list(request, "claim", {s["row"].claim.employee for s in shown} | {*people})
    context = {
        "tabs": _tabs(user),
        "tab": "unit",
        "units": _units(user, today),
        "waiting": [s for s in shown if s["row"].claim.state != State.DRAFT],
        "drafts": [s for s in shown if s["row"].claim.state == State.DRAFT],
        "figures": _figures(by_state),
        "list": page,
        "people": _people_rows(people, today),
        "calendar": _calendar(today),
        "today": today,
        "may_import": allows(user, "claim_import", "add"),
    }
    return render(request, "credits/claims/unit.html", context)


def _units(user: User, today: date) -> list[str]:
    """The names of the units whose claims the user coordinates. One statement."""
    mine = ClaimCoordinator.objects.on(today).filter(employee__user=user).values("unit_id")
    names = UnitVersion.objects.on(today).filter(unit_id__in=mine)
    return list(names.order_by("name").values_list("name", flat=True))


def _figures(by_state: dict[str, int]) -> list[State_]:
    """The figures at the top of a portal, each with the list behind it."""
    groups = (
        ("draft", DRAFTS, "draft"),
        ("proposed", PROPOSED, "proposed"),
        ("returned", RETURNED, "returned"),
        ("way", ON_THE_WAY, ""),
        ("done", ENDING, ""),
    )
    return [
        {"key": key, "count": sum(by_state.get(str(s), 0) for s in states), "state": state}
        for key, states, state in groups
    ]


def _people(user: User) -> "QuerySet[Employee]":
    """Those for whom the user may write claims, with how many they have open and determined."""
    people = visible(Employee.objects.all(), user, "claimant", "add").exclude(user=user)
    ended = [str(s) for s in ENDING]
    return people.annotate(
        open_claims=Count("claims", filter=~Q(claims__state__in=ended)),
        determined=Count("claims", filter=Q(claims__state=State.DETERMINED)),
    ).order_by("name", "pk")


def _people_rows(people: Sequence[Any], today: date) -> list[State_]:
    """What they hold today. Two statements."""
    held = {
        a.employee_id: a
        for a in Appointment.objects.on(today)
        .filter(employee__in=[p.pk for p in people])
        .select_related("position")
    }
    levels = level_names()
    found = []
    for person in people:
        post = held.get(person.pk)
        level = levels.get((post.position_id, post.level), post.level) if post else ""
        found.append({"person": person, "post": post, "level": level})
    return found


def _calendar(today: date) -> list[Any]:
    """The next two assessments of the conventional regime (R-058)."""
    return list(assessments(current().latest(CONVENTIONAL, None), today, 2))


@guard("claim", "view")
@require_GET
def own_portal(request: HttpRequest) -> HttpResponse:
    """The reader's own claims: what is missing, whose turn it is, since when."""
    user, today = signed_in(request), timezone.localdate()
    own = Claim.objects.filter(employee__user=user)
    mine = listed(visible(own, user, "claim")).order_by("-state_at", "-id")
    page = paged(request, mine, A_PAGE)
    shown = _shown(list(page["page"]), set(), unit_names(today))
    mending = (State.DRAFT, State.RETURNED)
    context = {
        "tabs": _tabs(user),
        "tab": "own",
        "list": page,
        "todo": [s for s in shown if s["row"].claim.state in mending],
        "rest": [s for s in shown if s["row"].claim.state not in mending],
        "calendar": _calendar(today),
        "may_add": Role.HOLDER in roles_of(user),
    }
    return render(request, "credits/claims/own.html", context)


# ------------------------------------------------------------------ handing in many


@guard("claim", "submit")
@require_POST
def claims_submit(request: HttpRequest) -> HttpResponse:
    """Hand in the claims chosen, each in a transaction of its own; one that fails stops none."""
    answer = unknown_fields(request, ("claims",))
    if answer is not None:
        return answer
    user = signed_in(request)
    asked = [u for u in map(as_uuid, request.POST.getlist("claims")) if u][:MOST_AT_ONCE]
    reach = visible(Claim.objects.filter(public_id__in=asked), user, "claim", "submit")
    claims = list(reach.select_related("employee", "position").order_by("employee__name", "pk"))
    results = [_hand_in(claim, user) for claim in claims]
    log_list(request, "claim", (c.employee for c in claims), detail="submit")
    context = {
        "results": results,
        "done": sum(1 for r in results if r["ok"]),
        "missing": len(set(asked)) - len(claims),
    }
    return render(request, "credits/claims/submitted.html", context)


def _hand_in(claim: Claim, user: User) -> State_:
    """What became of one claim: {claim, kind, ok, sentence, findings}."""
    act = Act.RESUBMIT if claim.state == State.RETURNED else Act.SUBMIT
    result: State_ = {"claim": claim, "kind": kind_of(claim), "ok": True, "findings": []}
    try:
        perform(claim, act, user)
    except ClaimError as problem:
        errors = problem.params.get("errors", ())
        return result | {
            "ok": False,
            "sentence": claim_words.problem(problem),
            "findings": findings(errors),
        }
    return result | {"sentence": claim_words.DONE[act]}
