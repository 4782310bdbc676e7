"""Undoing a batch: every row it touched is as it was, or it says why that cannot be.

A recalculation in between is no hindrance: entries stay and the next run reverses them. Rows that
entries rest on (people, ratings, openings) cannot vanish then; they stay, marked as withdrawn.
"""

from collections.abc import Sequence

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from employees.importing import registry
from employees.importing.plan import Finding
from employees.models import Employee, ImportBatch, ImportChange
from employees.services import bulk
from employees.services.applying import lock_writers
from employees.services.facts import mark_changed
from employees.services.staging import move

State = ImportBatch.State
_SHOWN = 50  # reasons of one kind listed


def undo(batch: ImportBatch) -> None:
    """Restore what was before the batch, in one transaction; refused, it stays applied.

    The reasons of a refusal stand in `batch.refusal["params"]["reasons"]`.
    """
    try:
        with transaction.atomic():
            lock_writers()
            _lock_people(batch)
            reasons = reasons_against(batch)
            if not reasons:
                _undo(batch)
    except IntegrityError:
        batch.refresh_from_db()
        reasons = [Finding("undo_collided", {})]
    if reasons:
        stored = [reason.stored() for reason in reasons]
        batch.refusal = {"code": "undo_refused", "params": {"reasons": stored}}
        move(batch, State.APPLIED)


def reasons_against(batch: ImportBatch) -> list[Finding]:
    """Later changes of the same rows, later facts about people it created, issued documents."""
    people = _people(batch)
    reasons: list[Finding] = []
    for model in registry.tables().values():
        rows = bulk.touched_since(batch.pk, model)
        if rows:
            ids = sorted({person for _row, person in rows if person is not None})
            reasons.append(_reason("later_change", model, len(rows), ids))
    reasons.extend(_later_facts(batch))
    officer = batch.undone_by_id
    if officer and Employee.everyone.filter(id__in=people, user_id=officer).exists():
        reasons.append(Finding("own_record", {}))
    for blocker in registry.blockers:
        reasons.extend(blocker(batch, people))
    return reasons


def _reason(code: str, model: type[Model], count: int, people: Sequence[int]) -> Finding:
    names = Employee.everyone.filter(id__in=people[:_SHOWN]).order_by("name")
    listed = [employee.full_name for employee in names]
    return Finding(code, {"what": model._meta.label, "count": count, "people": listed})


def _later_facts(batch: ImportBatch) -> list[Finding]:
    """What others have since recorded about people whom the batch created."""
    created = _created(batch, Employee)
    reasons = []
    for relation in Employee._meta.related_objects if created else ():
        model = relation.related_model
        if model in registry.derived or not isinstance(model, type):
            continue
        column = relation.field.attname
        rows = model._base_manager.filter(**{f"{column}__in": created})
        own = ImportChange.objects.filter(batch=batch, table=model._meta.db_table)
        rows = rows.exclude(pk__in=own.values("row_id"))
        people = sorted(set(rows.values_list(column, flat=True)))
        if people:
            reasons.append(_reason("later_fact", model, rows.count(), people))
    return reasons


def _created(batch: ImportBatch, model: type[Model]) -> list[int]:
    changes = ImportChange.objects.filter(
        batch=batch, table=model._meta.db_table, before__isnull=True
    )
    return list(changes.values_list("row_id", flat=True))


def _people(batch: ImportBatch) -> list[int]:
    ids = ImportChange.objects.filter(batch=batch).values_list("employee_id", flat=True)
    return sorted({pk for pk in ids if pk is not None})


def _lock_people(batch: ImportBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM employees_employee WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [_people(batch)],
        )


def _undo(batch: ImportBatch) -> None:
    people = _people(batch)
    now = timezone.now()
    kind = registry.kind(batch.kind)
    kind.undoing(batch)
    for model in reversed(list(registry.tables().values())):
        keep = _kept(batch, model)
        if keep:
            model._base_manager.filter(pk__in=keep).update(withdrawn_at=now)
        if model is Employee:
            gone = sorted(set(_created(batch, Employee)) - keep)
            for clean in registry.cleaners:
                clean(gone)
        bulk.delete_created(batch.pk, model, sorted(keep))
        bulk.restore_changed(batch.pk, model)
    if kind.is_fact:
        mark_changed(people)
    with connection.cursor() as cursor:  # deferred constraints speak now, inside the try
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    batch.undone_at = now
    batch.refusal = None
    move(batch, State.UNDONE)


def _kept(batch: ImportBatch, model: type[Model]) -> set[int]:
    keeper = registry.keepers.get(model)
    created = _created(batch, model) if keeper else []
    return keeper(created) if keeper and created else set()
