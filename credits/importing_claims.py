"""Importing claims: a row per activity. Applied, each person has a draft per period, to be given
its evidence and handed in as any other; points are computed here and never read from the sheet.

A row about somebody out of reach of whoever imports, or who applies, is refused; the others go on.
"""

from collections.abc import Hashable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import Scope, scopes, visible
from credits.models import (
    ActivityItem,
    Claim,
    ClaimEditor,
    ClaimItem,
    JointWork,
)
from credits.rules.claim_states import STANDING, State
from credits.rules.claims import Element, Work, points_of, same_words
from credits.rules.editions import CONVENTIONAL, current
from credits.rules.errors import RuleError
from credits.rules.units import amount_text, from_units, to_units
from credits.services.claims import drafts
from credits.services.claims.conventional import Conventional
from employees.importing import columns as c
from employees.importing import facets
from employees.importing.facets import Context
from employees.importing.plan import NEW, Person, Rec, SheetRow, covering
from employees.importing.registry import Kind, Read
from employees.models import Appointment, Employee, ImportBatch, ImportChange, Rank, UnitMembership
from employees.sheets.columns import Column, fold

AUTHORS = range(2, 5)  # a lead author and three helpers at most
_KIND = Conventional.code
_NEEDED: dict[str, Any] = {"required": True, "mandatory": True}


def _identity(values: Mapping[str, Any]) -> Hashable:
    """What a row is about, beside the person: the activity with its dates and words."""
    keys = ("start", "end", "code", "item_start", "item_end", "description", "work_title")
    return tuple(values.get(key) for key in keys)


def _plan(person: Person, rows: list[SheetRow], context: Context) -> None:
    for row in sorted(rows, key=lambda r: r.number):
        if facets.person_known(row, person) and _in_reach(row, person, context):
            _propose(row, person, context)
        row.settle()


# ------------------------------------------------------------------ what is read once


def _memo(context: Context, key: Hashable, read: Any) -> Any:
    name = repr(("claims", key))
    if name not in context.memo:
        context.memo[name] = read()
    return context.memo[name]


def _in_reach(row: SheetRow, person: Person, context: Context) -> bool:
    """Whether whoever imports writes claims for this person; the console reaches everybody."""
    reach = _memo(context, "reach", lambda: _reach(context))
    if reach is None or (person.employee is not None and person.employee.id in reach):
        return True
    row.error("claim_out_of_reach", "nip")
    return False


def _reach(context: Context) -> set[int] | None:
    """The people within reach; None = all."""
    if context.actor is None:
        return None
    user = User.objects.get(pk=context.actor)
    if Scope.ALL in scopes(user, "claimant", "add"):
        return None
    people = visible(Employee.objects.all(), user, "claimant", "add", context.today)
    return set(people.values_list("pk", flat=True))


def _activity(row: SheetRow, position: int, context: Context) -> ActivityItem | None:
    """The activity of a code in the table that was in force on the dates of the work."""
    known = _memo(context, ("activities", position), lambda: _activities(position))
    for item in known.get(fold(row.get("code")), ()):
        table = item.table
        until = table.end or date.max
        if table.start <= row.get("item_start") and row.get("item_end") <= until:
            return item
    row.error("claim_activity_unknown", "code", value=row.get("code")[:40])
    return None


def _activities(position: int) -> dict[str, list[ActivityItem]]:
    found: dict[str, list[ActivityItem]] = {}
    rows = ActivityItem.objects.filter(table__position=position).select_related("table")
    for item in rows:
        found.setdefault(fold(item.code), []).append(item)
    return found


# ------------------------------------------------------------------ one row


def _propose(row: SheetRow, person: Person, context: Context) -> None:
    _dates(row)
    post = covering(person.of(Appointment), row.get("end"))
    golongan = _golongan(person, row.get("end"))
    if post is None or not golongan:
        row.error("claim_not_a_holder", "end", on=row.get("end").isoformat())
    if row.errors or post is None:
        return
    activity = _activity(row, post.position_id, context)
    if activity is None:
        return
    _product(row, activity)
    joint = _joint(row)
    units = _points(row, activity, post, joint, context)
    claim = _claim(row, person)
    if row.errors or units is None or _is_there(row, claim, activity, context):
        return
    frame = {
        "kind": _KIND,
        "path": _memo(
            context,
            ("path", post.position_id),
            lambda: drafts.path_for(_KIND, post.position_id, context.today),
        ),
        "state": State.DRAFT.value,
        "period_start": row.get("start"),
        "period_end": row.get("end"),
        "position_id": post.position_id,
        "level": post.level,
        "golongan": golongan,
        "unit_id": _unit(person, row.get("end")),
        "late_reason": row.get("late_reason") or "",
        "created_by_id": context.actor,
        "edited_at": timezone.now(),
    }
    item = {
        "activity_id": activity.pk,
        "start": row.get("item_start"),
        "end": row.get("item_end"),
        "quantity": row.get("quantity"),
        "description": row.get("description") or "",
        "assignment_letter": row.get("letter") or "",
        "points_units": units,
    }
    shown = [
        ("claim.period", None, f"{row.get('start'):%d-%m-%Y} – {row.get('end'):%d-%m-%Y}"),
        ("claimitem.activity", None, f"{activity.code} {activity.name}"),
        ("claimitem.quantity", None, f"{row.get('quantity')} {activity.product}"),
        ("claimitem.points", None, amount_text(from_units(units))),
    ]
    if joint:
        words = f"{joint.title} ({joint.place}/{joint.authors})"
        shown.append(("claimitem.work", None, words))
    row.propose(NEW, lambda: _write(person, claim, frame, item, joint, context), shown)


