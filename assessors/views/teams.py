"""Teams: the list, one team with its people and rules, and the acts of officers on it."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import How, listed, looked
from accounts.pages import as_uuid, paged, signed_in
from accounts.policy import allows, guard, visible
from assessors import team_words
from assessors.forms_teams import (
    DecreeForm,
    DiscardForm,
    DraftForm,
    EndForm,
    ExtendForm,
    ReplaceForm,
    SeatForm,
    SubstituteForm,
    TeamForm,
)
from assessors.models import Assignment, Membership, Team
from assessors.rules import RuleResult, Severity
from assessors.selectors import ending, in_force, without_team
from assessors.services import compositions, decree_drafts, teams
from assessors.services.errors import TeamError
from employees.models import Appointment, Employee, Rank
from positions.ladder import Level
from positions.models import Decree
from positions.selectors import level_names, unit_names

SIZE = 30
Seat = Membership.Role
ORDER = list(Seat.values)
GET_POST = ["GET", "POST"]


# ------------------------------------------------------------------ the list


def over(on: date) -> Q:
    """Teams by decree whose term is over."""
    return Q(state=Team.State.ENDED) | Q(state=Team.State.ACTIVE, end__lt=on)


def standing(team: Team, on: date) -> tuple[str, Any]:
    """How a team stands on a day: class of the badge, words."""
    if team.state != Team.State.ACTIVE:
        badge = "badge-info" if team.state == Team.State.DRAFT else ""
        return badge, team.get_state_display()
    if team.end and team.end < on:
        return "badge-warn", _("term over")
    if team.start > on:
        return "badge-info", _("not begun")
    return "badge-ok", _("in force")


SHOWN = (
    ("active", gettext_lazy("In force")),
    ("draft", gettext_lazy("Being formed")),
    ("ending", gettext_lazy("Ending within 90 days")),
    ("over", gettext_lazy("Term over")),
    ("without", gettext_lazy("Positions without a team")),
)


def _chosen(rows: QuerySet[Team], show: str, on: date) -> QuerySet[Team]:
    if show == "active":
        return rows.filter(pk__in=in_force(on).values("pk"))
    if show == "ending":
        return rows.filter(pk__in=ending(on).values("pk"))
    if show == "draft":
        return rows.filter(state=Team.State.DRAFT)
    if show == "over":
        return rows.filter(over(on))
    return rows.exclude(state=Team.State.VOID)


@guard("team", "view")
@require_GET
def team_list(request: HttpRequest) -> HttpResponse:
    """Teams with scope and term, and which seats are empty; or the JF that no team judges."""
    today = timezone.localdate()
    show = request.GET.get("show", "")
    forms_teams = allows(request.user, "team", "add")
    shown = [s for s in SHOWN if s[0] != "draft" or allows(request.user, "team", "papers")]
    context: dict[str, Any] = {"show": show, "shown": shown, "may_form": forms_teams}
    if show == "without":
        context["list"] = paged(request, without_team(today).order_by("name"), SIZE)
        return render(request, "assessors/teams.html", context)
    seats = Membership.objects.filter(Q(end__isnull=True) | Q(end__gte=today))
    mine = visible(Team.objects.all(), request.user, "team").select_related("agency")
    rows = _chosen(mine, show, today).prefetch_related(
        "positions", "units", Prefetch("memberships", queryset=seats, to_attr="seats")
    )
    context["list"] = paged(request, rows, SIZE)
    names = unit_names(today)
    context["rows"] = [
        {
            "team": team,
            "badge": standing(team, today),
            "levels": _levels(team),
            "units": sorted(names.get(u.pk, u.code) for u in team.units.all()),
            "missing": missing(team.seats, team.state),
        }
        for team in context["list"]["page"]
    ]
    return render(request, "assessors/teams.html", context)


def _levels(team: Team) -> list[str]:
    return [lv.label for lv in Level if lv.value in team.levels]


def missing(seats: Iterable[Membership], state: str) -> list[str]:
    """Which seats nobody holds, in words; nothing of a team whose time is over.

    An alternate is asked for only where a member may be assessed himself: the rules say so."""
    if state not in (Team.State.DRAFT, Team.State.ACTIVE):
        return []
    held = {seat.role for seat in seats}
    wanted = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER)
    return [str(role.label) for role in wanted if role not in held]


# ------------------------------------------------------------------ one team


def _team(request: HttpRequest, public_id: UUID, action: str = "view") -> Team:
    """The team within the reader's scope for the action, else 404."""
    found = Team.objects.select_related("agency", "decree", "follows")
    return get_object_or_404(visible(found, request.user, "team", action), public_id=public_id)


