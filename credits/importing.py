"""The kinds of import about points: ratings, opening balances, and the combined recap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.policy import allows
from credits.importing_claims import CLAIMS
from credits.models import (
    Document,
    LedgerEntry,
    LedgerHead,
    OpeningBalance,
    Rating,
    RunChange,
    RunIssue,
)
from credits.rules import conversion, editions
from credits.rules.errors import RuleError
from credits.rules.months import Segment, Span, split_months
from credits.rules.units import amount_text, display, from_units
from credits.services.openings import units_of
from credits.services.periods import closed_periods
from credits.services.ratings import (
    check_period,
    closed_refusal,
    identical,
    in_force,
    place_entered,
)
from employees.importing import columns as c
from employees.importing import facets, registry
from employees.importing.facets import Context
from employees.importing.plan import (
    CHANGED,
    NEW,
    Finding,
    Person,
    SheetRow,
    propose_update,
)
from employees.importing.reading import refuse_conflict
from employees.importing.registry import Kind, Read
from employees.models import Appointment, Employee, ImportBatch, Rank, UnitMembership
from employees.services.facts import FactError
from employees.sheets.columns import Column

PREDICATES = {
    "Sangat Baik": "sangat_baik",
    "Baik": "baik",
    "Butuh Perbaikan": "butuh_perbaikan",
    "Cukup": "butuh_perbaikan",
    "Kurang": "kurang",
    "Sangat Kurang": "sangat_kurang",
}
_PREDICATE_HEADINGS = ("Predikat", "Predikat Kinerja", "Hasil Penilaian Kinerja", "Nilai Kinerja")
PREDICATE = Column(
    "predicate", _PREDICATE_HEADINGS, "choice", required=True, mandatory=True, choices=PREDICATES
)
STATED = Column(
    "stated",
    ("Angka Kredit", "AK", "Nilai AK", "Jumlah AK"),
    "amount",
    required=True,
    mandatory=True,
)
YEAR = Column("year", ("Tahun", "Tahun Penilaian", "Tahun SKP"), "int")
YEARS = range(2017, 2041)


def _optional(column: Column) -> Column:
    return Column(
        column.key,
        column.headings,
        column.type,
        choices=column.choices,
        max_length=column.max_length,
        decimals=column.decimals,
    )


# A wide recap has a column per year; each becomes a rating of that whole year.
WIDE = tuple(
    Column(
        f"predicate_{year}",
        (
            f"Predikat {year}",
            f"{year}",
            f"Predikat Kinerja {year}",
            f"Tahun {year}",
            f"SKP {year}",
            f"Kinerja {year}",
        ),
        "choice",
        choices=PREDICATES,
    )
    for year in YEARS
)


@dataclass(frozen=True)
class Stated:
    """A rating that a row states."""

    start: date
    end: date
    predicate: str
    evidence: str


def _whole_year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _missing_of_ratings(keys: set[str]) -> list[str]:
    """Either a predikat with a period or a year, or one column per year at least."""
    if any(column.key in keys for column in WIDE):
        return []
    missing = [] if "predicate" in keys else [PREDICATE.headings[0]]
    if "year" not in keys:
        missing += [x.headings[0] for x in (c.PERIOD_START, c.PERIOD_END) if x.key not in keys]
    return missing


def _period_of(values: Mapping[str, Any]) -> tuple[date, date] | None:
    if values.get("start") and values.get("end"):
        return values["start"], values["end"]
    year = values.get("year")
    return _whole_year(year) if year is not None and year in YEARS else None


def _stated_ratings(row: SheetRow) -> list[Stated]:
    """The ratings of a row, one or (wide) several; errors where it states none."""
    evidence = row.get("evidence") or ""
    wide = [
        Stated(*_whole_year(year), row.get(column.key), evidence)
        for year, column in zip(YEARS, WIDE, strict=True)
        if row.get(column.key)
    ]
    if wide and not row.get("predicate"):
        return wide
    if not row.get("predicate"):
        row.error("cell_empty", "predicate")
        return []
    period = _period_of(row.values)
    if period is None:
        given = row.get("year")
        if given:
            row.error("year_out_of_range", "year", value=given, first=YEARS[0], last=YEARS[-1])
        else:
            row.error("cell_empty", "end" if row.get("start") else "start")
        return []
    return [Stated(*period, row.get("predicate"), evidence)]


def _place_rating(row: SheetRow, person: Person, stated: Stated, context: Context) -> None:
    """Propose a rating that waits for approval, and what it replaces (E-04)."""
    refusal = check_period(stated.start, stated.end)
    if refusal is not None:
        row.error(refusal.code, "end", **refusal.params)
        return
    standing = [r for r in person.of(Rating) if r.values.get("superseded_by_id") is None]
    replaces, at_once, refusal = place_entered(stated.start, stated.end, standing)
    same = None
    if refusal is None:
        same, refusal = identical(stated.start, stated.end, stated.predicate, replaces, at_once)
    if refusal is None and same is None:
        refusal = closed_refusal(stated.end, _closed(context))
    if refusal is not None:
        row.error(refusal.code, "start", **refusal.params)
    elif same is None:
        _propose_rating(row, person, stated, (replaces, at_once), context)
    elif stated.evidence and stated.evidence != same.values.get("evidence_number"):
        shown = ("rating.evidence_number", same.values["evidence_number"], stated.evidence)
        propose_update(row, same, {"evidence_number": stated.evidence}, [shown])


def _closed(context: Context) -> list[tuple[date, date]]:
    if "closed" not in context.memo:
        context.memo["closed"] = closed_periods()
    closed: list[tuple[date, date]] = context.memo["closed"]
    return closed


def _propose_rating(
    row: SheetRow,
    person: Person,
    stated: Stated,
    found: tuple[list[Any], list[Any]],
    context: Context,
) -> None:
    replaces, at_once = found

    def act() -> None:
        rating = person.create(
            Rating,
            {
                "start": stated.start,
                "end": stated.end,
                "predicate": stated.predicate,
                "evidence_number": stated.evidence,
                "state": Rating.State.ENTERED.value,
                "source": Rating.Source.IMPORT.value,
                "batch_id": context.batch,
                "entered_by_id": context.actor,
                "superseded_by_id": None,
            },
        )
        for other in at_once:
            other.set({"superseded_by_id": rating})

    covered = [*replaces, *at_once]
    period = f"{stated.start.isoformat()}/{stated.end.isoformat()}"
    shown: list[tuple[str, Any, Any]] = [
        ("rating.replaces", f"{r.start.isoformat()}/{r.end.isoformat()}", r.predicate)
        for r in covered
    ]
    corrected = next((r for r in covered if (r.start, r.end) == (stated.start, stated.end)), None)
    before = corrected.predicate if corrected else None
    shown += [("rating.period", None, period), ("rating.predicate", before, stated.predicate)]
    row.propose(CHANGED if corrected else NEW, act, shown)
    if covered:
        row.warn("rating_replaces", count=len(covered))


def _length(row: SheetRow) -> tuple[Any, ...]:
    """Shorter periods of a year first, so that a year in the same sheet replaces its quarters."""
    start, end = _period_of(row.values) or (date.min, date.min)
    return start.year, end - start, start, row.number


def _plan_ratings(person: Person, rows: list[SheetRow], context: Context) -> None:
    known = [row for row in rows if facets.person_known(row, person)]
    stated = {row.number: _stated_ratings(row) for row in known}
    _refuse_contradictions(known, stated)
    for row in sorted(rows, key=_length):
        if not row.errors:
            for rating in stated[row.number]:
                _place_rating(row, person, rating, context)
        row.settle()


def _refuse_contradictions(rows: list[SheetRow], stated: Mapping[int, list[Stated]]) -> None:
    """Wide rows may state one year twice: those that do so differently are all refused."""
    seen: dict[tuple[date, date], dict[str, list[SheetRow]]] = {}
    for row in rows:
        for one in stated[row.number]:
            seen.setdefault((one.start, one.end), {}).setdefault(one.predicate, []).append(row)
    for (start, _end), stating in seen.items():
        if len(stating) > 1:
            key = f"predicate_{start.year}"
            contradicting = [row for group in stating.values() for row in group]
            refuse_conflict([r for r in contradicting if not r.errors], key)


RATINGS = Kind(
    code="ratings",
    title=_("Performance ratings"),
    columns=(
        c.NIP,
        c.NAME_SEEN,
        YEAR,
        _optional(c.PERIOD_START),
        _optional(c.PERIOD_END),
        _optional(PREDICATE),
        _optional(c.EVIDENCE),
        *WIDE,
    ),
    reads=(Read(Rating, in_force()),),
    identity=lambda values: _period_of(values) or tuple(k for k in sorted(values) if "_2" in k),
    plan=_plan_ratings,
    example={
        "nip": "199001012015011999",
        "name": "Dr. Budi Santoso, S.H., M.H.",
        "start": "2025-01-01",
        "end": "2025-12-31",
        "predicate": "Baik",
        "evidence": "EK/2025/001",
    },
    missing=_missing_of_ratings,
)

OPENING_KINDS = {
    "PAK": "pak",
    "PAK Terakhir": "pak",
    "Integrasi": "integration",
    "PAK Integrasi": "integration",
    "Penyetaraan": "penyetaraan",
    "Penyetaraan/Inpassing": "penyetaraan",
    "Inpassing": "penyetaraan",
}


def _plan_openings(person: Person, rows: list[SheetRow], context: Context) -> None:
    for row in rows:
        if facets.person_known(row, person):
            _propose_opening(row, person)
        row.settle()


def _propose_opening(row: SheetRow, person: Person) -> None:
    try:
        units = units_of(row.get("points"))
    except FactError as problem:
        row.error(problem.code, "points")
        return
    values = {
        "on": row.get("on"),
        "kind": row.get("kind") or OpeningBalance.Kind.PAK.value,
        "units": units,
        "document_number": row.get("document_number") or "",
        "document_date": row.get("document_date"),
        "superseded_by_id": None,
    }
    held = next((o for o in person.of(OpeningBalance)), None)
    blank = {k for k, v in values.items() if v in ("", None)}
    if held is not None and all(held.values[k] == v for k, v in values.items() if k not in blank):
        return
    old = held.values if held else {}

    def act() -> None:
        opening = person.create(OpeningBalance, values)
        if held is not None:
            held.set({"superseded_by_id": opening})

    changes: list[tuple[str, Any, Any]] = [
        ("openingbalance.units", _points(old.get("units")), _points(units)),
        ("openingbalance.on", old["on"].isoformat() if old else None, values["on"].isoformat()),
    ]
    row.propose(CHANGED if held else NEW, act, changes)


def _points(units: int | None) -> str | None:
    return None if units is None else amount_text(from_units(units))


OPENING = Kind(
    code="opening",
    title=_("Opening balances"),
    columns=(
        c.NIP,
        c.NAME_SEEN,
        Column(
            "on",
            ("Tanggal", "Per Tanggal", "Tanggal Saldo", "Tanggal Saldo Awal", "TMT AK"),
            "date",
            required=True,
            mandatory=True,
        ),
        Column(
            "points",
            (
                "Angka Kredit",
                "AK",
                "Saldo Awal",
                "AK Kumulatif",
                "Jumlah AK",
                "Angka Kredit Kumulatif",
            ),
            "amount",
            required=True,
            mandatory=True,
        ),
        Column("kind", ("Jenis", "Jenis PAK", "Jenis Saldo"), "choice", choices=OPENING_KINDS),
        Column("document_number", ("Nomor PAK", "No. PAK", "No PAK"), "text", max_length=120),
        Column("document_date", ("Tanggal PAK", "Tgl PAK", "Tgl. PAK"), "date"),
    ),
    reads=(Read(OpeningBalance, in_force()),),
    identity=lambda values: (),
    plan=_plan_openings,
    example={
        "nip": "199001012015011999",
        "name": "Dr. Budi Santoso, S.H., M.H.",
        "on": "2022-12-31",
        "points": "137.5",
        "kind": "Integrasi",
        "document_number": "PAK/2022/017",
        "document_date": "2023-02-15",
    },
)


def _plan_combined(person: Person, rows: list[SheetRow], context: Context) -> None:
    """One row per person and period, oldest first; facts first, then the rating."""
    first = min(row.get("start") for row in rows)
    for row in sorted(rows, key=_length):
        start = row.get("start")
        facets.person_of_row(row, person, context, master=False)
        facets.rank(row, person, first if not person.of(Rank) else start)
        facets.unit(row, person, context, first if not person.of(UnitMembership) else start)
        wanted = facets.post(row, context)
        if wanted is not None:
            held = person.of(Appointment)
            facets.appointment(row, person, context, wanted, start if held else first)
        stated = Stated(start, row.get("end"), row.get("predicate"), row.get("evidence") or "")
        _place_rating(row, person, stated, context)
        row.settle()
    for row in rows:
        if context.comparing and not row.errors:
            _compare_points(row, person, context)


def _compare_points(row: SheetRow, person: Person, context: Context) -> None:
    """What the sheet states against what the rules give, half-up at the decimals stated."""
    ours = _our_points(row, person, context)
    if ours is None:
        return
    places: int = row.get("stated_places")
    stated, computed = display(row.get("stated"), places), display(ours, places)
    if computed != stated:
        row.differences.append(
            {
                "row": row.number,
                "column": row.headings["stated"],
                "stated": stated,
                "ours": computed,
                "exact": amount_text(ours),
            }
        )


def _our_points(row: SheetRow, person: Person, context: Context) -> Fraction | None:
    """The points of the row's period at the levels held then; None where we do not compute."""
    start, end = row.get("start"), row.get("end")
    held = tuple(
        (max(a.start, start), min(a.end or end, end), (a.position_id, a.level))
        for a in person.of(Appointment)
        if a.start <= end and (a.end is None or a.end >= start)
    )
    total = Fraction(0)
    try:
        for part in _segments(start, end, held):
            position, level = part.value
            code = context.book.position_codes[position]
            edition = editions.edition_for_period(start, end, code)
            if edition.regime != editions.CONVERSION:
                return None
            total += conversion.period_points(
                edition, level, row.get("predicate"), part.months
            ).points
    except RuleError:
        return None
    return total


