"""As what somebody may act on a claim, and what must hold: the only place that decides.

`credits` knows the holder, coordinators, officers, superiors and determining officers; the upper
app adds the members of teams by `know` and its own conditions by `demand`. Roles come from the
policy, relations from the register on the day of the act; a superuser gets past none of them.
"""

from collections.abc import Callable
from datetime import date

from django.utils import timezone

from accounts.models import User
from accounts.policy import Role, allows, roles_of, visible
from credits.models import Claim, ClaimEvent
from credits.rules.claim_paths import edition_on, objection_until
from credits.rules.claim_states import Act, Actor, Condition
from credits.services.claims.errors import ClaimError
from credits.services.signatories import Signatories
from employees.models import Employee
from employees.selectors import rated_by, related

Knows = Callable[[User, Claim, date], bool]
Demands = Callable[[Claim, User | None, date], ClaimError | None]

_knows: dict[Actor, Knows] = {}
_demands: dict[Condition, Demands] = {}


def know(actor: Actor, how: Knows) -> None:
    """State how to find out that somebody is this actor for a claim."""
    _knows[actor] = how


def demand(condition: Condition, how: Demands) -> None:
    """State how to find out that a condition holds."""
    _demands[condition] = how


def is_actor(user: User, actor: Actor, claim: Claim, day: date) -> bool:
    """Whether the user may act as this on the claim on the day."""
    how = _knows.get(actor)
    return how is not None and how(user, claim, day)


def refusal(condition: Condition, claim: Claim, user: User | None, day: date) -> ClaimError | None:
    """Why a condition does not hold; None where it does."""
    return _demands[condition](claim, user, day)


def _reaches(user: User, claim: Claim, action: str, day: date) -> bool:
    rows = Claim.objects.filter(pk=claim.pk)
    return visible(rows, user, "claim", action, day).exists()


def _is_holder(user: User, claim: Claim, day: date) -> bool:
    return Role.HOLDER in roles_of(user) and claim.employee.user_id == user.pk


def _is_coordinator(user: User, claim: Claim, day: date) -> bool:
    return Role.COORDINATOR in roles_of(user) and _reaches(user, claim, "submit", day)


def _is_officer(user: User, claim: Claim, day: date) -> bool:
    return Role.HR in roles_of(user) and allows(user, "claim", "check")


def _is_superior(user: User, claim: Claim, day: date) -> bool:
    people = Employee.objects.filter(pk=claim.employee_id)
    return (
        Role.SUPERIOR in roles_of(user)
        and people.filter(rated_by(user.pk, claim.period_end, day)).exists()
    )


def _is_determiner(user: User, claim: Claim, day: date) -> bool:
    if Role.DETERMINER not in roles_of(user):
        return False
    officer, _block = Signatories(day).determining(claim.employee, claim.level)
    return officer is not None and officer.user_id == user.pk


for _actor, _how in (
    (Actor.HOLDER, _is_holder),
    (Actor.COORDINATOR, _is_coordinator),
    (Actor.OFFICER, _is_officer),
    (Actor.SUPERIOR, _is_superior),
    (Actor.DETERMINER, _is_determiner),
):
    know(_actor, _how)


# ------------------------------------------------------------------ conditions


def _not_own(claim: Claim, user: User | None, day: date) -> ClaimError | None:
    own = user is not None and claim.employee.user_id == user.pk
    return ClaimError("own_claim", 403) if own else None


def _not_relative(claim: Claim, user: User | None, day: date) -> ClaimError | None:
    if user is None:
        return None
    actors = Employee.objects.filter(user_id=user.pk).values_list("pk", flat=True)
    near = related([*actors], day)
    return ClaimError("relative", 403) if claim.employee_id in near else None


def _in_service(claim: Claim, user: User | None, day: date) -> ClaimError | None:
    person = claim.employee
    if person.left_on is not None and person.left_on <= day:
        return ClaimError("left_service", on=person.left_on)
    away = person.statuses.on(day).filter(kind__in=("unpaid_leave", "dismissal")).first()
    return ClaimError("not_in_service", kind=away.kind) if away else None


def _another_than(*acts: Act) -> Demands:
    """The last who did one of these acts does not do the next: four eyes."""

    def demands(claim: Claim, user: User | None, day: date) -> ClaimError | None:
        if user is None:
            return None
        did = ClaimEvent.objects.filter(claim=claim, act__in=acts, actor=user)
        return ClaimError("four_eyes", 403) if did.exists() else None

    return demands


def last_decision(claim: Claim) -> ClaimEvent | None:
    """The event of the last decision or determination."""
    acts = (Act.APPROVE, Act.APPROVE_PARTLY, Act.REJECT, Act.DETERMINE)
    return claim.events.filter(act__in=acts).order_by("-id").first()


def _decided_on(claim: Claim) -> date | None:
    last = last_decision(claim)
    return timezone.localtime(last.at).date() if last else None


def objection_ends(claim: Claim) -> date | None:
    """The last day for an objection; None before there is a decision."""
    decided = _decided_on(claim)
    if decided is None:
        return None
    code = claim.position.code if claim.position else None
    return objection_until(edition_on(decided, code), decided)


def _within_term(claim: Claim, user: User | None, day: date) -> ClaimError | None:
    until = objection_ends(claim)
    late = until is None or day > until
    return ClaimError("objection_too_late", until=until) if late else None


def _after_term(claim: Claim, user: User | None, day: date) -> ClaimError | None:
    until = objection_ends(claim)
    early = until is not None and day <= until
    return ClaimError("objection_still_open", until=until) if early else None


def _determined_before(claim: Claim, user: User | None, day: date) -> ClaimError | None:
    known = claim.decisions.filter(withdrawn_at__isnull=True).exists()
    return None if known else ClaimError("not_determined")


def _no_other(claim: Claim, user: User | None, day: date) -> ClaimError | None:
    """A determination that an objection reopened is replaced; any other one stands."""
    reopened = claim.events.filter(act=Act.OBJECT).exists()
    standing = claim.decisions.filter(withdrawn_at__isnull=True).exists()
    return ClaimError("determined_already") if standing and not reopened else None


for _condition, _test in (
    (Condition.NOT_OWN, _not_own),
    (Condition.NOT_RELATIVE, _not_relative),
    (Condition.IN_SERVICE, _in_service),
    (Condition.ANOTHER_THAN_SUBMITTED, _another_than(Act.SUBMIT, Act.RESUBMIT)),
    (Condition.ANOTHER_THAN_CHECKED, _another_than(Act.CHECK)),
    (Condition.WITHIN_TERM, _within_term),
    (Condition.AFTER_TERM, _after_term),
    (Condition.DETERMINED_BEFORE, _determined_before),
    (Condition.NO_OTHER_DETERMINATION, _no_other),
):
    demand(_condition, _test)
