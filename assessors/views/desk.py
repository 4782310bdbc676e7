"""The secretary's desk: what comes in, whether it is complete, who judges it, and who is late."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import listed as log_list
from accounts.access import looked
from accounts.models import User
from accounts.pages import as_uuid, paged, signed_in
from accounts.policy import guard, visible
from assessors import words
from assessors.forms import LackForm, ReasonForm, ReassignForm
from assessors.models import Assignment, Membership, Team
from assessors.policy import seats
from assessors.selectors import UNDER_WAY, claims_of, current, judge_of, stages, with_facts
from assessors.services import assigning
from assessors.services.assigning import Lack
from assessors.views.common import evidence_of, forbid
from credits.models import Claim
from credits.rules.claim_states import Act
from credits.services.claims.acts import acts_open
from credits.services.claims.conventional import read_items
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from positions.ladder import Level
from positions.selectors import unit_names

A_PAGE = 30
BEFORE = ("incoming", "ready")  # nobody judges yet
SHOWN = 10  # refused claims that are told one by one


def _teams(user: User, day: date) -> QuerySet[Team]:
    """The teams in their term whose secretary the user is."""
    mine = seats(user, day, Membership.Role.SECRETARY)
    teams = Team.objects.filter(pk__in=mine.values("team")).order_by("name", "pk")
    return teams.prefetch_related("positions", "units")


def _label(level: str) -> str:
    return Level(level).label if level else ""


@guard("assignment", "add")
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The claims of the secretary's teams by what is to be done next, and each member's load."""
    user, today = signed_in(request), timezone.localdate()
    teams = list(_teams(user, today))
    claims = Claim.objects.filter(claims_of(teams))
    conditions = stages(today)
    counts = _counted(claims, conditions)
    stage = request.GET.get("stage", "")
    if stage not in conditions:
        stage = next((name for name in conditions if counts[name]), "incoming")
    rows = claims.filter(conditions[stage]).select_related("employee", "position")
    given = stage not in BEFORE
    if given:
        judges = current(Assignment.objects.select_related("member__employee")).order_by("pk")
        rows = rows.prefetch_related(Prefetch("assignments", judges, to_attr="given"))
    units = {} if given else unit_names(today)
    listed = paged(request, rows.order_by("state_at", "pk"), A_PAGE)
    log_list(request, "claim", (claim.employee for claim in listed["page"]))
    context = {
        "list": listed,
        "rows": [
            {
                "claim": claim,
                "kind": kind_of(claim).title,
                "level": _label(claim.level),
                "unit": units.get(claim.unit_id, ""),
                "given": _given(claim, today) if given else (),
            }
            for claim in listed["page"]
        ],
        "stage": stage,
        "tabs": [(name, label, counts[name]) for name, label in _stage_words()],
        "title": dict(_stage_words())[stage],
        "teams": teams,
        "load": _load(teams, today),
        "today": today,
    }
    return render(request, "assessors/desk.html", context)


def _stage_words() -> list[tuple[str, str]]:
    return [
        ("incoming", _("To check")),
        ("ready", _("To share out")),
        ("judged", _("Being judged")),
        ("late", _("Late")),
        ("finished", _("Judged by all")),
    ]


def _counted(rows: QuerySet[Claim], conditions: dict[str, Q]) -> dict[str, int]:
    """How many rows fit each condition, in one statement."""
    marks = {f"fits_{n}": Case(When(q, then=Value(1))) for n, q in conditions.items()}
    wanted = {name: Count(f"fits_{name}") for name in conditions}
    return dict(rows.order_by().annotate(**marks).aggregate(**wanted))


def _given(claim: Any, day: date) -> list[dict[str, Any]]:
    """Who judges a claim; the sums are shown once all have finished."""
    rows = [a for a in claim.given if a.purpose == Assignment.Purpose.CLAIM]
    done = all(a.state == Assignment.State.FINISHED for a in rows)
    return [
        {
            "assignment": a,
            "late": a.state == Assignment.State.OPEN and a.due_on < day,
            "units": a.units if done else None,
        }
        for a in rows
    ]


def _load(teams: Iterable[Team], day: date) -> list[dict[str, Any]]:
    """What each member has to do, has late and has finished. One statement."""
    State = Assignment.State  # noqa: N806  as everywhere
    late = Q(assignments__state=State.OPEN, assignments__due_on__lt=day)
    rows = with_facts(Membership.objects.on(day).filter(team__in=teams), day).annotate(
        late=Count("assignments", filter=late),
        finished=Count("assignments", filter=Q(assignments__state=State.FINISHED)),
    )
    return [
        {"member": m, "level": _label(judge.level), "judge": judge}
        for m in rows.order_by("team__name", "employee__name", "pk")
        for judge in [judge_of(m)]
    ]