@guard("team", "view")
@require_GET
def team_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who is in the team; for officers and auditors whether each fits, and what happened."""
    team = _team(request, public_id)
    today = timezone.localdate()
    papers = allows(request.user, "team", "papers")
    results = compositions.check(team, today) if papers else ()
    seats = sorted(
        team.memberships.select_related("employee", "replaces__employee", "decree"),
        key=lambda s: (ORDER.index(s.role), s.pk),
    )
    looked(request, "team", [seat.employee for seat in seats])
    day = compositions.day_of(team, today)
    now = [s for s in seats if s.start <= day and (s.end is None or s.end >= day)]
    names = unit_names(day)
    context = {
        "team": team,
        "badge": standing(team, today),
        "levels": _levels(team),
        "units": sorted(names.get(u.pk, u.code) for u in team.units.all()),
        "papers": papers,
        "seats": [*_described(now, day, results)],
        "former": [s for s in seats if s not in now],
        "general": _sentences(results, person=None),
        "errors": sum(len(r.errors) for r in results),
        "events": team.events.select_related("actor", "decree", "member") if papers else (),
        "followed_by": team.followed_by.exclude(state=Team.State.VOID).first(),
        "may_change": allows(request.user, "team", "change"),
        "may_substitute": _reaches(request, team, "substitute"),
        "draft_form": DraftForm(),
        "behind": papers and decree_drafts.is_behind(team),
        "open": _open_claims(team) if papers else 0,
    }
    return render(request, "assessors/team.html", context)


def _reaches(request: HttpRequest, team: Team, action: str) -> bool:
    mine = Team.objects.filter(pk=team.pk, state=Team.State.ACTIVE)
    return visible(mine, request.user, "team", action).exists()


def _open_claims(team: Team) -> int:
    """How many claims the team judges now; never by whom."""
    rows = Assignment.objects.filter(team=team, state=Assignment.State.OPEN)
    return rows.order_by().values("claim").distinct().count()


def _sentences(results: Iterable[RuleResult], person: int | None) -> list[dict[str, Any]]:
    """What is wrong about one person, or (None) about the team, each with its article."""
    return [
        {
            "text": team_words.violation(v),
            "article": result.article,
            "warning": v.severity is Severity.WARNING,
            "position": v.position,
        }
        for result in results
        for v in result.violations
        if v.person == person
    ]


def _described(
    seats: list[Membership], day: date, results: Iterable[RuleResult]
) -> Iterable[dict[str, Any]]:
    ids = [seat.employee_id for seat in seats]
    held = {
        a.employee_id: a
        for a in Appointment.objects.on(day).filter(employee__in=ids).select_related("position")
    }
    ranks = dict(
        Rank.objects.filter(employee__in=ids, effective_on__lte=day)
        .order_by("effective_on")
        .values_list("employee_id", "golongan")
    )
    names = level_names()
    known = list(results)
    for seat in seats:
        own = held.get(seat.employee_id)
        yield {
            "seat": seat,
            "person": seat.employee,
            "position": own.position.name if own else "",
            "level": names.get((own.position_id, own.level), own.level) if own else "",
            "rank": ranks.get(seat.employee_id, ""),
            "problems": _sentences(known, seat.employee_id),
        }


# ------------------------------------------------------------------ forming a team


@guard("team", "add")
@require_http_methods(GET_POST)
def team_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft: scope and term first, people after that."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = teams.create(signed_in(request), **form.cleaned_data)
        messages.success(request, _("The draft is begun. Now add its members."))
        return _to(team)
    return _form_page(request, form, _("Form a team"), None)


@guard("team", "change")
@require_http_methods(GET_POST)
def team_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    team = _team(request, public_id, "change")
    form = TeamForm(request.POST or None, team=team)
    return _act(
        request,
        team,
        form,
        _("Scope and term"),
        lambda: teams.change(team, signed_in(request), **form.cleaned_data),
    )


@guard("team", "change")
@require_http_methods(GET_POST)
def member_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A seat for a person by NIP or name; below it who would fit."""
    team = _team(request, public_id, "change")
    asked = as_uuid(request.GET.get("person", ""))
    person = Employee.objects.filter(public_id=asked).first() if asked else None
    form = SeatForm(request.POST or None, initial={"person": person})
    suggested = compositions.candidates(team, timezone.localdate())
    listed(request, "team", [row.employee for row in suggested])
    if person is not None:
        looked(request, "team", [person])

    def write() -> None:
        data = form.cleaned_data
        teams.add_member(team, data["person"], signed_in(request), **form.values())

    names = level_names()
    return _act(
        request,
        team,
        form,
        _("Add a member"),
        write,
        suggested=[
            {
                "person": row.employee,
                "position": row.position.name,
                "level": names.get((row.position_id, row.level), row.level),
            }
            for row in suggested
        ],
    )