_Held = tuple[date, date, tuple[int, str]]


@lru_cache(maxsize=4096)
def _segments(
    start: date, end: date, held: tuple[_Held, ...]
) -> tuple[Segment[tuple[int, str]], ...]:
    """Cached: most people of a sheet held one post through one period."""
    return split_months(start, end, [Span(*one) for one in held])


COMBINED = Kind(
    code="combined",
    title=_("Combined recap (one row per person and period)"),
    columns=(
        c.NIP,
        c.NAME,
        c.POSITION,
        c.LEVEL,
        c.PERIOD_START,
        c.PERIOD_END,
        PREDICATE,
        STATED,
        c.EVIDENCE,
        c.GOLONGAN,
        c.RANK_FROM,
        c.APPOINTED_FROM,
        c.UNIT,
    ),
    reads=(Read(Rank), Read(UnitMembership), Read(Appointment), Read(Rating, in_force())),
    identity=lambda values: _period_of(values),
    plan=_plan_combined,
    example={
        "nip": "199001012015011999",
        "name": "Dr. Budi Santoso, S.H., M.H.",
        "position": "Analis Kebijakan",
        "level": "Ahli Muda",
        "start": "2025-01-01",
        "end": "2025-12-31",
        "predicate": "Baik",
        "stated": "25.00",
        "evidence": "EK/2025/001",
        "golongan": "III/c",
        "rank_from": "2023-04-01",
        "appointed_from": "2023-04-01",
    },
)