# ------------------------------------------------------------------ completeness


@guard("claim", "check")
@require_http_methods(["GET", "POST"])
def completeness(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Each item with its evidence and what is lacking: passed on, or returned item by item."""
    user = signed_in(request)
    rows = Claim.objects.select_related("employee", "position", "unit", "submitted_by")
    claim = get_object_or_404(visible(rows, user, "claim", "check"), public_id=public_id)
    kind = kind_of(claim)
    items = read_items(claim) if kind.has_items else []
    posted = request.POST if request.method == "POST" else None
    form = ReasonForm(posted)
    lacks = {n: LackForm(posted, prefix=f"lack-{n}") for n in (0, *(i.number for i in items))}
    status = 200
    if posted is not None:
        refused = _complete_or_not(request, claim, form, lacks)
        if refused is None:
            return (
                redirect("assessors:desk")
                if _keeps_desk(user)
                else redirect("credits:claim", claim.public_id)
            )
        form.add_error(None, words.problem(refused))
        status = refused.status
    else:
        looked(request, "claim", [claim.employee])
    acts = {transition.act for transition, _role in acts_open(claim, user)}
    context = {
        "claim": claim,
        "kind": kind,
        "level": _label(claim.level),
        "form": form,
        "whole": lacks[0],
        "items": [{"item": i, "form": lacks[i.number], "evidence": evidence_of(i)} for i in items],
        "evidence": evidence_of(None, () if items else claim.files.all()),
        "may_pass": Act.CHECK in acts,
        "may_return": Act.RETURN in acts,
        "own": claim.employee.user_id == user.pk,
    }
    return render(request, "assessors/completeness.html", context, status=status)


def _keeps_desk(user: User) -> bool:
    return _teams(user, timezone.localdate()).exists()


def _complete_or_not(
    request: HttpRequest, claim: Claim, form: ReasonForm, lacks: dict[int, LackForm]
) -> ClaimError | None:
    """Pass on or return, as the button says; why it is refused, or None."""
    user = signed_in(request)
    valid = [f.is_valid() for f in (form, *lacks.values())]
    if not all(valid):
        return ClaimError("lack_unknown", 400)
    found = [
        Lack(n, f.cleaned_data["code"], f.cleaned_data["words"])
        for n, f in lacks.items()
        if f.cleaned_data["code"]
    ]
    try:
        if request.POST.get("act") == "pass":
            if found:
                return ClaimError("lacks_named", 400)
            assigning.pass_on(claim, user)
            messages.success(request, _("The claim is complete and waits to be shared out."))
        else:
            reason = form.cleaned_data["reason"].strip() or _told(found)
            assigning.send_back(claim, user, found, reason)
            messages.success(request, _("The claim went back to the coordinator."))
    except ClaimError as refused:
        forbid(refused)
        return refused
    return None


def _told(lacks: list[Lack]) -> str:
    """The sentence for the whole where only items say what is lacking."""
    return "; ".join(
        (_("Item %(n)s: %(what)s") % {"n": lack.number, "what": words.LACKS[lack.code]})
        if lack.number
        else str(words.LACKS[lack.code])
        for lack in lacks
    )[:500]


# ------------------------------------------------------------------ sharing out


@guard("assignment", "add")
@require_http_methods(["GET", "POST"])
def distribution(request: HttpRequest) -> HttpResponse:
    """Two assessors proposed for each claim, with why others are not; POST assigns those ticked."""
    user, today = signed_in(request), timezone.localdate()
    teams = list(_teams(user, today))
    if not teams:
        raise Http404
    wanted = as_uuid(request.POST.get("team") or request.GET.get("team") or "")
    team = next((t for t in teams if t.public_id == wanted), teams[0])
    ready = Claim.objects.filter(claims_of([team]), stages(today)["ready"])
    ready = ready.select_related("employee", "position").order_by("state_at", "pk")
    if request.method == "POST":
        _assign(request, team, ready)
        return redirect(f"{reverse('assessors:distribution')}?team={team.public_id}")
    listed = paged(request, ready, A_PAGE)
    claims = list(listed["page"])
    log_list(request, "claim", (claim.employee for claim in claims))
    plan = assigning.propose(team, claims, today)
    names = {pk: m.employee.full_name for pk, m in plan.members.items()}
    context = {
        "list": listed,
        "team": team,
        "teams": teams,
        "rows": [
            {
                "claim": claim,
                "kind": kind_of(claim).title,
                "level": _label(claim.level),
                "short": share.short,
                "places": [
                    share.chosen[n] if n < len(share.chosen) else None
                    for n in range(assigning.per_claim(claim, today))
                ],
                "free": _free(share, plan, names),
                "excluded": [
                    (names[pk], [words.conflict(c) for c in found]) for pk, found in share.excluded
                ],
            }
            for claim, share in zip(claims, plan.shares, strict=True)
        ],
    }
    return render(request, "assessors/distribution.html", context)


def _free(
    share: Any, plan: assigning.Proposed, names: dict[int, str]
) -> list[tuple[int, str, int]]:
    """Who may judge a claim, with what each has open."""
    out = {pk for pk, _found in share.excluded}
    found = [(pk, name, plan.judges[pk].load) for pk, name in names.items() if pk not in out]
    return sorted(found, key=lambda row: (row[2], row[1]))


def _assign(request: HttpRequest, team: Team, ready: QuerySet[Claim]) -> None:
    """Assign the ticked claims as chosen, each on its own."""
    ids = [found for text in request.POST.getlist("claim") if (found := as_uuid(text))]
    claims = Claim.objects.filter(public_id__in=ids[:A_PAGE]).select_related("employee")
    mine = claims.filter(claims_of([team]))  # assigned meanwhile: the service says so
    members = assigning.members_of(team, timezone.localdate())
    picks = []
    for claim in mine.order_by("state_at", "pk"):
        chosen = request.POST.getlist(f"judges-{claim.public_id}")
        known = [members[int(pk)] for pk in chosen if pk.isdecimal() and int(pk) in members]
        picks.append((claim, known))
    if not picks:
        messages.error(request, _("Tick the claims that you want to give."))
        return
    done = assigning.assign_many(picks, signed_in(request))
    if done.assigned:
        text = ngettext(
            "%(n)s claim is with its assessors.",
            "%(n)s claims are with their assessors.",
            len(done.assigned),
        )
        messages.success(request, text % {"n": len(done.assigned)})
    for claim, refused in done.refused[:SHOWN]:
        who = {"name": claim.employee.full_name, "why": words.problem(refused)}
        messages.error(request, _("%(name)s: %(why)s") % who)


# ------------------------------------------------------------------ giving on


@guard("assignment", "change")
@require_http_methods(["GET", "POST"])
def reassignment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give an open assignment to another member, with a reason."""
    user, today = signed_in(request), timezone.localdate()
    rows = Assignment.objects.select_related(
        "claim__employee", "claim__position", "member__employee", "team"
    )
    mine = visible(rows, user, "assignment", "change").filter(team__in=_teams(user, today))
    old = get_object_or_404(mine, public_id=public_id)
    if old.claim.employee.user_id == user.pk:
        raise PermissionDenied(words.problem(ClaimError("own_claim", 403)))
    members = assigning.members_of(old.team, today)
    judges = {pk: judge_of(member) for pk, member in members.items()}
    against = assigning.refusals(old.claim, members.values(), today)
    taken = set(
        current(old.claim.assignments.filter(purpose=old.purpose)).values_list("member", flat=True)
    )
    free = [pk for pk in members if not against[pk] and pk not in taken]
    posted = request.POST if request.method == "POST" else None
    form = ReassignForm(posted)
    form.fields["member"].queryset = Membership.objects.filter(pk__in=members)  # type: ignore[attr-defined]
    status = 200
    if posted is None:
        looked(request, "claim", [old.claim.employee])
    elif form.is_valid():
        try:
            assigning.reassign(old, form.cleaned_data["member"], user, form.cleaned_data["reason"])
        except ClaimError as refused:
            forbid(refused)
            form.add_error(None, words.problem(refused))
            status = refused.status
        else:
            messages.success(request, _("The claim is with another assessor now."))
            return redirect(f"{reverse('assessors:desk')}?stage=judged")
    else:
        status = 400
    context = {
        "old": old,
        "claim": old.claim,
        "open": old.state == Assignment.State.OPEN
        and Assignment.objects.filter(UNDER_WAY, pk=old.pk).exists(),
        "form": form,
        "chosen": form["member"].value(),
        "free": [
            (pk, members[pk].employee.full_name, _label(judges[pk].level), judges[pk].load)
            for pk in sorted(free, key=lambda pk: (judges[pk].load, pk))
        ],
        "excluded": [
            (members[pk].employee.full_name, [words.conflict(c) for c in found])
            for pk, found in against.items()
            if found and pk not in taken
        ],
    }
    return render(request, "assessors/reassignment.html", context, status=status)
