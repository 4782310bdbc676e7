"""Plenaries: planned by the secretary, led by the chair, read by the members."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import listed as log_list
from accounts.access import looked
from accounts.models import User
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from assessors.models import AgendaItem, Membership, Plenary, Team, Verdict
from assessors.plenary_forms import NotesForm, PlanForm, ReasonForm, SignedForm, VotesForm
from assessors.policy import LEADING, seats
from assessors.rules import Found
from assessors.services import minutes, plenaries, results
from assessors.services.plenaries import Votes, session_of
from credits import claim_words
from credits.services.claims.errors import ClaimError

A_PAGE = 30
DIGITS = 19  # of a key of the database
TOLD = 10  # refused claims that are told one by one
BADGES = {
    "planned": "badge-info",
    "open": "badge-warn",
    "closed": "badge-ok",
    "cancelled": "",
    "approved": "badge-ok",
    "partly": "badge-ok",
    "rejected": "badge-bad",
    "postponed": "badge-warn",
}
Role = Membership.Role


def _plenary(request: HttpRequest, public_id: UUID) -> Plenary:
    rows = Plenary.objects.select_related("team__agency", "led_by__employee")
    return get_object_or_404(visible(rows, request.user, "plenary"), public_id=public_id)


def _leads(user: User, team_id: int, *roles: str) -> bool:
    """Whether the user sits in the team as one of these today."""
    return seats(user, timezone.localdate(), *roles).filter(team=team_id).exists()


@guard("plenary", "view")
@require_GET
def plenary_list(request: HttpRequest) -> HttpResponse:
    """The plenaries of the reader's teams, the next ones first."""
    user = signed_in(request)
    rows = visible(Plenary.objects.all(), user, "plenary").select_related("team")
    counted = rows.annotate(
        claims=Count("agenda"),
        undecided=Count("agenda", filter=Q(agenda__decided_at__isnull=True)),
    ).order_by("-day", "-pk")
    teams = _teams(user) if allows(user, "plenary", "add") else []
    context = {
        "list": paged(request, counted, A_PAGE),
        "badges": BADGES,
        "may_plan": bool(teams),
        "ready": sum(len(plenaries.waiting(team)) for team in teams),
    }
    return render(request, "assessors/plenary_list.html", context)


def _teams(user: User) -> list[Team]:
    """The teams whose papers the user keeps."""
    mine = seats(user, timezone.localdate(), Role.SECRETARY).values("team")
    return list(Team.objects.filter(pk__in=mine).order_by("name", "pk"))


@guard("plenary", "add")
@require_http_methods(["GET", "POST"])
def plenary_new(request: HttpRequest) -> HttpResponse:
    """Day, time and place; what is ready comes on the agenda by itself."""
    user = signed_in(request)
    teams = _teams(user)
    form = PlanForm(request.POST or None, teams=teams)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = plenaries.plan(
                form.chosen(),
                data["day"],
                user,
                starts_at=data["starts_at"],
                place=data["place"],
            )
        except ClaimError as refused:
            form.add_error(None, claim_words.problem(refused))
            status = refused.status
        else:
            messages.success(request, _("The plenary is planned and its members are invited."))
            return redirect("assessors:plenary", made.public_id)
    elif request.method == "POST":
        status = 400
    waiting = [(team, plenaries.waiting(team)) for team in teams]
    log_list(request, "plenary", [r.claim.employee for _team, rows in waiting for r in rows])
    return render(
        request,
        "assessors/plenary_new.html",
        {
            "form": form,
            "teams": teams,
            "waiting": waiting,
            "any": any(rows for _team, rows in waiting),
        },
        status=status,
    )


# ------------------------------------------------------------------ one plenary