def _people_with_entries(ids: Sequence[int]) -> set[int]:
    return set(
        LedgerEntry.objects.filter(employee_id__in=ids)
        .order_by()
        .values_list("employee_id", flat=True)
    )


def _resting_on(source: str) -> registry.Keeper:
    """The rows that ledger entries name as their source."""

    def resting(ids: Sequence[int]) -> set[int]:
        entries = LedgerEntry.objects.filter(source=source, source_id__in=ids).order_by()
        return {pk for pk in entries.values_list("source_id", flat=True) if pk is not None}

    return resting


def _documents_since(batch: ImportBatch, people: Sequence[int]) -> list[Finding]:
    """Forms made for the people of a batch after it was applied rest on what it wrote."""
    found = Document.objects.filter(employee_id__in=people, created_at__gte=batch.applied_at)
    fields = ("form", "period_start", "period_end")
    people_fields = ("front_title", "name", "back_title")
    shown = found.select_related("employee").order_by("id")
    shown = shown.only(*fields, *(f"employee__{name}" for name in people_fields))
    listed = [
        f"{d.get_form_display()} {d.period_start:%d-%m-%Y} s.d. {d.period_end:%d-%m-%Y}: "
        f"{d.employee.full_name}"
        for d in shown[:50]
    ]
    if not listed:
        return []
    return [Finding("documents_issued", {"count": found.count(), "documents": listed})]