def _seat(team: Team, pk: int) -> Membership:
    return get_object_or_404(team.memberships.select_related("employee", "team"), pk=pk)


@guard("team", "change")
@require_http_methods(GET_POST)
def member_edit(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    team = _team(request, public_id, "change")
    seat = _seat(team, pk)
    looked(request, "team", [seat.employee])
    form = SeatForm(request.POST or None, seat=seat)
    return _act(
        request,
        team,
        form,
        seat.employee.full_name,
        lambda: teams.change_member(seat, signed_in(request), **form.values()),
    )


@guard("team", "change")
@require_POST
def member_remove(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    team = _team(request, public_id, "change")
    seat = _seat(team, pk)
    return _do(request, team, lambda: teams.remove_member(seat, signed_in(request)))


@guard("team", "change")
@require_http_methods(GET_POST)
def team_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    team = _team(request, public_id, "change")
    form = DiscardForm(request.POST or None)
    return _act(
        request,
        team,
        form,
        _("Discard the draft"),
        lambda: teams.discard(team, signed_in(request), form.cleaned_data["reason"]),
    )


# ------------------------------------------------------------------ by decree


@guard("team", "change")
@require_POST
def decree_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Draft the decree from the team as it stands."""
    team = _team(request, public_id, "change")
    form = DraftForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the office that signs the decree."))
        return _to(team)
    office, today = form.cleaned_data["office"], timezone.localdate()
    return _do(
        request,
        team,
        lambda: decree_drafts.draft(team, signed_in(request), today, office),
        _("The decree is drafted. Look at it, then have it numbered and signed."),
    )


@guard("team", "papers")
@require_GET
def decree_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The draft of the decree as PDF; 404 where none was drafted."""
    team = _team(request, public_id, "papers")
    data = decree_drafts.pdf(team)
    if data is None:
        raise Http404
    people = Employee.everyone.filter(team_memberships__team=team).distinct()
    looked(request, "team", people, How.DOWNLOAD)
    response = HttpResponse(data, "application/pdf")
    name = f"draf-sk-{slugify(team.name)[:60]}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@guard("team", "change")
@require_http_methods(GET_POST)
def team_activate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every rule, met or not, with its article; then the decree that puts the team in force."""
    team = _team(request, public_id, "change")
    results = compositions.check(team, timezone.localdate())
    form = DecreeForm(request.POST or None, request.FILES or None)
    rules = [
        {
            "rule": team_words.rule(result),
            "article": result.article,
            "met": not result.errors,
            "sentences": [
                {"text": team_words.violation(v), "warning": v.severity is Severity.WARNING}
                for v in result.violations
            ],
        }
        for result in results
    ]
    people = [s.employee for s in team.memberships.select_related("employee")]
    looked(request, "team", people)
    return _act(
        request,
        team,
        form,
        _("Put in force"),
        lambda: teams.activate(
            team,
            _decree(form, team, "Pembentukan"),
            signed_in(request),
            timezone.localdate(),
        ),
        template="assessors/activate.html",
        rules=rules,
        broken=sum(not r["met"] for r in rules),
    )


def _decree(form: DecreeForm, team: Team, subject: str) -> Decree:
    """The decree of the form; its subject is the paper's own, hence Indonesian."""
    data = form.decree()
    return teams.decree_of(data.pop("number"), subject=f"{subject} {team.name}", **data)


@guard("team", "change")
@require_http_methods(GET_POST)
def team_extend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    team = _team(request, public_id, "change")
    form = ExtendForm(request.POST or None, request.FILES or None)
    return _act(
        request,
        team,
        form,
        _("Extend the term"),
        lambda: teams.extend(
            team,
            form.cleaned_data["until"],
            _decree(form, team, "Perpanjangan masa kerja"),
            signed_in(request),
            timezone.localdate(),
        ),
    )


@guard("team", "change")
@require_http_methods(GET_POST)
def member_replace(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    team = _team(request, public_id, "change")
    seat = _seat(team, pk)
    looked(request, "team", [seat.employee])
    form = ReplaceForm(request.POST or None, request.FILES or None)

    def write() -> None:
        data = form.cleaned_data
        decree = _decree(form, team, "Perubahan susunan")
        args = (seat, data["person"], data["start"], decree, signed_in(request), data["reason"])
        teams.replace(*args, **form.values())

    title = _("Replace %(name)s for the rest of the term") % {"name": seat.employee.full_name}
    return _act(request, team, form, title, write)


@guard("team", "substitute")
@require_http_methods(GET_POST)
def member_substitute(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Named by the chair, or entered by an officer for him."""
    team = _team(request, public_id, "substitute")
    seat = _seat(team, pk)
    looked(request, "team", [seat.employee])
    form = SubstituteForm(request.POST or None, by_name=allows(request.user, "employee", "change"))

    def write() -> None:
        data = form.cleaned_data
        days = (data["start"], data["end"])
        args = (seat, data["person"], *days, signed_in(request), data["reason"])
        teams.substitute(*args, **form.values())

    title = _("A substitute for %(name)s") % {"name": seat.employee.full_name}
    return _act(request, team, form, title, write)


@guard("team", "change")
@require_http_methods(GET_POST)
def team_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    team = _team(request, public_id, "change")
    form = EndForm(request.POST or None)
    return _act(
        request,
        team,
        form,
        _("End the team early"),
        lambda: teams.end(
            team,
            form.cleaned_data["last"],
            signed_in(request),
            form.cleaned_data["reason"],
            timezone.localdate(),
        ),
    )


@guard("team", "change")
@require_POST
def team_renew(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A draft of the next term."""
    team = _team(request, public_id, "change")
    try:
        following = teams.renew(team, signed_in(request))
    except TeamError as problem:
        messages.error(request, team_words.problem(problem))
        return _to(team)
    messages.success(request, _("The draft of the next term is begun. See who may stay."))
    return _to(following)


# ------------------------------------------------------------------ what all of them do


def _to(team: Team) -> HttpResponse:
    return redirect("assessors:team", team.public_id)


def _do(
    request: HttpRequest, team: Team, write: Callable[[], object], said: str = ""
) -> HttpResponse:
    """Act at once and come back with what came of it."""
    try:
        write()
    except TeamError as problem:
        messages.error(request, team_words.problem(problem))
    else:
        messages.success(request, said or _("Saved."))
    return _to(team)


def _act(
    request: HttpRequest,
    team: Team,
    form: django_forms.Form,
    title: str,
    write: Callable[[], object],
    template: str = "assessors/form.html",
    **more: Any,
) -> HttpResponse:
    """Show the form, or write what was posted; a refusal stands above the form, with articles."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # with the decree that it brings
                write()
        except TeamError as problem:
            form.add_error(None, team_words.problem(problem))
            status = problem.status
        else:
            messages.success(request, _("Saved."))
            return _to(team)
    return _form_page(request, form, title, team, template, status, **more)


def _form_page(
    request: HttpRequest,
    form: django_forms.Form,
    title: str,
    team: Team | None,
    template: str = "assessors/form.html",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "title": title, "team": team, **more}
    return render(request, template, context, status=status)
