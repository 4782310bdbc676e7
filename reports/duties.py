"""What somebody must do next, by role and urgency: the lines of the start page.

Each line counts the rows of the list behind its link: the same conditions make both (a test
follows every link). The number of statements does not depend on the number of rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

from django.db.models import Case, Count, Min, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.policy import Role, allows, roles_of, visible
from assessors.models import Assignment, Membership, Plenary
from assessors.policy import seats
from assessors.selectors import (
    ENDING_DAYS,
    claims_for,
    current,
    ending,
    stages,
    to_judge,
    without_team,
)
from careers.rules.calendar import next_kp_period
from credits.duties import ratings_waiting
from credits.explanations import issue_heading
from credits.models import (
    CalculationRun,
    Claim,
    Document,
    DocumentEvent,
    LedgerAnchor,
    NumberScheme,
    RunIssue,
)
from credits.rules import claim_states
from credits.selectors import OVERDUE_DAYS, closable_periods, overdue, stopped_runs
from credits.services.claims.queue import ready as claims_to_determine
from employees.models import CorrectionRequest, Employee, ImportBatch
from employees.services import requests
from positions.models import Position
from reports.selectors import (
    due,
    finding_counts,
    in_service,
    rating_missing,
    stale,
)


class Urgency(IntEnum):
    """NOW: others wait for it, or figures are wrong until then. SOON: this week."""

    NOW = 1
    SOON = 2
    LATER = 3


@dataclass(frozen=True, slots=True)
class Duty:
    """A line: how many of what, where they are listed, and why it is to be done.

    `count` None: one thing, not a list. `act`: label and address of what does it at once.
    """

    urgency: Urgency
    kind: str
    title: str
    url: str = ""
    why: str = ""
    count: int | None = None
    act: tuple[str, str] | None = None


PEOPLE = (Role.HR, Role.COORDINATOR, Role.POSITION_COORDINATOR)
CLAIMANTS = (Role.COORDINATOR, Role.HOLDER)  # those who write claims


def duties_of(user: User, on: date) -> list[Duty]:
    """Everything that waits for the user on a day, the most urgent first."""
    roles = roles_of(user)
    found: list[Duty] = []
    if roles & set(PEOPLE):
        found += _people(user, on)
    found += _ratings(user)
    if roles & set(CLAIMANTS):
        found += _claims(user, roles)
    for role, lines in _BY_ROLE.items():
        if role in roles:
            found += lines(user, on)
    return sorted((d for d in found if d.count != 0), key=lambda duty: duty.urgency)


def what_next(user: User, on: date) -> list[str]:
    """What may come when nothing waits."""
    roles = roles_of(user)
    said = []
    if roles & set(PEOPLE):
        said.append(
            _("The ratings of %(year)s can be entered from %(day)s.")
            % {"year": on.year, "day": _day(date(on.year + 1, 1, 1))}
        )
    if roles & {*PEOPLE, Role.HOLDER}:
        said.append(
            _("The next rank promotions can take effect on %(day)s.")
            % {"day": _day(next_kp_period(on + timedelta(days=1)))}
        )
    if Role.SUPERIOR in roles:
        said.append(_("Forms that Biro SDM numbers for your people will wait here for you."))
    return said


# ------------------------------------------------------------------ people


def _people(user: User, on: date) -> Iterator[Duty]:
    """Those of whom the reader takes care. One statement."""
    people = visible(Employee.objects.all(), user, "employee")
    year = on.year - 1
    counts = _counted(
        people,
        {
            "stale": stale(),
            "unrated": rating_missing(year),
            "rank": in_service(on) & due("rank", on),
            "level": in_service(on) & due("level", on),
        },
    )
    yield _unrated(user, year, counts["unrated"])
    yield _stale(user, counts["stale"])
    yield from _due(counts["rank"], counts["level"])


def _counted(rows: QuerySet[Any], conditions: dict[str, Q]) -> dict[str, int]:
    """How many rows fit each condition, in one statement."""
    # Marked in the rows first: a filter of the aggregate cannot look out of its subquery.
    marks = {f"fits_{n}": Case(When(q, then=Value(1))) for n, q in conditions.items()}
    wanted = {name: Count(f"fits_{name}") for name in conditions}
    return dict(rows.order_by().annotate(**marks).aggregate(**wanted))


def _unrated(user: User, year: int, count: int) -> Duty:
    title = ngettext(
        "holder without a performance rating for %(year)s",
        "holders without a performance rating for %(year)s",
        count,
    )
    act = (_("Import ratings"), reverse("employees:import_new"))
    return Duty(
        Urgency.SOON,
        "unrated",
        title % {"year": year},
        _list("reports:people", who="all", state="no_rating"),
        _("Without the rating, the points of that year are missing."),
        count,
        act if allows(user, "import", "add") else None,
    )


def _stale(user: User, count: int) -> Duty:
    title = ngettext(
        "person whose facts or rules changed since the last calculation",
        "people whose facts or rules changed since the last calculation",
        count,
    )
    may = allows(user, "run", "add")
    return Duty(
        Urgency.NOW if may else Urgency.LATER,
        "stale",
        title,
        _list("reports:people", who="all", stale=1),
        _("Their balances are those of before the change until they are recalculated."),
        count,
        (_("Recalculate"), _list("credits:run_start", scope="stale")) if may else None,
    )


def _due(rank: int, level: int) -> Iterator[Duty]:
    yield Duty(
        Urgency.LATER,
        "due_rank",
        ngettext(
            "person with the points for a rank promotion",
            "people with the points for a rank promotion",
            rank,
        ),
        _list("reports:people", due="rank", state="serving"),
        _("Time in the rank and the ratings of two years decide with the points."),
        rank,
    )
    yield Duty(
        Urgency.LATER,
        "due_level",
        ngettext(
            "person with the points for a level promotion",
            "people with the points for a level promotion",
            level,
        ),
        _list("reports:people", due="level", state="serving"),
        _("A vacancy, a passed competency test and the last rating decide with the points."),
        level,
    )


# ------------------------------------------------------------------ ratings


def _ratings(user: User) -> Iterator[Duty]:
    """What a second person decides, and what a superior enters or accepts."""
    waiting = ratings_waiting(user)
    year = {"year": waiting.year}
    yield Duty(
        Urgency.NOW,
        "approve",
        ngettext(
            "rating that waits for your approval",
            "ratings that wait for your approval",
            waiting.approve,
        ),
        reverse("credits:approvals"),
        _("A rating counts once a second person approves it."),
        waiting.approve,
    )
    yield Duty(
        Urgency.NOW,
        "rating_returned",
        ngettext("rating sent back to you", "ratings sent back to you", waiting.returned),
        why=_("The reason stands beside it. Enter it again as it ought to be."),
        count=waiting.returned,
        act=(_("Open"), reverse("credits:rated"))
        if allows(user, "rated", "view")
        else (_("Open"), reverse("credits:approvals")),
    )
    yield Duty(
        Urgency.NOW,
        "accept",
        ngettext(
            "rating of %(year)s that others entered, for you to accept",
            "ratings of %(year)s that others entered, for you to accept",
            waiting.accept,
        )
        % year,
        reverse("credits:rated"),
        _("You rate these people: look whether it is what you said."),
        waiting.accept,
    )
    yield Duty(
        Urgency.SOON,
        "enter",
        ngettext(
            "holder whom you rate without a rating for %(year)s",
            "holders whom you rate without a rating for %(year)s",
            waiting.enter,
        )
        % year,
        reverse("credits:rated"),
        _("Without the rating, the points of that year are missing."),
        waiting.enter,
    )


# ------------------------------------------------------------------ claims


def _claims(user: User, roles: frozenset[Role]) -> Iterator[Duty]:
    """What waits for a coordinator, and what a holder has not handed in. One statement."""
    States = claim_states.State  # noqa: N806  as everywhere
    counts = _counted(
        visible(Claim.objects.all(), user, "claim"),
        {s: Q(state=s) for s in (States.PROPOSED, States.RETURNED, States.DRAFT)},
    )
    coordinates = Role.COORDINATOR in roles
    proposed, returned, drafts = (counts[s] for s in counts)
    if coordinates:
        yield Duty(
            Urgency.NOW,
            "claim_proposed",
            ngettext(
                "claim handed to you by its holder",
                "claims handed to you by their holders",
                proposed,
            ),
            _list("credits:claims", state=States.PROPOSED),
            _("Check it and submit it, or hand it back with the reason."),
            proposed,
        )
    yield Duty(
        Urgency.NOW if coordinates else Urgency.SOON,
        "claim_returned",
        ngettext("claim that was returned", "claims that were returned", returned),
        _list("credits:claims", state=States.RETURNED),
        _("The reason and the last day to submit it again stand on its page."),
        returned,
    )
    yield Duty(
        Urgency.SOON,
        "claim_draft",
        ngettext("draft of a claim", "drafts of claims", drafts),
        _list("credits:claims", state=States.DRAFT),
        _("Nobody judges a draft. Several can be submitted at once."),
        drafts,
    )


# ------------------------------------------------------------------ officers of Biro SDM


def _officer(user: User, on: date) -> Iterator[Duty]:
    yield from _documents(user, on)
    yield from _imports()
    yield from _runs()
    yield from _findings(visible(Employee.objects.all(), user, "employee"))
    yield from _periods(on)
    yield _requests(user)
    yield from _teams(on)
    yield _unconfirmed()


def _documents(user: User, on: date) -> Iterator[Duty]:
    State = Document.State  # noqa: N806  as everywhere
    counts = _counted(
        visible(Document.objects.all(), user, "document"),
        {
            "returned": Q(state=State.RETURNED),
            "overdue": overdue(on),
            "draft": Q(state=State.DRAFT),
        },
    )
    returned, late, drafts = counts["returned"], counts["overdue"], counts["draft"]
    yield Duty(
        Urgency.NOW,
        "returned",
        ngettext("form returned by the superior", "forms returned by the superior", returned),
        _list("credits:documents", state=State.RETURNED) + "#forms",
        _last_reason() if returned else "",
        returned,
    )
    yield Duty(
        Urgency.SOON,
        "overdue",
        ngettext(
            "form numbered more than %(days)s days ago and not signed yet",
            "forms numbered more than %(days)s days ago and not signed yet",
            late,
        )
        % {"days": OVERDUE_DAYS},
        _list("credits:documents", overdue=1) + "#forms",
        _("Remind the superior, or hand in a scan of the paper signed by hand."),
        late,
    )
    yield Duty(
        Urgency.SOON,
        "draft",
        ngettext("draft without a number", "drafts without a number", drafts),
        _list("credits:documents", state=State.DRAFT) + "#forms",
        _("A draft is signed by nobody until it is numbered."),
        drafts,
    )


def _last_reason() -> str:
    """Why the form that was returned last came back."""
    last = DocumentEvent.objects.filter(
        kind=DocumentEvent.Kind.RETURNED, document__state=Document.State.RETURNED
    ).order_by("-at")
    reason = last.values_list("reason", flat=True).first()
    return _("The last one because: %(reason)s") % {"reason": reason} if reason else ""


def _imports() -> Iterator[Duty]:
    State = ImportBatch.State  # noqa: N806
    counts = _counted(
        ImportBatch.objects.all(),
        {state: Q(state=state) for state in (State.PREVIEW, State.MAPPING)},
    )
    previews, mapping = counts[State.PREVIEW], counts[State.MAPPING]
    yield Duty(
        Urgency.SOON,
        "preview",
        ngettext("import in preview", "imports in preview", previews),
        _list("employees:imports", state=State.PREVIEW),
        _("Nothing of them is in the data until they are applied."),
        previews,
    )
    yield Duty(
        Urgency.SOON,
        "mapping",
        ngettext(
            "import whose columns are to be matched",
            "imports whose columns are to be matched",
            mapping,
        ),
        _list("employees:imports", state=State.MAPPING),
        _("Say which column is which, then the file is read."),
        mapping,
    )


def _runs() -> Iterator[Duty]:
    count = CalculationRun.objects.filter(stopped_runs()).count()
    yield Duty(
        Urgency.NOW,
        "stopped",
        ngettext(
            "calculation that ended with errors", "calculations that ended with errors", count
        ),
        _list("credits:runs", state="stopped"),
        _("Some people were left out. Start it again; if it fails again, tell the administrator."),
        count,
    )


def _findings(people: QuerySet[Employee]) -> Iterator[Duty]:
    for severity, code, count in finding_counts(people):
        note = severity == RunIssue.Severity.NOTE
        yield Duty(
            Urgency.LATER if note or code == "own_rules" else Urgency.SOON,
            "finding",
            ngettext("finding: %(what)s", "findings: %(what)s", count)
            % {"what": issue_heading(code)},
            _list("reports:findings", code=code),
            _("Counted, but please check.") if note else _("Not computed."),
            count,
        )


def _periods(on: date) -> Iterator[Duty]:
    for start, end in closable_periods(on):
        yield Duty(
            Urgency.LATER,
            "period",
            _("All forms of %(start)s to %(end)s are signed: close the period.")
            % {"start": _day(start), "end": _day(end)},
            _list("credits:periods", start=start.isoformat(), end=end.isoformat()),
            _("A closed period takes no more drafts by mistake."),
        )


def _requests(user: User) -> Duty:
    open_ones = visible(CorrectionRequest.objects.all(), user, "correction_request").filter(
        state__in=requests.OPEN
    )
    late = Q(asked_at__lt=timezone.now() - CorrectionRequest.TIME)
    counts = open_ones.order_by().aggregate(n=Count("pk"), late=Count("pk", filter=late))
    why = _("Each is to be decided within 72 hours.")
    if counts["late"]:
        why = ngettext(
            "%(n)s is late: 72 hours are over.",
            "%(n)s are late: 72 hours are over.",
            counts["late"],
        ) % {"n": counts["late"]}
    return Duty(
        Urgency.NOW,
        "requests",
        ngettext(
            "request for a correction to decide",
            "requests for corrections to decide",
            counts["n"],
        ),
        reverse("reports:requests"),
        why,
        counts["n"],
    )


def _teams(on: date) -> Iterator[Duty]:
    """Assessor teams that end soon, and JF whose claims no team would judge."""
    count = ending(on).count()
    yield Duty(
        Urgency.SOON,
        "team_ending",
        ngettext(
            "assessor team that ends within %(days)s days",
            "assessor teams that end within %(days)s days",
            count,
        )
        % {"days": ENDING_DAYS},
        _list("assessors:teams", show="ending"),
        _("Form the next term in time: members lose their access with the last day."),
        count,
    )
    count = without_team(on).count()
    yield Duty(
        Urgency.LATER,
        "without_team",
        ngettext(
            "functional position without an assessor team",
            "functional positions without an assessor team",
            count,
        ),
        _list("assessors:teams", show="without"),
        _("Claims by activity items of these positions would reach nobody."),
        count,
    )


def _unconfirmed() -> Duty:
    count = Position.objects.filter(confirmed=False).count()
    return Duty(
        Urgency.LATER,
        "unconfirmed",
        ngettext(
            "functional position that Biro SDM has not confirmed",
            "functional positions that Biro SDM has not confirmed",
            count,
        ),
        _list("admin:positions_position_changelist", confirmed__exact=0),
        _("Compare it with the decree, then mark it as confirmed."),
        count,
    )


# ------------------------------------------------------------------ other roles


def _superior(user: User, on: date) -> Iterator[Duty]:
    queue = visible(Document.objects.all(), user, "signing").filter(state=Document.State.AWAITING)
    found = queue.order_by().aggregate(n=Count("pk"), oldest=Min("dated"))
    count, oldest = found["n"], found["oldest"]
    days = (on - oldest).days if oldest else 0
    why = ngettext(
        "The oldest has waited for %(days)s day.", "The oldest has waited for %(days)s days.", days
    )
    yield Duty(
        Urgency.NOW,
        "sign",
        ngettext("form to sign", "forms to sign", count),
        reverse("credits:signing"),
        why % {"days": days},
        count,
    )


def _auditor(user: User, on: date) -> Iterator[Duty]:
    last = LedgerAnchor.objects.order_by("-day").first()
    late = last is None or last.day < on - timedelta(days=1)
    title = (
        _("The last anchor of the ledger is of %(day)s.") % {"day": _day(last.day)}
        if last
        else _("The ledger has no anchor yet.")
    )
    why = (
        _("An anchor is written every night. Ask the administrator why it is missing.")
        if late
        else _("“manage.py verify_ledger” proves that nothing was changed since.")
    )
    yield Duty(Urgency.NOW if late else Urgency.LATER, "anchor", title, why=why)


def _administrator(user: User, on: date) -> Iterator[Duty]:
    if not NumberScheme.objects.filter(start__lte=on).exists():
        yield Duty(
            Urgency.NOW,
            "numbering",
            _("No numbering of documents is in force."),
            reverse("admin:credits_numberscheme_changelist"),
            _("Without it no form can be numbered."),
        )
    count = User.objects.filter(is_active=True, groups__isnull=True).count()
    yield Duty(
        Urgency.SOON,
        "roleless",
        ngettext("account without a role", "accounts without a role", count),
        _list("admin:accounts_user_changelist", groups__isnull="True", is_active__exact=1),
        _("Whoever has no role sees nothing."),
        count,
    )


# ------------------------------------------------------------------ assessor teams


def _secretary(user: User, on: date) -> Iterator[Duty]:
    teams = seats(user, on, Membership.Role.SECRETARY).values_list("team_id", flat=True)
    counts = _counted(Claim.objects.filter(claims_for(teams)), stages(on))
    for stage, urgency, title, why in (
        (
            "incoming",
            Urgency.NOW,
            ngettext(
                "claim to check for completeness",
                "claims to check for completeness",
                counts["incoming"],
            ),
            _("The coordinators wait for your answer."),
        ),
        (
            "ready",
            Urgency.NOW,
            ngettext("claim to share out", "claims to share out", counts["ready"]),
            _("Assessors are proposed; nobody judges before you give them the claims."),
        ),
        (
            "late",
            Urgency.NOW,
            ngettext(
                "claim whose assessors are late", "claims whose assessors are late", counts["late"]
            ),
            _("Remind them, or give the claim to another member with a reason."),
        ),
        (
            "finished",
            Urgency.SOON,
            ngettext(
                "claim that all assessors have judged",
                "claims that all assessors have judged",
                counts["finished"],
            ),
            _("It waits for a plenary."),
        ),
    ):
        yield Duty(
            urgency,
            f"desk_{stage}",
            title,
            _list("assessors:desk", stage=stage),
            why,
            counts[stage],
        )


def _assessor(user: User, on: date) -> Iterator[Duty]:
    mine = current(visible(Assignment.objects.all(), user, "assignment", "judge", on))
    wanted = to_judge(on)
    counts = _counted(mine, {name: wanted[name] for name in ("open", "late")})
    yield Duty(
        Urgency.NOW,
        "judge_late",
        ngettext(
            "claim that you were to judge by now",
            "claims that you were to judge by now",
            counts["late"],
        ),
        _list("assessors:queue", state="late"),
        _("The plenary waits for it. Tell the secretary if you cannot."),
        counts["late"],
    )
    yield Duty(
        Urgency.SOON,
        "judge",
        ngettext("claim to judge", "claims to judge", counts["open"]),
        _list("assessors:queue", state="open"),
        _("You judge alone; the other assessor's verdicts are shown when both have finished."),
        counts["open"],
    )


# ------------------------------------------------------------------ plenaries and determination


def _chair(user: User, on: date) -> Iterator[Duty]:
    """One statement."""
    mine = Plenary.objects.filter(
        team__in=seats(user, on, Membership.Role.CHAIR, Membership.Role.VICE).values("team")
    )
    counts = _counted(
        mine,
        {
            "session": Q(state=Plenary.State.OPEN),
            "today": Q(state=Plenary.State.PLANNED, day__lte=on),
            "planned": Q(state=Plenary.State.PLANNED, day__gt=on),
            "unsigned": Q(state=Plenary.State.CLOSED, signed_hash=""),
        },
    )
    for kind, urgency, title, why in (
        (
            "session",
            Urgency.NOW,
            ngettext("plenary in session", "plenaries in session", counts["session"]),
            _("Decide on the agenda, then close: the minutes follow from it."),
        ),
        (
            "today",
            Urgency.NOW,
            ngettext("plenary to open", "plenaries to open", counts["today"]),
            _("Its day has come. The secretary records who is present."),
        ),
        (
            "unsigned",
            Urgency.SOON,
            ngettext(
                "plenary whose minutes are not signed",
                "plenaries whose minutes are not signed",
                counts["unsigned"],
            ),
            _("The decided claims are determined after that."),
        ),
        (
            "planned",
            Urgency.LATER,
            ngettext("plenary ahead", "plenaries ahead", counts["planned"]),
            _("The agenda can be read already."),
        ),
    ):
        yield Duty(
            urgency,
            f"plenary_{kind}",
            title,
            reverse("assessors:plenaries"),
            why,
            counts[kind],
        )


def _determiner(user: User, on: date) -> Iterator[Duty]:
    count = claims_to_determine(user).order_by().count()
    yield Duty(
        Urgency.NOW,
        "determine",
        ngettext("claim to determine", "claims to determine", count),
        reverse("credits:determinations"),
        _("The plenary decided it and its minutes are signed."),
        count,
    )


_BY_ROLE: dict[Role, Callable[[User, date], Iterator[Duty]]] = {
    Role.HR: _officer,
    Role.SUPERIOR: _superior,
    Role.AUDITOR: _auditor,
    Role.ADMIN: _administrator,
    Role.SECRETARY: _secretary,
    Role.ASSESSOR: _assessor,
    Role.CHAIR: _chair,
    Role.DETERMINER: _determiner,
}


def _list(route: str, **query: Any) -> str:
    return f"{reverse(route)}?{urlencode(query)}" if query else reverse(route)


def _day(day: date) -> str:
    return date_format(day, "j F Y")
