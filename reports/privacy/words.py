"""The trails in words: which table, which field, what was before, what is now, who it was."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext as translated  # of what is no literal
from django.utils.translation import gettext_lazy as _

from accounts.admin import ROLE_LABELS
from accounts.audit import models_of_ours
from accounts.models import AccessEvent, AuditEvent, User
from accounts.policy import Role
from employees.models import Employee, UnitMembership
from positions.selectors import unit_names

MASKED = frozenset({"birth_date", "birth_place", "card_number"})
NOTHING = "–"
# Names that Django derives from columns, which no model translates.
_DERIVED = (
    gettext_noop("asked by"),
    gettext_noop("asked at"),
    gettext_noop("taken by"),
    gettext_noop("taken at"),
    gettext_noop("decided by"),
    gettext_noop("decided at"),
    gettext_noop("superseded by"),
    gettext_noop("withdrawn at"),
    gettext_noop("user"),
    gettext_noop("group"),
    gettext_noop("created at"),
    gettext_noop("created by"),
    gettext_noop("finished at"),
    gettext_noop("file hash"),
    gettext_noop("applied at"),
    gettext_noop("applied by"),
    gettext_noop("undone at"),
    gettext_noop("undone by"),
    gettext_noop("signed hash"),
    gettext_noop("signed how"),
    gettext_noop("pdf hash"),
    gettext_noop("rules version"),
    gettext_noop("row id"),
    gettext_noop("source"),
    gettext_noop("request id"),
    gettext_noop("signer"),
    gettext_noop("seq"),
    gettext_noop("reverses seq"),
    gettext_noop("balance units"),
    gettext_noop("amount units"),
    gettext_noop("base units"),
    gettext_noop("percent"),
    gettext_noop("hash"),
    gettext_noop("computed at"),
    gettext_noop("severity"),
    gettext_noop("params"),
    gettext_noop("content"),
    gettext_noop("entry seqs"),
    gettext_noop("pdf"),
    gettext_noop("signed file"),
    gettext_noop("actor"),
    gettext_noop("loaded"),
    gettext_noop("order"),
    gettext_noop("units"),
    gettext_noop("period start"),
    gettext_noop("period end"),
    gettext_noop("run id"),
    gettext_noop("source id"),
    gettext_noop("scan"),
)
WHAT: dict[str, str | Promise] = {
    "employee": _("person"),
    "document": _("official form"),
    "document_batch": _("batch of documents"),
    "run": _("result of a calculation"),
    "import": _("imported sheet"),
    "ledger": _("balance of credit points"),
    "account": _("account"),
    "rating": _("performance rating"),
    "opening": _("opening balance"),
    "rank": _("rank"),
    "appointment": _("appointment"),
    "membership": _("unit"),
    "superior": _("direct superior"),
    "status": _("leave, study, suspension"),
    "education": _("education"),
    "unit_head": _("head of a unit"),
    "position_coordinator": _("JF coordinator"),
    "claim_coordinator": _("coordinator of a unit's claims"),
    "delegation": _("delegation"),
    "determining_officer": _("determining officer (pejabat penetap)"),
    "correction_request": _("request for a correction"),
    "claim": _("claim"),
    "evidence": _("evidence file"),
    "kinship": _("declared relation"),
    "team": _("assessor team"),
    "assignment": _("assignment"),
    "plenary": _("plenary"),
    "audit": _("audit trail"),
    "access": _("access log"),
    "copy": pgettext_lazy("of one's data", "copy"),
}


@dataclass
class Change:
    """One field of an event: its label and both values, in words."""

    label: str
    before: str
    after: str


@dataclass
class Told:
    """An event of the audit trail as a reader sees it."""

    event: AuditEvent
    who: str
    person: Employee | None
    title: str
    changes: list[Change] = field(default_factory=list)


def tables() -> dict[str, str]:
    """Audited tables by their names for readers, in order of those."""
    found = {m._meta.db_table: str(m._meta.verbose_name) for m in models_of_ours()}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _model(table: str) -> type[Model] | None:
    return next((m for m in models_of_ours() if m._meta.db_table == table), None)


def told(events: Iterable[AuditEvent]) -> list[Told]:
    """Events in words; a constant number of statements whatever their number."""
    page = list(events)
    users = User.objects.in_bulk({e.actor_id for e in page if e.actor_id})
    people = Employee.everyone.in_bulk({e.person for e in page if e.person})
    named = _references(page)
    return [
        Told(
            event,
            who=_who(event.actor_id, users),
            person=people.get(event.person or 0),
            title=_title(event.table),
            changes=_changes(event, named),
        )
        for event in page
    ]


def _who(actor_id: int | None, users: dict[int, User]) -> str:
    if not actor_id:
        return gettext("the system")
    found = users.get(actor_id)
    return str(found) if found else gettext("account %(id)s") % {"id": actor_id}


def _title(table: str) -> str:
    model = _model(table)
    return str(model._meta.verbose_name) if model else table


def _columns(table: str) -> dict[str, Any]:
    model = _model(table)
    return {str(f.column): f for f in model._meta.concrete_fields} if model else {}


_NAMED = ("positions.Position", "positions.Unit", "employees.Agency", "employees.Employee",
          "accounts.User", "auth.Group")  # fmt: skip


def _references(events: Iterable[AuditEvent]) -> dict[str, dict[Any, str]]:
    """What the ids in the events stand for, by model: one statement for each."""
    wanted: dict[str, set[Any]] = defaultdict(set)
    for event in events:
        columns = _columns(event.table)
        for values in (event.before or {}, event.after or {}):
            for name, value in values.items():
                target = getattr(columns.get(name), "related_model", None)
                if target is not None and isinstance(value, int):
                    wanted[target._meta.label].add(value)
    found: dict[str, dict[Any, str]] = {}
    for label in _NAMED:
        if ids := wanted.get(label):
            model = apps.get_model(label)
            manager = getattr(model, "everyone", model._default_manager)
            rows = manager.prefetch_related("versions") if label == "positions.Unit" else manager
            found[label] = {row.pk: str(row) for row in rows.filter(pk__in=ids)}
    return found


def label(column: Any) -> str:
    """The name of a field for readers."""
    return translated(str(column.verbose_name))


def _changes(event: AuditEvent, named: dict[str, dict[Any, str]]) -> list[Change]:
    columns = _columns(event.table)
    before, after = event.before or {}, event.after or {}
    names = dict.fromkeys([*before, *after])
    if event.kind != AuditEvent.Kind.UPDATE:  # of a whole row only what says something
        names = {name: None for name in names if (before | after)[name] not in ("", [], {}, False)}
    return [
        Change(
            label(columns[name]) if name in columns else name,
            _shown(columns.get(name), name, before.get(name), named),
            _shown(columns.get(name), name, after.get(name), named),
        )
        for name in names
        if name not in ("id", "public_id", "employee_id")
    ]


def _shown(column: Any, name: str, value: Any, named: dict[str, dict[Any, str]]) -> str:
    if value is None or value == "":
        return NOTHING
    if name in MASKED:
        return f"{str(value)[:4]} •••" if name == "birth_date" else "•••"
    if isinstance(column, ForeignKey):
        label = column.related_model._meta.label
        return named.get(label, {}).get(value, str(value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if column is not None and column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, dict | list):
        return (
            ", ".join(f"{k}: {v}" for k, v in value.items())
            if isinstance(value, dict)
            else (", ".join(map(str, value)))
        )
    return _day(str(value))


def _day(text: str) -> str:
    """A stored day or instant as readers write it; anything else as it is."""
    try:
        if len(text) == 10:
            return date_format(date.fromisoformat(text), "d-m-Y")
        if text[10:11] == "T":
            moment = timezone.localtime(datetime.fromisoformat(text))
            return date_format(moment, "d-m-Y H.i")
    except ValueError:
        pass
    return text


# ------------------------------------------------------------------ who looked


@dataclass
class Look:
    """A look at somebody's data as that person, or the auditor, sees it."""

    event: AccessEvent
    who: str
    roles: str
    unit: str
    what: str
    person: Employee | None = None


