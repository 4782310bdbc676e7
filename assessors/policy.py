"""Who may do what on teams, assignments and plenaries; and what teams see of claims.

A member acts within the dates of the seat and of the team; whoever is out of term stops seeing.
"""

from datetime import date
from typing import Any

from django.db.models import Q

from accounts.audit import exempt, watch
from accounts.policy import EVERYBODY, OFFICERS, STAFF, Role, Scope, declare, declare_scope, extend
from assessors.models import Assignment, Membership, Team
from credits.models import Claim, ClaimItem

TEAMED = {Role.CHAIR: Scope.TEAM, Role.SECRETARY: Scope.TEAM}


def seats(user: Any, day: date, *roles: str) -> Any:
    """The user's seats in teams that are active on the day, of these roles (none given: any)."""
    found = Membership.objects.on(day).filter(
        Q(team__end__isnull=True) | Q(team__end__gte=day),
        employee__user_id=user.pk,
        team__state=Team.State.ACTIVE,
        team__start__lte=day,
    )
    return found.filter(role__in=roles) if roles else found


LEADING = (Membership.Role.CHAIR, Membership.Role.VICE, Membership.Role.SECRETARY)


def of_own_team(path: str) -> Any:
    """Rows that lead to a team whose chair, vice chair or secretary the user is."""

    def where(user: Any, day: date) -> Q:
        return Q(**{f"{path}__in": seats(user, day, *LEADING).values("team")})

    return where


def assigned_claims(user: Any, day: date) -> Q:
    """Claims that the user judges or judged, while the seat lasts; what was given on is gone."""
    mine = Assignment.objects.filter(member__in=seats(user, day)).exclude(
        state=Assignment.State.REPLACED
    )
    return Q(pk__in=mine.values("claim"))


def claims_of_team(user: Any, day: date) -> Q:
    """Claims in the hands of the user's team, and those that may come to it (by JF and level)."""
    from assessors.selectors import claims_for  # the selector reads the models, not the policy

    return claims_for(seats(user, day, *LEADING).values_list("team_id", flat=True))


def led(user: Any, day: date) -> Q:
    """The teams whose chair the user is, or the vice chair in his stead."""
    return Q(pk__in=seats(user, day, *LEADING[:2]).values("team"))


# Anybody may know who is in which team by decree; drafts are the officers' and the auditor's.
# The secretary keeps the papers and does not edit the composition (AZ103).
declare("team", "view", dict.fromkeys(EVERYBODY, Scope.DECREED) | STAFF)
declare("team", "papers", STAFF)  # qualifications of members, the draft of the decree
for _action in ("add", "change"):
    declare("team", _action, OFFICERS)
declare("team", "substitute", OFFICERS | {Role.CHAIR: Scope.TEAM})
declare("team", "delete", {})
declare_scope("team", Scope.DECREED, lambda user, day: Q(state__in=("active", "ended")))
declare_scope("team", Scope.TEAM, led)

declare("assignment", "view", STAFF | TEAMED | {Role.ASSESSOR: Scope.OWN})
declare("assignment", "add", {Role.SECRETARY: Scope.TEAM})
declare("assignment", "change", {Role.SECRETARY: Scope.TEAM})
declare("assignment", "judge", {Role.ASSESSOR: Scope.OWN})
declare_scope("assignment", Scope.TEAM, of_own_team("team"))
declare_scope("assignment", Scope.OWN, lambda user, day: Q(member__in=seats(user, day)))

declare("plenary", "view", STAFF | TEAMED | {Role.ASSESSOR: Scope.OWN})
declare("plenary", "add", {Role.SECRETARY: Scope.TEAM})
declare("plenary", "change", TEAMED)
declare("plenary", "decide", {Role.CHAIR: Scope.TEAM})
declare_scope("plenary", Scope.TEAM, of_own_team("team"))
declare_scope("plenary", Scope.OWN, lambda user, day: Q(team__in=seats(user, day).values("team")))

_SEEN = {Role.ASSESSOR: Scope.ASSIGNED, Role.CHAIR: Scope.TEAM, Role.SECRETARY: Scope.TEAM}
for _action in ("view", "act"):
    extend("claim", _action, _SEEN)
extend("claim", "check", {Role.SECRETARY: Scope.TEAM})  # of completeness
# The chair signs the result of the team (HAPAK) like every other document.
for _resource, _action in (("signing", "view"), ("signing", "change"), ("document", "view")):
    extend(_resource, _action, {Role.CHAIR: Scope.SIGNER})
declare_scope("claim", Scope.ASSIGNED, assigned_claims)
declare_scope("claim", Scope.TEAM, claims_of_team)

# Evidence goes with the claims that one sees; that the same file stands elsewhere, too.
extend("evidence", "view", _SEEN)
extend("evidence_match", "view", _SEEN)


def evidence_of(where: Any) -> Any:
    """The files that the claims of a scope name, for an item or as a whole."""

    def files(user: Any, day: date) -> Q:
        claims = Claim.objects.filter(where(user, day)).values("pk")
        return Q(
            pk__in=Claim.files.through.objects.filter(claim__in=claims).values("evidencefile")
        ) | Q(
            pk__in=ClaimItem.files.through.objects.filter(claimitem__claim__in=claims).values(
                "evidencefile"
            )
        )

    return files


declare_scope("evidence", Scope.ASSIGNED, evidence_of(assigned_claims))
declare_scope("evidence", Scope.TEAM, evidence_of(claims_of_team))

watch("assessors_team", hidden=("draft_content",))
watch("assessors_plenary", hidden=("minutes_content",))
exempt("assessors_teamevent", "append-only in the database itself")