def _clean(people: Sequence[int]) -> None:
    """What was derived about people who go; nobody with ledger entries goes."""
    for model in (LedgerHead, RunChange, RunIssue):
        model._base_manager.filter(employee_id__in=people).delete()


def _approval(batch: ImportBatch, user: Any) -> dict[str, Any] | None:
    """What the page of a batch says about the second person."""
    if batch.state != ImportBatch.State.APPLIED:
        return None
    ratings = Rating.objects.filter(in_force(), batch=batch)
    waiting = ratings.filter(state=Rating.State.ENTERED).count()
    if not waiting and batch.approved_at is None:
        return None
    own = user.pk == batch.applied_by_id
    may = allows(user, "rating_approval", "change")
    return {
        "waiting": waiting,
        "returned": ratings.filter(state=Rating.State.RETURNED).count(),
        "own": own,
        "may": may and not own,
        "may_see": allows(user, "rating_approval", "view"),
    }


def register() -> None:
    registry.panels.append(("credits/import_approval.html", _approval))
    for kind in (RATINGS, OPENING, COMBINED, CLAIMS):
        registry.register(kind)
    registry.register_undo(
        keep={
            Employee: _people_with_entries,
            Rating: _resting_on("rating"),
            OpeningBalance: _resting_on("opening"),
        },
        block=_documents_since,
        clean=_clean,
        ignore=(LedgerEntry, LedgerHead, RunChange, RunIssue, Document),
    )