def _dates(row: SheetRow) -> None:
    for first, last in (("start", "end"), ("item_start", "item_end")):
        start, end = row.get(first), row.get(last)
        if end < start:
            row.error("end_before_start", last, start=start.isoformat(), end=end.isoformat())
    if row.get("item_start") < row.get("start") or row.get("item_end") > row.get("end"):
        start, end = row.get("start").isoformat(), row.get("end").isoformat()
        row.error("claim_outside_period", "item_start", start=start, end=end)
    if row.get("quantity") < 1:
        row.error("claim_quantity", "quantity")


def _golongan(person: Person, day: date) -> str:
    ranks = [r for r in person.of(Rank) if r.effective_on <= day]
    return str(max(ranks, key=lambda r: r.effective_on).golongan) if ranks else ""


def _unit(person: Person, day: date) -> int | None:
    member = covering(person.of(UnitMembership), day)
    return member.unit_id if member else None


def _product(row: SheetRow, activity: ActivityItem) -> None:
    """The unit of the sheet must be the one that the regulation counts in."""
    stated = row.get("product")
    if stated and fold(stated) != fold(activity.product):
        row.error("claim_product", "product", stated=stated[:40], known=activity.product[:40])


def _joint(row: SheetRow) -> drafts.Joint | None:
    title, authors, place = row.get("work_title"), row.get("authors"), row.get("place")
    if not title and not place and authors in (None, 1):
        return None
    if not title or authors not in AUTHORS or not place or not 1 <= place <= authors:
        row.error("claim_joint", "work_title")
        return None
    return drafts.Joint(title, authors, place, row.get("published_on"))


def _points(
    row: SheetRow,
    activity: ActivityItem,
    post: Rec,
    joint: drafts.Joint | None,
    context: Context,
) -> int | None:
    code = context.book.position_codes[post.position_id]
    edition = _memo(context, ("edition", code), lambda: current().latest(CONVENTIONAL, code))
    work = Work(
        row.number,
        Element(activity.element),
        Fraction(activity.points),
        row.get("quantity"),
        activity.level,
        joint.authors if joint else 1,
        joint.place if joint else 1,
    )
    if row.errors:
        return None
    try:
        return to_units(points_of(edition, work, post.level).points)
    except RuleError:
        row.error("claim_no_points", "code")
        return None


def _claim(row: SheetRow, person: Person) -> Rec | None:
    """The draft of this period, on record or of a row above; an error once it was handed in."""
    same = [
        claim
        for claim in person.of(Claim)
        if (claim.period_start, claim.period_end) == (row.get("start"), row.get("end"))
    ]
    for claim in same:
        if claim.state != State.DRAFT:
            row.error("claim_handed_in", "start")
    return next((claim for claim in same if claim.state == State.DRAFT), None)


def _is_there(row: SheetRow, claim: Rec | None, activity: ActivityItem, context: Context) -> bool:
    """Whether the draft holds the activity already: the same row again changes nothing."""
    if claim is None or claim.id is None:
        return False
    known = _memo(context, ("items", claim.id), lambda: _items(claim.id))
    for item in known:
        same = (item.activity_id, item.start, item.end) == (
            activity.pk,
            row.get("item_start"),
            row.get("item_end"),
        )
        if same and same_words(item.description, row.get("description") or ""):
            if item.quantity != row.get("quantity"):
                row.error("claim_item_there", "quantity", number=item.number)
            return True
    return False


def _items(claim_id: int | None) -> list[ClaimItem]:
    return list(ClaimItem.objects.filter(claim=claim_id).order_by("number"))


# ------------------------------------------------------------------ what is written