@guard("plenary", "view")
@require_GET
def plenary_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agenda, attendance and what may be done next."""
    return _page(request, _plenary(request, public_id))


def _page(
    request: HttpRequest, plenary: Plenary, *, status: int = 200, **more: Any
) -> HttpResponse:
    user = signed_in(request)
    rows = plenaries.agenda_of(plenary)
    looked(request, "plenary", [row["item"].claim.employee for row in rows])
    session = session_of(plenary)
    leading = _leads(user, plenary.team_id, *LEADING)
    chairs = allows(user, "plenary", "decide") and _leads(
        user, plenary.team_id, Role.CHAIR, Role.VICE
    )
    running = plenary.state in plenaries.RUNNING
    undecided = [r for r in rows if r["item"].decided_at is None]
    context: dict[str, Any] = {
        "plenary": plenary,
        "badge": BADGES[plenary.state],
        "badges": BADGES,
        "session": session,
        "people": _people(plenary, session),
        "seats": session.members,
        "rows": rows,
        "undecided": len(undecided),
        "agreed": [r for r in undecided if r["item"].why == AgendaItem.Why.AGREED],
        "leading": leading,
        "may_attend": leading and running,
        "may_begin": chairs and plenary.state == Plenary.State.PLANNED,
        "may_decide": chairs and plenary.state == Plenary.State.OPEN,
        "may_cancel": leading and running,
        "may_sign": leading and plenary.state == Plenary.State.CLOSED and not plenary.signed_hash,
        "votes": VotesForm(initial={"votes_for": session.present}),
        "notes_form": NotesForm(),
        "reason_form": ReasonForm(),
        "signed_form": SignedForm(),
        "next": _next(plenary, session, len(undecided)),
    } | more
    return render(request, "assessors/plenary.html", context, status=status)


def _people(plenary: Plenary, session: plenaries.Session) -> list[dict[str, Any]]:
    return [
        {
            "member": member,
            "alternate": member.role == Role.ALTERNATE,
            "present": bool(row and row.present),
            "for": row.stands_in_for_id if row else None,
        }
        for member in (*session.members, *session.alternates)
        for row in [session.attendances.get(member.pk)]
    ]


def _next(plenary: Plenary, session: plenaries.Session, undecided: int) -> str:
    """Who has the ball, in a sentence."""
    if plenary.state == Plenary.State.PLANNED:
        return _("Next: the secretary records who came, then the chair opens the session.")
    if plenary.state == Plenary.State.OPEN and not session.met:
        return _("Next: %(n)s more must be present before anything can be decided.") % {
            "n": session.quorum - session.present
        }
    if plenary.state == Plenary.State.OPEN and undecided:
        return ngettext(
            "Next: the chair puts %(n)s claim to the vote.",
            "Next: the chair puts %(n)s claims to the vote.",
            undecided,
        ) % {"n": undecided}
    if plenary.state == Plenary.State.OPEN:
        return _("Next: the chair closes the plenary.")
    if plenary.state == Plenary.State.CLOSED and not plenary.signed_hash:
        return _("Next: the secretary hands in the signed minutes; then the claims are determined.")
    return ""


def _numbers(texts: Iterable[str]) -> list[int]:
    """Keys as posted; what is none, or longer than any key, is left out."""
    return [int(text) for text in texts if text.isdecimal() and len(text) < DIGITS]


def _act(request: HttpRequest, public_id: UUID, do: Callable[[Plenary, User], str]) -> HttpResponse:
    """Do an act and say so; a refusal shows the page with the reason and its status."""
    plenary = _plenary(request, public_id)
    try:
        said = do(plenary, signed_in(request))
    except ClaimError as refused:
        problem = claim_words.problem(refused)
        if refused.status == 403:
            return render(request, "403.html", {"exception": problem}, status=403)
        plenary = _plenary(request, public_id)
        return _page(request, plenary, status=refused.status, problem=problem)
    messages.success(request, said)
    return redirect("assessors:plenary", public_id)


@guard("plenary", "change")
@require_POST
def plenary_attend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who came, and in whose place an alternate sits."""

    def do(plenary: Plenary, user: User) -> str:
        present = set(_numbers(request.POST.getlist("present")))
        stands = {
            member: seat
            for name, value in request.POST.items()
            if name.startswith("for-")
            for member in _numbers([name[4:]])
            for seat in _numbers([str(value)])
        }
        session = plenaries.attend(plenary, present, stands, user)
        return _("Recorded: %(present)s present, the quorum is %(quorum)s.") % {
            "present": session.present,
            "quorum": session.quorum,
        }

    return _act(request, public_id, do)


