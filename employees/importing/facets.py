"""The facts a row may state about a person: each function checks one and proposes what changes.

An empty cell never erases anything. Every function reads the in-memory image (`Person`), adds
errors and warnings to the row, and proposes operations; nothing is written here.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from employees import nip as nips
from employees.importing.catalogue import Catalogue
from employees.importing.plan import (
    Person,
    Rec,
    SheetRow,
    covering,
    following,
    propose_create,
    propose_dated,
    propose_update,
)
from employees.models import Appointment, Education, Employee, Rank, UnitMembership
from employees.sheets.columns import fold
from employees.sheets.names import split_titles
from positions.ladder import GOLONGAN, PPPK_GRADES

_ORDER = {g.value: g.order for g in GOLONGAN}
_PPPK_MONTH = 21  # from here on the month of a NIP is a PPPK's contract number
_FRONT_LIMIT, _BACK_LIMIT = 60, 100  # of the columns
PLAIN = ("birth_date", "birth_place", "sex", "card_number")


@dataclass
class Context:
    """What planning needs beside the person: the catalogue, the day (Asia/Jakarta), and the
    accounts of the officers at work, whose own records the sheet may not touch (decision 15).

    comparing: whether what the sheet states is compared with ours; the preview does, once.
    batch, actor: what writes, and for whom; rows that a second person approves keep both.
    memo: what a kind has read once for all people.
    """

    book: Catalogue
    today: date
    officers: frozenset[int] = frozenset()
    comparing: bool = True
    batch: int | None = None
    actor: int | None = None
    memo: dict[str, Any] = field(default_factory=dict)


def person_known(row: SheetRow, person: Person) -> bool:
    """Kinds that state facts about somebody refuse a NIP that nobody has."""
    if person.employee is None or person.withdrawn:
        row.error("person_unknown", "nip")
        return False
    _compare_name(row, person.employee)
    return True


def person_of_row(row: SheetRow, person: Person, context: Context, *, master: bool) -> None:
    """Create the person, or (master data) propose what differs, or (a recap) compare the name."""
    _check_nip(row, person)
    stated = _stated(row, person, context)
    if person.employee is None:
        _propose_person(row, person, context, stated)
    elif person.withdrawn:
        row.warn("person_returns")
        stated["withdrawn_at"] = None
        propose_update(row, person.employee, stated, _shown(person.employee, stated))
        row.propose("new", lambda: setattr(person, "withdrawn", False), ())
    elif master:
        different = {k: v for k, v in stated.items() if person.employee.values.get(k) != v}
        if _set_before(row, person.employee, different):
            return
        if different:
            propose_update(row, person.employee, different, _shown(person.employee, different))
    else:
        _compare_name(row, person.employee)


def _set_before(row: SheetRow, rec: Rec, different: dict[str, Any]) -> bool:
    """Two rows of one sheet that state different values for the same thing."""
    twice = sorted(rec.fresh & different.keys())
    if twice:
        row.error("stated_twice", field=twice[0])
    return bool(twice)


def _stated(row: SheetRow, person: Person, context: Context) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    if row.get("name"):
        front, name, back = split_titles(row.get("name"))
        if len(front) > _FRONT_LIMIT or len(back) > _BACK_LIMIT:
            front, name, back = "", row.get("name"), ""  # no letter is lost
        stated |= {"front_title": front, "name": name, "back_title": back}
    stated |= {key: row.get(key) for key in PLAIN if row.get(key)}
    if row.get("employment"):
        stated["employment"] = row.get("employment")
    if row.get("employer"):
        agency = context.book.agency(row.get("employer"))
        if agency is None:
            row.error("agency_unknown", "employer", value=row.get("employer")[:40])
        else:
            stated["employer_id"] = agency
    return stated


def _check_nip(row: SheetRow, person: Person) -> None:
    """Levels 3 and 4 of handbook nip.md: warnings, never facts derived from the number."""
    known = person.employee.values if person.employee else {}
    employment = row.get("employment") or known.get("employment")
    for note in nips.check(
        person.nip,
        employment="PNS" if employment == Employee.Employment.CPNS else employment,
        birth_date=row.get("birth_date") or known.get("birth_date"),
        sex=row.get("sex") or known.get("sex") or None,
    ):
        (row.error if note.severity == "error" else row.warn)(note.code, "nip", **note.params)


def _propose_person(
    row: SheetRow, person: Person, context: Context, stated: dict[str, Any]
) -> None:
    values = {"nip": person.nip, "employer_id": context.book.ministry} | stated
    if "employment" not in values:
        values["employment"] = Employee.Employment.PNS.value
        if nips.parts(person.nip).appointment_month >= _PPPK_MONTH:
            values["employment"] = Employee.Employment.PPPK.value
            row.warn("employment_from_nip", "nip")

    def act() -> None:
        person.employee = Rec(Employee, values, fresh=set(values))

    row.propose("new", act, _shown(None, values))


def _shown(rec: Rec | None, values: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    hidden = {"nip", "employer_id", "withdrawn_at"}
    return [
        (f"employee.{k}", _text(rec.values.get(k)) if rec else None, _text(v))
        for k, v in values.items()
        if k not in hidden and v not in ("", None)
    ]


def _compare_name(row: SheetRow, employee: Rec) -> None:
    """A recap writes names in many ways; only another name is worth a look (wrong NIP?)."""
    if row.get("name"):
        stated = split_titles(row.get("name"))[1]
        if fold(stated) != fold(employee.name):
            row.warn("name_differs", "name", stated=stated[:40], known=employee.name[:40])


def rank(row: SheetRow, person: Person, assumed_from: date | None) -> None:
    """Golongan from its TMT; without one from `assumed_from` (marked), or as it stands."""
    golongan = row.get("golongan")
    if not golongan or not _fits_employment(row, person, golongan):
        return
    ranks = sorted(person.of(Rank), key=lambda r: r.effective_on)
    stated: date | None = row.get("rank_from")
    start = stated or assumed_from
    if start is None:
        if not ranks or ranks[-1].golongan != golongan:
            row.error("rank_date_missing", "rank_from")
        return
    held = next((r for r in reversed(ranks) if r.effective_on <= start), None)
    after = next((r for r in ranks if r.effective_on > start), None)
    same = next((r for r in (held, after) if r is not None and r.golongan == golongan), None)
    if same is not None:
        _rank_date(row, same, stated)
    elif held is not None and held.effective_on == start:
        _correct_rank(row, held, golongan)
    else:
        if stated is None:
            row.warn("rank_start_assumed", "rank_from", start=start.isoformat())
        propose_create(
            row,
            person,
            Rank,
            {"golongan": golongan, "effective_on": start},
            [
                ("rank.golongan", held.golongan if held else None, golongan),
                ("rank.effective_on", None, start.isoformat()),
            ],
        )


def _fits_employment(row: SheetRow, person: Person, golongan: str) -> bool:
    known = person.employee.values if person.employee else {}
    employment = row.get("employment") or known.get("employment")
    is_pppk = (
        employment == Employee.Employment.PPPK
        if employment
        else nips.parts(person.nip).appointment_month >= _PPPK_MONTH
    )
    if is_pppk != (golongan in PPPK_GRADES):
        row.error(
            "golongan_employment",
            "golongan",
            value=golongan,
            employment="PPPK" if is_pppk else "PNS",
        )
        return False
    return True


def _rank_date(row: SheetRow, rank: Rec, stated: date | None) -> None:
    if stated is None or rank.effective_on == stated:
        return
    if "effective_on" in rank.fresh:
        row.error("stated_twice", "rank_from", field="effective_on")
        return
    shown = ("rank.effective_on", rank.effective_on.isoformat(), stated.isoformat())
    propose_update(row, rank, {"effective_on": stated}, [shown])


def _correct_rank(row: SheetRow, held: Rec, golongan: str) -> None:
    if "golongan" in held.fresh:
        row.error("stated_twice", "golongan", field="golongan")
        return
    shown = ("rank.golongan", held.golongan, golongan)
    propose_update(row, held, {"golongan": golongan}, [shown])


def unit(row: SheetRow, person: Person, context: Context, start: date | None) -> None:
    """The unit of the row, held from its TMT, else from `start`, else as it stands or today."""
    if not row.get("unit"):
        return
    pk = context.book.unit(row.get("unit"))
    if pk is None:
        row.error("unit_unknown", "unit", value=row.get("unit")[:40])
        return
    members = person.of(UnitMembership)
    since: date = row.get("unit_from") or start or context.today
    current = covering(members, since)
    after = following(members, since)
    if any(r is not None and r.unit_id == pk for r in (current, after)):
        return
    if current is not None and current.start == since:
        _correct_unit(row, current, pk, context)
        return
    if row.get("unit_from") is None:
        row.warn("unit_start_assumed", "unit", start=since.isoformat())
    names = context.book.unit_names
    shown = ("unitmembership.unit", names[current.unit_id] if current else None, names[pk])
    propose_dated(row, person, UnitMembership, {"unit_id": pk, "start": since}, [shown])


def _correct_unit(row: SheetRow, current: Rec, pk: int, context: Context) -> None:
    if "unit_id" in current.fresh:
        row.error("stated_twice", "unit", field="unit")
        return
    names = context.book.unit_names
    shown = ("unitmembership.unit", names[current.unit_id], names[pk])
    propose_update(row, current, {"unit_id": pk}, [shown])


def education(row: SheetRow, person: Person) -> None:
    """A degree; it counts only once an officer enters when BKN recorded it."""
    degree = row.get("degree")
    if not degree:
        return
    stated = {k: row.get(k) for k in ("subject", "graduated_on") if row.get(k)}
    held = next((r for r in person.of(Education) if r.degree == degree), None)
    if held is None:
        shown = [("education.degree", None, degree)]
        propose_create(row, person, Education, {"degree": degree} | stated, shown)
        return
    different = {k: v for k, v in stated.items() if held.values.get(k) != v}
    if different and not _set_before(row, held, different):
        shown = [
            (f"education.{k}", _text(held.values.get(k)), _text(v)) for k, v in different.items()
        ]
        propose_update(row, held, different, shown)


@dataclass(frozen=True)
class Post:
    """The JF and level a row names."""

    position_id: int
    level: str


def post(row: SheetRow, context: Context) -> Post | None:
    """The JF and level of the row; a level that the JF does not have is refused."""
    book = context.book
    position = book.position(row.get("position"))
    if position is None:
        row.error("position_unknown", "position", value=row.get("position")[:40])
        return None
    level = book.level(position, row.get("level"))
    entries = book.levels[position]
    if level is None or level not in entries:
        code = "level_unknown" if level is None else "level_not_in_position"
        row.error(
            code,
            "level",
            value=row.get("level")[:40],
            position=book.position_names[position],
            allowed=[entry.name for entry in entries.values()],
        )
        return None
    _compare_rank(row, entries[level].rank_low, entries[level].rank_high, entries[level].name)
    return Post(position, level)


def _compare_rank(row: SheetRow, low: str, high: str, level: str) -> None:
    """A rank outside the span of the level exists (promotion pending): to be looked at, no more."""
    order = _ORDER.get(row.get("golongan") or "")
    if order and low in _ORDER and high in _ORDER and not _ORDER[low] <= order <= _ORDER[high]:
        row.warn("rank_outside_level", "golongan", golongan=row.get("golongan"), level=level)


def appointment(
    row: SheetRow, person: Person, context: Context, wanted: Post, assumed_from: date | None
) -> None:
    """The appointment from its TMT; without one the JF held then, or from `assumed_from`, marked.

    Another level or JF than the one held is a new appointment, which closes the one before it.
    """
    stated: date | None = row.get("appointed_from")
    start = stated or assumed_from
    if start is None:
        row.error("appointment_date_missing", "appointed_from")
        return
    held = person.of(Appointment)
    current, after = covering(held, start), following(held, start)
    same = next((r for r in (current, after) if r is not None and _is(r, wanted)), None)
    if same is not None:
        _refine(row, same, stated, start)
    elif stated is None and current is not None and _is_later(after, row, wanted):
        return
    elif current is not None and current.start == start:
        row.error(
            "appointment_conflict",
            "position" if current.position_id != wanted.position_id else "level",
            start=start.isoformat(),
            known=_name(context, current.position_id, current.level),
        )
    else:
        _appoint(row, person, context, wanted, start, current)


def _is(rec: Rec, wanted: Post) -> bool:
    return rec.position_id == wanted.position_id and rec.level == wanted.level


def _is_later(after: Rec | None, row: SheetRow, wanted: Post) -> bool:
    """Promoted within the period of the row: the row names where the person ended."""
    end = row.get("end")
    return after is not None and end is not None and after.start <= end and _is(after, wanted)


def _refine(row: SheetRow, rec: Rec, stated: date | None, start: date) -> None:
    """The same appointment: fill in what the sheet knows more exactly."""
    details = {k: row.get(k) for k in ("way", "origin", "decree_number", "decree_date")}
    different = {k: v for k, v in details.items() if v and rec.values.get(k) != v}
    if stated is not None and (rec.start != stated or rec.start_assumed):
        different |= {"start": stated, "start_assumed": False}
    elif stated is None and rec.start_assumed and start < rec.start:
        different["start"] = start  # an earlier period came later
    if rec.id is None or rec.fresh:
        twice = [k for k in different if k in rec.fresh and rec.values.get(k) not in ("", None)]
        if "start" in twice and rec.start_assumed:
            twice.remove("start")
            twice = [k for k in twice if k != "start_assumed"]
        if twice:
            row.error("stated_twice", "appointed_from", field=twice[0])
            return
    changed = {k: v for k, v in different.items() if rec.values.get(k) != v}
    if changed:
        shown = [
            (f"appointment.{k}", _text(rec.values.get(k)), _text(v))
            for k, v in changed.items()
            if k != "start_assumed"
        ]
        propose_update(row, rec, changed, shown)


def _appoint(
    row: SheetRow, person: Person, context: Context, wanted: Post, start: date, current: Rec | None
) -> None:
    assumed = row.get("appointed_from") is None
    if assumed:
        row.warn("appointment_start_assumed", "appointed_from", start=start.isoformat())
    before = _name(context, current.position_id, current.level) if current else None
    values = {
        "position_id": wanted.position_id,
        "level": wanted.level,
        "start": start,
        "start_assumed": assumed,
        "way": row.get("way") or _way(context, current, wanted),
        "origin": row.get("origin") or "",
        "decree_number": row.get("decree_number") or "",
        "decree_date": row.get("decree_date"),
    }
    shown = [
        ("appointment.position", before, _name(context, wanted.position_id, wanted.level)),
        ("appointment.start", None, start.isoformat()),
    ]
    propose_dated(row, person, Appointment, values, shown)


def _way(context: Context, current: Rec | None, wanted: Post) -> str:
    """What may be said of a new appointment without a decree: only a rise within one JF."""
    if current is None or current.position_id != wanted.position_id:
        return Appointment.Way.UNKNOWN.value
    levels = context.book.levels[wanted.position_id]
    rises = levels[current.level].order < levels[wanted.level].order
    return (Appointment.Way.PROMOTION if rises else Appointment.Way.UNKNOWN).value


def _name(context: Context, position: int, level: str) -> str:
    entry = context.book.levels[position].get(level)
    return f"{context.book.position_names[position]} {entry.name if entry else level}"


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