def _write(
    person: Person,
    claim: Rec | None,
    frame: dict[str, Any],
    item: dict[str, Any],
    joint: drafts.Joint | None,
    context: Context,
) -> None:
    if claim is None:
        claim = person.create(Claim, frame)
    elif claim.id is not None and "version" not in claim.original:
        claim.set({"version": claim.version + 1, "edited_at": frame["edited_at"]})
    place: dict[str, Any] = {"work_id": None, "place": None}
    if joint is not None:
        place = {"work_id": _work(person, joint, context), "place": joint.place}
    number = _next_number(person, claim)
    values = item | place | {"claim_id": claim, "number": number}
    person.create(ClaimItem, values)


def _next_number(person: Person, claim: Rec) -> int:
    """One more than the highest number of the claim, on record or of the rows above."""
    fresh = [i.number for i in person.of(ClaimItem) if i.claim_id is claim]
    if fresh:
        return int(max(fresh)) + 1
    known = _items(claim.id) if claim.id is not None else []
    return max((i.number for i in known), default=0) + 1


def _work(person: Person, joint: drafts.Joint, context: Context) -> Any:
    """The work as it is known, or as a row above has entered it; else a new one."""
    key = ("work", fold(joint.title), joint.authors, joint.published_on)
    found = _memo(context, key, lambda: _known_work(joint))
    if found is None:
        title = " ".join(joint.title.split())
        values = {
            "title": title,
            "authors": joint.authors,
            "published_on": joint.published_on,
            "created_by_id": context.actor,
        }
        found = context.memo[repr(("claims", key))] = person.create(JointWork, values)
    return found


def _known_work(joint: drafts.Joint) -> int | None:
    for work in drafts.find_works(joint.title, exact=True):
        days = {work.published_on, joint.published_on} - {None}
        if work.authors == joint.authors and not work.undetermined and len(days) <= 1:
            return work.pk
    return None


def _undoing(batch: ImportBatch) -> None:
    """Who has one of the drafts open does not hold it: nothing was changed in it since."""
    made = ImportChange.objects.filter(batch=batch, table=Claim._meta.db_table, before__isnull=True)
    ClaimEditor.objects.filter(claim__in=made.values("row_id")).delete()


CLAIMS = Kind(
    code="claims",
    title=_("Claims: activities of conventional claims (DUPAK)"),
    columns=(
        c.NIP,
        c.NAME_SEEN,
        c.PERIOD_START,
        c.PERIOD_END,
        Column("code", ("Kode Butir", "Kode Kegiatan", "Kode"), "text", max_length=30, **_NEEDED),
        Column(
            "item_start",
            ("Tanggal Kegiatan Mulai", "Kegiatan Mulai", "Mulai Kegiatan"),
            "date",
            **_NEEDED,
        ),
        Column(
            "item_end",
            ("Tanggal Kegiatan Selesai", "Kegiatan Selesai", "Selesai Kegiatan"),
            "date",
            **_NEEDED,
        ),
        Column("quantity", ("Jumlah", "Volume", "Kuantitas", "Jumlah Volume"), "int", **_NEEDED),
        Column("product", ("Satuan", "Satuan Hasil"), "text", max_length=120),
        Column(
            "description",
            ("Uraian", "Uraian Kegiatan", "Keterangan"),
            "text",
            max_length=500,
        ),
        Column("letter", ("Nomor Surat Tugas", "Surat Tugas"), "text", max_length=120),
        Column("work_title", ("Judul Karya", "Judul Karya Bersama"), "text", max_length=300),
        Column("published_on", ("Tanggal Karya", "Tanggal Terbit"), "date"),
        Column("authors", ("Jumlah Penulis",), "int"),
        Column("place", ("Penulis Ke", "Urutan Penulis"), "int"),
        Column(
            "late_reason",
            ("Alasan Keterlambatan", "Alasan Terlambat"),
            "text",
            max_length=500,
        ),
    ),
    reads=(
        Read(Appointment),
        Read(Rank),
        Read(UnitMembership),
        Read(Claim, Q(kind=_KIND, state__in=[str(s) for s in STANDING])),
    ),
    writes=(JointWork, ClaimItem),
    identity=_identity,
    plan=_plan,
    resource="claim_import",
    is_fact=False,
    undoing=_undoing,
    example={
        "nip": "199001012015011999",
        "name": "Dr. Budi Santoso, S.H., M.H.",
        "start": "2022-01-01",
        "end": "2022-06-30",
        "code": "I.A.1",
        "item_start": "2022-02-01",
        "item_end": "2022-02-28",
        "quantity": "3",
        "product": "laporan",
        "description": "Laporan bulan Februari 2022",
        "late_reason": "Belum pernah dinilai",
    },
)