@guard("plenary", "decide")
@require_POST
def plenary_begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The chair opens the session, or the vice chair."""

    def do(plenary: Plenary, user: User) -> str:
        plenaries.begin(plenary, user)
        return _("The session is open.")

    return _act(request, public_id, do)


@guard("plenary", "decide")
@require_POST
def plenary_agreed(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Decide en bloc on the claims chosen; each has its own result."""

    def do(plenary: Plenary, user: User) -> str:
        form = VotesForm(request.POST)
        if not form.is_valid():
            raise ClaimError("votes_wrong", 400, present=session_of(plenary).present)
        data = form.cleaned_data
        ids = _numbers(request.POST.getlist("item"))
        votes = Votes(data["votes_for"], data["votes_against"])
        done = plenaries.decide_agreed(plenary, ids, votes, user, words=data["words"])
        refused = [one for one in done if one.error is not None]
        for one in refused[:TOLD]:
            error = one.error or ClaimError("")
            name = one.item.claim.employee.full_name if one.item else _("a claim not listed here")
            messages.error(request, f"{name}: {claim_words.problem(error)}")
        if len(refused) > TOLD:
            messages.error(request, _("And %(n)s more.") % {"n": len(refused) - TOLD})
        decided = len(done) - len(refused)
        return ngettext("%(n)s claim is decided.", "%(n)s claims are decided.", decided) % {
            "n": decided
        }

    return _act(request, public_id, do)


@guard("plenary", "decide")
@require_POST
def plenary_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close; the minutes are made from what was decided."""

    def do(plenary: Plenary, user: User) -> str:
        plenaries.close(plenary, user, notes=request.POST.get("notes", ""))
        return _("The plenary is closed and its minutes are made.")

    return _act(request, public_id, do)


@guard("plenary", "change")
@require_POST
def plenary_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Call it off before anything was decided."""

    def do(plenary: Plenary, user: User) -> str:
        plenaries.cancel(plenary, request.POST.get("reason", ""), user)
        return _("The plenary is called off; its claims wait for the next one.")

    return _act(request, public_id, do)


# ------------------------------------------------------------------ one claim of the agenda


def _item(plenary: Plenary, pk: int) -> AgendaItem:
    rows = plenary.agenda.select_related(
        "claim__employee", "claim__position", "plenary__team", "objection"
    )
    return get_object_or_404(rows, pk=pk)


