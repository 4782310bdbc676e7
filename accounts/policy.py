"""The one permission mechanism: who may do what, on which rows.

Each app's `policy.py` declares its resources here; views, admin, API, exports and tasks ask here
and nowhere else. A function that is forbidden is 403; a row outside one's scope does not exist
(404), because querysets come filtered.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from django.contrib.admin import ShowFacets
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.audit import exempt, watch


class Role(StrEnum):
    """Names of the groups. A person may have several."""

    HR = "biro_sdm"
    COORDINATOR = "koordinator_unit"
    POSITION_COORDINATOR = "koordinator_jf"
    SUPERIOR = "pejabat_penilai"
    ASSESSOR = "tim_penilai"
    HOLDER = "pemangku"
    AUDITOR = "auditor"
    ADMIN = "administrator"
    DETERMINER = "pejabat_penetap"
    CHAIR = "ketua_tim"
    SECRETARY = "sekretaris_tim"


class Scope(StrEnum):
    """Which rows a grant reaches."""

    ALL = "all"
    UNIT = "unit"  # the units that one coordinates, and below
    POSITION = "position"  # the JF that one coordinates
    SUBORDINATES = "subordinates"
    OWN = "own"
    SIGNER = "signer"  # what one is to sign, or signed
    DETERMINES = "determines"  # what one is to determine, or determined
    ASSIGNED = "assigned"  # claims that one judges
    TEAM = "team"  # of the team that one leads or keeps the papers of
    DECREED = "decreed"  # teams by decree, not those being formed


Where = Callable[[Any, date], Q]
M = TypeVar("M", bound=Model)


@dataclass
class _Resource:
    grants: dict[str, dict[Role, Scope]] = field(default_factory=dict)
    where: dict[Scope, Where] = field(default_factory=dict)


_resources: dict[str, _Resource] = {}


def declare(resource: str, action: str, grants: dict[Role, Scope]) -> None:
    """State who may do `action` on `resource`, and how far each role reaches."""
    _resources.setdefault(resource, _Resource()).grants[action] = grants


def extend(resource: str, action: str, grants: dict[Role, Scope]) -> None:
    """Grant more roles on a lower app's resource; its `declare` comes first, by import."""
    known = _resources[resource].grants
    known[action] = known.get(action, {}) | grants


def declare_scope(resource: str, scope: Scope, where: Where) -> None:
    """State which rows of `resource` a scope means: a filter made from the user and the day."""
    _resources.setdefault(resource, _Resource()).where[scope] = where


def resources() -> dict[str, tuple[str, ...]]:
    """All declared resources with their actions (for the test that walks the routes)."""
    return {name: tuple(r.grants) for name, r in _resources.items()}


def roles_of(user: Any) -> frozenset[Role]:
    """The roles of an account; a superuser is an administrator and HR officer. Cached per user."""
    if not getattr(user, "is_active", False) or isinstance(user, AnonymousUser):
        return frozenset()
    cached = getattr(user, "_roles", None)  # request.user is a lazy wrapper: no __dict__ of its own
    if cached is None:
        cached = remember_roles(user, user.groups.values_list("name", flat=True))
    return cached


def remember_roles(user: Any, names: Iterable[str]) -> frozenset[Role]:
    """The roles of an active account whose groups are known, kept with it for this request."""
    known = set(names)
    roles = frozenset(role for role in Role if role.value in known)
    if user.is_superuser:
        roles |= {Role.ADMIN, Role.HR}
    user._roles = roles
    return roles


def scopes(user: Any, resource: str, action: str) -> frozenset[Scope]:
    """How far the user reaches; empty where the function is forbidden."""
    grants = _resources[resource].grants.get(action, {})
    return frozenset(grants[role] for role in roles_of(user) if role in grants)


def allows(user: Any, resource: str, action: str) -> bool:
    return bool(scopes(user, resource, action))


def require(user: Any, resource: str, action: str) -> None:
    """Raise PermissionDenied (403) where the function is forbidden to the user."""
    if not allows(user, resource, action):
        raise PermissionDenied


def visible(
    queryset: QuerySet[M], user: Any, resource: str, action: str = "view", on: date | None = None
) -> QuerySet[M]:
    """The rows of `queryset` that the user may reach for `action` on a day (default: today)."""
    reach = scopes(user, resource, action)
    if Scope.ALL in reach:
        return queryset
    if not reach:
        return queryset.none()
    day = on or timezone.localdate()
    condition = Q()
    for scope in sorted(reach):
        condition |= _resources[resource].where[scope](user, day)
    return queryset.filter(condition)


View = Callable[..., HttpResponseBase]


def guard(resource: str, action: str) -> Callable[[View], View]:
    """Guard a view: sign-in first, then the function; the rows are the view's `visible(...)`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                from django.contrib.auth.views import redirect_to_login

                return redirect_to_login(request.get_full_path())
            require(request.user, resource, action)
            return view(request, *args, **kwargs)

        guarded.policy = (resource, action)  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """Mark a view that needs no sign-in, so that the walking test knows it is meant."""
    view.policy = ("public", "view")  # type: ignore[attr-defined]
    return view


class PolicyAdminMixin:
    """A ModelAdmin whose permissions come from the policy; set `resource`."""

    resource = ""
    show_facets = ShowFacets.NEVER

    def _may(self, request: HttpRequest, action: str) -> bool:
        return allows(request.user, self.resource, action)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete")

    def get_queryset(self, request: HttpRequest) -> Any:
        return visible(super().get_queryset(request), request.user, self.resource)  # type: ignore[misc]


EVERYBODY = dict.fromkeys(Role, Scope.ALL)
STAFF = dict.fromkeys((Role.HR, Role.ADMIN, Role.AUDITOR), Scope.ALL)
OFFICERS = dict.fromkeys((Role.HR, Role.ADMIN), Scope.ALL)

# Keys open the API, accounts never do.
declare("api", "balances", {})
for _action in ("view", "add", "change"):
    declare("api_client", _action, {Role.ADMIN: Scope.ALL})
declare("api_client", "delete", {})  # revoked, so that the log still names it
declare("site", "view", EVERYBODY)
declare("account", "view", {Role.ADMIN: Scope.ALL})
declare("account", "add", {Role.ADMIN: Scope.ALL})
declare("account", "change", {Role.ADMIN: Scope.ALL})

# The own password, second factor and devices: each view looks at the reader's own rows alone.
declare("own_account", "view", EVERYBODY)
declare("own_account", "change", EVERYBODY)

# Everybody's own notices; nobody reads another's.
for _action in ("view", "change"):
    declare("notice", _action, dict.fromkeys(Role, Scope.OWN))
declare_scope("notice", Scope.OWN, lambda user, day: Q(user_id=user.pk))

# What is past its time: two of these propose and approve, the auditor looks on.
declare("destruction", "view", STAFF)
declare("destruction", "change", OFFICERS)

# The trails, for the auditor alone; nobody writes to them by hand.
declare("audit", "view", {Role.AUDITOR: Scope.ALL})

watch("accounts_user", ignored=("last_login", "tour_step"))
exempt("accounts_savedquery", "what was typed into a search; kept for some weeks, not an act")
exempt("accounts_notice", "the product telling its user what ended; the run or batch is on record")
for _table in ("auditevent", "accessevent", "auditseal", "auditcheck", "tombstone"):
    exempt(f"accounts_{_table}", "append-only in the database itself")