def looks(events: Iterable[AccessEvent], on: date) -> list[Look]:
    """Looks in words: the reader's name, roles and unit of today."""
    page = list(events)
    users = User.objects.in_bulk({e.actor_id for e in page if e.actor_id})
    units = _units(users, on)
    people = Employee.everyone.in_bulk({e.subject for e in page if e.subject})
    return [
        Look(
            event,
            who=_who(event.actor_id, users),
            roles=_roles(event.roles),
            unit=units.get(event.actor_id or 0, ""),
            what=str(WHAT.get(event.what, event.what)),
            person=people.get(event.subject or 0),
        )
        for event in page
    ]


def _roles(stored: str) -> str:
    return ", ".join(
        str(ROLE_LABELS[Role(name)]) for name in stored.split(",") if name in set(Role)
    )


def _units(users: Iterable[int], on: date) -> dict[int, str]:
    members = UnitMembership.objects.on(on).filter(employee__user__in=list(users))
    pairs = members.values_list("employee__user_id", "unit_id")
    names = unit_names(on)
    return {user: names.get(unit, "") for user, unit in pairs}


def accounts_named(subject: int) -> dict[int, str]:
    """The names of the accounts that looked at a person's data; who wrote is told as officer."""
    ids = AccessEvent.objects.filter(subject=subject).values_list("actor_id", flat=True).distinct()
    return {user.pk: str(user) for user in User.objects.filter(pk__in=list(ids))}