@guard("plenary", "view")
@require_GET
def agenda_page(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """What the assessors found on each item, and the form of the decision."""
    plenary = _plenary(request, public_id)
    return _agenda(request, plenary, _item(plenary, pk))


def _agenda(
    request: HttpRequest, plenary: Plenary, item: AgendaItem, *, status: int = 200, **more: Any
) -> HttpResponse:
    user = signed_in(request)
    looked(request, "plenary", [item.claim.employee])
    decided = item.decided_at is not None
    ready = None if decided else next(iter(results.ready(plenary.team, [item.claim_id])), None)
    session = session_of(plenary)
    may = (
        ready is not None
        and plenary.state == Plenary.State.OPEN
        and allows(user, "plenary", "decide")
        and _leads(user, plenary.team_id, Role.CHAIR, Role.VICE)
        and item.claim.employee.user_id != user.pk
    )
    context: dict[str, Any] = {
        "plenary": plenary,
        "item": item,
        "badge": BADGES.get(item.outcome, ""),
        "ready": ready,
        "rows": _rows(item, ready, request.POST if status != 200 else None),
        "assessors": range(1, len(ready.by_assessor) + 1) if ready else (),
        "reasons": Verdict.Reason.choices,
        "session": session,
        "votes": VotesForm(
            request.POST if status != 200 else None, initial={"votes_for": session.present}
        ),
        "reason_form": ReasonForm(),
        "may_decide": may,
        "may_postpone": not decided
        and plenary.state in plenaries.RUNNING
        and _leads(user, plenary.team_id, *LEADING),
        "leading": _leads(user, plenary.team_id, *LEADING),
    } | more
    return render(request, "assessors/agenda.html", context, status=status)


def _rows(item: AgendaItem, ready: Any, posted: Any) -> list[dict[str, Any]]:
    """The items with what each assessor found; a decided claim shows what was decided."""
    labels = dict(Verdict.Reason.choices)
    if ready is None:
        kept = {int(n): Found(*found) for n, found in item.decided.items()}
        names = {
            i.number: i for i in item.claim.items.select_related("activity").order_by("number")
        }
        return [
            {
                "number": n,
                "activity": names[n].activity if n in names else "",
                "claimed": names[n].quantity if n in names else 1,
                "found": (),
                "quantity": found.quantity,
                "said": labels.get(found.reason, ""),
                "words": found.words,
            }
            for n, found in sorted(kept.items())
        ]
    activities = {i.number: i.activity for i in ready.items}
    rows = []
    for one in ready.proposal.items:
        n = one.number
        rows.append(
            {
                "number": n,
                "activity": activities.get(n, ""),
                "claimed": ready.claimed[n],
                "found": [
                    {
                        "quantity": f[n].quantity,
                        "reason": labels.get(f[n].reason, ""),
                        "words": f[n].words,
                    }
                    for f in ready.by_assessor
                ],
                "differs": one.differs,
                "open": n in ready.open_numbers,
                "quantity": posted.get(f"q-{n}", "") if posted else one.found.quantity,
                "reason": posted.get(f"r-{n}", "") if posted else one.found.reason,
                "words": posted.get(f"w-{n}", "") if posted else one.found.words,
            }
        )
    return rows


def _found(data: Any) -> dict[int, Found]:
    """The decision as posted; what is no whole number is left out and asked for."""
    found = {}
    for name, value in data.items():
        number = name.removeprefix("q-")
        if name != number and number.isdecimal() and value.strip().isdecimal():
            n = int(number)
            found[n] = Found(
                int(value), data.get(f"r-{n}", ""), data.get(f"w-{n}", "").strip()[:500]
            )
    return found


@guard("plenary", "decide")
@require_POST
def agenda_decide(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Record the decision of the plenary on one claim."""
    plenary = _plenary(request, public_id)
    item = _item(plenary, pk)
    form = VotesForm(request.POST)
    if not form.is_valid():
        problem = _("Enter how many voted for the decision and how many against it.")
        return _agenda(request, plenary, item, status=400, problem=problem)
    data = form.cleaned_data
    try:
        plenaries.decide(
            item,
            _found(request.POST),
            Votes(data["votes_for"], data["votes_against"]),
            signed_in(request),
            words=data["words"],
        )
    except ClaimError as refused:
        problem = claim_words.problem(refused)
        if refused.status == 403:
            return render(request, "403.html", {"exception": problem}, status=403)
        item = _item(plenary, pk)
        return _agenda(request, plenary, item, status=refused.status, problem=problem)
    messages.success(request, _("The decision is recorded."))
    return redirect("assessors:plenary", public_id)


@guard("plenary", "change")
@require_POST
def agenda_postpone(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Take a claim off the agenda, with a reason."""

    def do(plenary: Plenary, user: User) -> str:
        plenaries.postpone(_item(plenary, pk), request.POST.get("reason", ""), user)
        return _("The claim waits for the next plenary.")

    return _act(request, public_id, do)


# ------------------------------------------------------------------ minutes


@guard("plenary", "view")
@require_GET
def minutes_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The minutes: a draft before the close, the issued bytes afterwards."""
    plenary = _plenary(request, public_id)
    rows = plenary.agenda.select_related("claim__employee")
    looked(request, "plenary", [row.claim.employee for row in rows])
    answer = HttpResponse(minutes.minutes_pdf(plenary), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="berita-acara-{plenary.day:%Y-%m-%d}.pdf"'
    return answer


@guard("plenary", "view")
@require_http_methods(["GET", "POST"])
def minutes_signed(request: HttpRequest, public_id: UUID) -> Any:
    """The signed minutes; the secretary or the chair hands them in."""
    if request.method == "POST":
        return _hand_in(request, public_id)
    plenary = _plenary(request, public_id)
    if not plenary.signed_file:
        raise Http404
    rows = plenary.agenda.select_related("claim__employee")
    looked(request, "plenary", [row.claim.employee for row in rows])
    ending = str(plenary.signed_file.name).rpartition(".")[2]
    return FileResponse(
        plenary.signed_file.open("rb"),
        as_attachment=True,
        filename=f"berita-acara-{plenary.day:%Y-%m-%d}.{ending}",
    )


def _hand_in(request: HttpRequest, public_id: UUID) -> HttpResponse:
    _plenary(request, public_id)
    if not allows(request.user, "plenary", "change"):
        raise PermissionDenied
    form = SignedForm(request.POST, request.FILES)
    if not form.is_valid():
        plenary = _plenary(request, public_id)
        return _page(request, plenary, status=400, signed_form=form)
    file = form.cleaned_data["file"].read()
    act = partial(_signed, file=file, scan=form.is_scan)
    return _act(request, public_id, act)


def _signed(plenary: Plenary, user: User, *, file: bytes, scan: bool) -> str:
    minutes.sign_minutes(plenary, file, user, scan=scan)
    return _("The signed minutes are on record: the claims can be determined now.")
