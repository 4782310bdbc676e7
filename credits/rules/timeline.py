"""One person's account: from facts to the ledger lines that ought to stand, in order.

Everything that the ledger holds for the conversion regime comes from `expected_lines`. It is a
pure function over plain values; what is posted is the difference between its answer and the
lines in force. The balance on a day is the sum of the lines effective up to that day: AK Dasar
opens a jenjang (E-02), a KP carries everything on (R-021), a KJ resets to zero (R-024).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from credits.rules.conversion import (
    converted_months,
    degree_points,
    period_points,
    study_leave_points,
)
from credits.rules.editions import (
    CONVERSION,
    INTEGRATION,
    Edition,
    Rulebook,
    current,
)
from credits.rules.entry import Origin, transfer_adds_base, transfer_limit
from credits.rules.errors import RuleError
from credits.rules.explained import Explained
from credits.rules.integration import integration_points
from credits.rules.lines import Line, Terms, by_time
from credits.rules.months import Span, split_months, whole_months, without
from credits.rules.targets import base_points, golongan_of
from credits.rules.units import from_units, to_units
from positions.ladder import GOLONGAN, PPPK_GRADES, Level

_DAY = timedelta(days=1)
STOPPING = frozenset({"unpaid_leave", "suspension", "dismissal"})
STUDY = "study"
_EARNING_NOTHING = STOPPING | {STUDY}  # a study assignment is counted by itself (E-10)
EXPERT_DEGREE = 4  # the order of S-1 and D-IV, with which experts begin
OUTSIDE = frozenset(map(str, Origin))  # positions before, outside the functional ones
ANOTHER_POSITION = "jf"
ADJUSTED = ("inpassing", "penyetaraan")  # ways whose points stand in a table, hence in a paper
EQUALISED = "penyetaraan"  # the kind of balance that states them


class Appointment(NamedTuple):
    """A functional position held at a level; `end` None = still held."""

    id: int
    position: str  # catalogue code
    level: str
    start: date
    end: date | None
    way: str  # first, transfer, promotion, inpassing, penyetaraan, reappointment, unknown
    origin: str = ""
    top_rank: bool = False


class Rating(NamedTuple):
    """A performance rating in force."""

    id: int
    start: date
    end: date
    predicate: str


class Pause(NamedTuple):
    """A time that stops (leave, suspension, dismissal) or changes (study) the counting."""

    id: int
    kind: str
    start: date
    end: date | None
    cum_laude: bool = False


class Opening(NamedTuple):
    """What the last PAK states on a day, in units; for an integration the conventional amount."""

    id: int
    on: date
    kind: str
    units: int


class Degree(NamedTuple):
    """A formal degree; `order` grows with its height; `recorded_on` None = not yet recorded."""

    id: int
    order: int
    recorded_on: date | None


class Determined(NamedTuple):
    """A conventional claim as determined: units that count, and by which article and edition."""

    id: int
    on: date  # determined on
    effective_on: date  # the last day of the work
    units: int
    article: str
    edition: str


@dataclass(slots=True)
class Facts:
    """What the counting of one person rests on; every sequence in order of time."""

    employee_id: int
    appointments: Sequence[Appointment] = ()
    ranks: Sequence[tuple[date, str]] = ()  # effective date, golongan
    ratings: Sequence[Rating] = ()
    pauses: Sequence[Pause] = ()
    opening: Opening | None = None
    degrees: Sequence[Degree] = ()
    claims: Sequence[Determined] = ()


class Issue(NamedTuple):
    """What an officer should look at: a code with parameters. `severity` error, skipped, note."""

    severity: str
    code: str
    params: Mapping[str, object]


@dataclass(slots=True)
class Account:
    """The answer: lines in order of effect, findings, and whether the person was computed."""

    rules: Rulebook  # by which it was computed
    lines: list[Line] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    computed: bool = True
    untouched: bool = False  # what stands in the ledger is not ours to judge

    @property
    def balance_units(self) -> int:
        return sum(line.terms.amount_units for line in self.lines)

    def note(self, code: str, **params: object) -> None:
        self.issues.append(Issue("note", code, params))


def expected_lines(facts: Facts, rules: Rulebook | None = None) -> Account:
    """The lines that ought to stand for a person by a set of editions (default: that in force).

    Not computed (``computed`` False, no lines): nobody who holds no functional position, and the
    holders of a JF with rules of its own (decision 8).
    """
    account = Account(rules or current())
    rules = account.rules
    if why := _not_computed(rules, facts.appointments):
        account.computed = False
        account.untouched = why == "own_rules"
        account.issues.append(Issue("skipped", why, {}))
        return account
    held = [a for a in facts.appointments if not _own_rules(rules, a.position)]
    begin = _begin(rules, facts.opening)
    if facts.opening:
        _open(account, facts, held)
    elif held[0].start < begin:
        account.note("opening_missing", on=(begin - _DAY).isoformat())
    _convert(account, facts, held, begin)
    _enter(account, facts, held, begin)
    _study(account, facts, held, begin)
    _degrees(account, facts, held, begin)
    if facts.claims:
        _claims(account, facts, held)
    if len(account.lines) > 1:
        account.lines.sort(key=by_time)
    _reset(account, facts, held, begin)
    return account


def _not_computed(rules: Rulebook, appointments: Sequence[Appointment]) -> str | None:
    if not appointments:
        return "no_appointment"
    return "own_rules" if _own_rules(rules, appointments[-1].position) else None


@lru_cache(maxsize=1024)
def _own_rules(rules: Rulebook, position: str) -> bool:
    try:
        rules.on(date.max, position)
    except RuleError as problem:
        if problem.code == "position.own_rules":
            return True
        raise
    return False


def _begin(rules: Rulebook, opening: Opening | None) -> date:
    """The first day that is counted: the regime's, or the day after the stated balance (E-02)."""
    first = _conversion_start(rules)
    return max(first, opening.on + _DAY) if opening else first


@lru_cache(maxsize=8)
def _conversion_start(rules: Rulebook) -> date:
    return rules.regime_start(CONVERSION)


def held_on(held: Sequence[Appointment], day: date) -> Appointment | None:
    """The appointment in force on a day."""
    for appointment in reversed(held):
        if appointment.start <= day:
            return appointment if appointment.end is None or day <= appointment.end else None
    return None


def golongan_on(ranks: Sequence[tuple[date, str]], day: date) -> str:
    """The rank held on a day, "" when none is known."""
    return next((golongan for start, golongan in reversed(ranks) if start <= day), "")


# ------------------------------------------------------------------ conversion of ratings


class _Converted(NamedTuple):
    """The part of a conversion line that does not depend on the person."""

    amount_units: int
    rule: str
    article: str
    edition: str
    base_units: int
    percent: int


def _units(answer: Explained) -> _Converted:
    return _Converted(
        to_units(answer.points),
        answer.rule,
        answer.article,
        answer.edition,
        to_units(answer.base),
        int(answer.percent),
    )


def _convert(account: Account, facts: Facts, held: Sequence[Appointment], begin: date) -> None:
    """Ratings to points: months / 12 x percent x coefficient of the level held (R-008, E-08)."""
    gaps = [Span(p.start, p.end, None) for p in facts.pauses if p.kind in _EARNING_NOTHING]
    add = account.lines.append
    stretches = iter(() if gaps else [_stretch(account.rules, a, begin) for a in held])
    since, until, terms_of = next(stretches, _NEVER)
    for rating in facts.ratings:
        key, first, last, predicate = rating
        while until < first:
            since, until, terms_of = next(stretches, _NEVER)
        if since <= first and last <= until:
            if terms := terms_of[predicate, first, last]:
                add(_line(Line, (terms, key)))
        elif last >= begin:
            account.lines.extend(_split(account.rules, rating, held, gaps, begin))


class _Conversions(dict[tuple[str, date, date], "Terms | None"]):
    """Terms of a rating's line at one level of a position by one set of editions, by (predicate,
    first, last day).

    Filled as asked for: a ministry has few positions, levels and periods.
    """

    def __init__(self, rules: Rulebook, position: str, level: str) -> None:
        super().__init__()
        self.rules, self.position, self.level = rules, position, level

    def __missing__(self, rating: tuple[str, date, date]) -> Terms | None:
        predicate, first, last = rating
        found = self[rating] = _conversion(
            self.rules, self.position, self.level, predicate, first, last, last
        )
        return found


_NEVER: tuple[date, date, dict[Any, Any]] = (date.max, date.max, {})
_conversions = lru_cache(maxsize=2048)(_Conversions)


def _stretch(
    rules: Rulebook, appointment: Appointment, begin: date
) -> tuple[date, date, dict[Any, Any]]:
    """The first and last day on which whole ratings count for an appointment, and their terms."""
    start, end = appointment.start, appointment.end
    terms_of = _conversions(rules, appointment.position, appointment.level)
    return (start if start > begin else begin, end or date.max, terms_of)


def _split(
    rules: Rulebook,
    rating: Rating,
    held: Sequence[Appointment],
    gaps: Sequence[Span[None]],
    begin: date,
) -> Iterator[Line]:
    first, last = max(rating.start, begin), rating.end
    times = tuple(_within(a.start, a.end, first, last) for a in held)
    stops = tuple(_within(gap.start, gap.end, first, last) for gap in gaps)
    for nth, start, end, earned in _segments(first, last, times, stops):
        holding = held[nth]
        terms = _conversion(
            rules, holding.position, holding.level, rating.predicate, start, end, earned
        )
        if terms:
            yield Line(terms, rating.id)


_Days = tuple[date, date]


def _within(start: date, end: date | None, first: date, last: date) -> _Days | None:
    """The part of a time inside ``first``-``last``; None when there is none."""
    begin, finish = max(start, first), last if end is None else min(end, last)
    return (begin, finish) if begin <= finish else None


@lru_cache(maxsize=8192)
def _segments(
    first: date, last: date, times: tuple[_Days | None, ...], stops: tuple[_Days | None, ...]
) -> tuple[tuple[int, date, date, date], ...]:
    """Which of `times` counts when: (its number, first day, last day, day it was earned).

    Times and stops are cut to ``first``-``last``, so that people with the same dates share the
    answer, whatever their histories before and after.
    """
    spans = [Span(*days, nth) for nth, days in enumerate(times) if days]
    gaps = [Span(*days, None) for days in stops if days]
    # A month that a later appointment cuts counts for the level of its first day, and was
    # earned before the new level began.
    return tuple(
        (part.value, part.start, part.end, min(part.end, _last_day(times[part.value], part.end)))
        for part in split_months(first, last, without(spans, gaps))
    )


def _last_day(days: _Days | None, otherwise: date) -> date:
    return days[1] if days else otherwise


@lru_cache(maxsize=65_536)
def _conversion(
    rules: Rulebook,
    position: str,
    level: str,
    predicate: str,
    start: date,
    end: date,
    earned: date,
) -> Terms | None:
    """The terms of a conversion line; None without a month.

    Cached: a ministry has few positions, levels, and periods.
    """
    months = whole_months(start, end)
    if not months:
        return None
    edition = rules.on(end, position)
    points = _units(period_points(edition, level, predicate, months))
    return Terms(
        "conversion",
        earned.isoformat(),
        points.amount_units,
        points.rule,
        points.article,
        points.edition,
        level,
        "",
        predicate,
        months,
        points.base_units,
        points.percent,
        start.isoformat(),
        end.isoformat(),
        "rating",
    )


_line = tuple.__new__  # what Line() does, without the call in between: one per rating


# ------------------------------------------------------------------ opening and integration


def _open(account: Account, facts: Facts, held: Sequence[Appointment]) -> None:
    opening = facts.opening
    assert opening is not None  # noqa: S101  asked by the caller
    holding = held_on(held, opening.on) or held[0]
    if opening.kind == "integration":
        terms = _integrated(account, facts, holding, opening)
    else:
        on = max(opening.on, _conversion_start(account.rules))
        article, edition = _accumulation(account.rules, holding.position, on)
        terms = Terms(
            "opening",
            opening.on.isoformat(),
            opening.units,
            "opening.stated",
            article,
            edition,
            holding.level,
            "",
            "",
            None,
            opening.units,
            100,
            None,
            None,
            "opening",
        )
    if terms:
        account.lines.append(Line(terms, opening.id))


@lru_cache(maxsize=8192)
def _accumulation(rules: Rulebook, position: str, on: date) -> tuple[str, str]:
    """The article on the sum of points in force on a day, and its edition's key."""
    edition = rules.on(on, position)
    return edition.citation("accumulation").article, edition.key


def _integrated(
    account: Account, facts: Facts, holding: Appointment, opening: Opening
) -> Terms | None:
    """AK integrasi = conventional AK - nilai dasar of the jenjang (R-040, E-15)."""
    golongan = golongan_on(facts.ranks, opening.on)
    if not golongan:
        account.issues.append(Issue("error", "rank_missing", {"on": opening.on.isoformat()}))
        return None
    try:
        edition = account.rules.latest(INTEGRATION, holding.position)
        answer = integration_points(edition, holding.level, golongan, from_units(opening.units))
    except RuleError as problem:
        account.issues.append(Issue("error", problem.code, dict(problem.params)))
        return None
    if not answer.in_range:
        account.note("integration_out_of_range", golongan=golongan)
    parts = _units(answer.explained)
    return Terms(
        "integration",
        opening.on.isoformat(),
        parts.amount_units,
        parts.rule,
        parts.article,
        parts.edition,
        holding.level,
        golongan,
        "",
        None,
        parts.base_units,
        parts.percent,
        None,
        None,
        "opening",
    )


def _claims(account: Account, facts: Facts, held: Sequence[Appointment]) -> None:
    """Conventional points determined after the stated balance: they come on top of it.

    What was determined by the day of that balance is within it, and not counted again. Work of
    the conventional regime counts from the day of the balance, hence at the level held then.
    """
    opening = facts.opening
    for claim in facts.claims:
        if opening and claim.on <= opening.on:
            account.note("claim_in_opening", on=claim.on.isoformat())
            continue
        day = max(claim.effective_on, opening.on) if opening else claim.effective_on
        holding = held_on(held, day) or held[0]
        terms = Terms(
            "claim",
            day.isoformat(),
            claim.units,
            "conventional.claim",
            claim.article,
            claim.edition,
            holding.level,
            "",
            "",
            None,
            claim.units,
            100,
            None,
            None,
            "claim",
        )
        account.lines.append(Line(terms, claim.id))


# ------------------------------------------------------------------ entering a position


def _enter(account: Account, facts: Facts, held: Sequence[Appointment], begin: date) -> None:
    """What the way into a position or level gives at its start."""
    before: Appointment | None = None
    for appointment in held:
        if appointment.start >= begin:
            if before is None or _from_outside(before, appointment):
                _first(account, facts, appointment)
            elif _category(before.level) != _category(appointment.level):
                _base(account, facts, appointment)  # alih kategori (E-07)
        before = appointment


def _from_outside(before: Appointment, appointment: Appointment) -> bool:
    """Whether somebody returns by perpindahan after a time in no functional position (R-036).

    Then the ledger opens with what the perpindahan gives (Peraturan BKN 3/2023 Pasal 7), and what
    was earned in the position of then lapses; a re-appointment keeps it (R-043).
    """
    away = before.end is not None and before.end < appointment.start - _DAY
    return away and appointment.way == "transfer" and appointment.origin in OUTSIDE


@cache
def _category(level: str) -> object:
    return Level(level).category


def _first(account: Account, facts: Facts, appointment: Appointment) -> None:
    if appointment.way == "transfer":
        _transfer(account, facts, appointment)
    elif appointment.way == "first":
        edition = account.rules.on(appointment.start, appointment.position)
        if edition.setting("first_appointment_base_points"):
            _base(account, facts, appointment)
        for rating in facts.ratings:
            if _conversion_start(account.rules) <= rating.start < appointment.start:
                _before(account, appointment, rating, rating.start, "first_appointment")
    elif appointment.way == "promotion":
        _base(account, facts, appointment)
    elif appointment.way in ADJUSTED:
        if not _stated_for(facts.opening, appointment):
            account.note("opening_missing", on=appointment.start.isoformat())
    else:
        account.note("way_unknown", on=appointment.start.isoformat())


def _stated_for(opening: Opening | None, appointment: Appointment) -> bool:
    """Whether the balance is the amount of the table with which this appointment opens (R-039)."""
    if opening is None or appointment.way not in ADJUSTED:
        return False
    return opening.kind == EQUALISED and opening.on == appointment.start - _DAY


def _base(account: Account, facts: Facts, appointment: Appointment) -> None:
    """AK Dasar: who enters above the lowest golongan of the jenjang starts above zero (R-014)."""
    golongan = golongan_on(facts.ranks, appointment.start)
    if golongan in PPPK_GRADES:
        return  # AK Dasar belongs to the ranks of PNS
    if not golongan:
        account.note("rank_missing", on=appointment.start.isoformat())
        return
    edition = account.rules.on(appointment.start, appointment.position)
    try:
        points = _base_units(edition, appointment.level, golongan)
    except RuleError as problem:
        account.note(problem.code, **problem.params)
        return
    if points.amount_units:
        account.lines.append(_entry(appointment, "base", golongan, points))


@cache
def _base_units(edition: Edition, level: str, golongan: str) -> _Converted:
    return _units(base_points(edition, level, golongan))


def _entry(
    appointment: Appointment,
    kind: str,
    golongan: str,
    parts: _Converted,
    source_id: int | None = None,
    **others: Any,
) -> Line:
    """A line of the appointment's level on its first day; `others` differ from that."""
    terms = _entry_terms(kind, appointment.start, appointment.level, golongan, parts, **others)
    return Line(terms, appointment.id if source_id is None else source_id)


def _new_terms(
    kind: str,
    start: date,
    level: str,
    golongan: str,
    parts: _Converted,
    effective_on: str | None = None,
    predicate: str = "",
    months: int | None = None,
    period_start: str | None = None,
    period_end: str | None = None,
    source: str = "appointment",
) -> Terms:
    return Terms(
        kind,
        effective_on or start.isoformat(),
        parts.amount_units,
        parts.rule,
        parts.article,
        parts.edition,
        level,
        golongan,
        predicate,
        months,
        parts.base_units,
        parts.percent,
        period_start,
        period_end,
        source,
    )


_entry_terms = lru_cache(maxsize=8192)(_new_terms)


def _transfer(account: Account, facts: Facts, appointment: Appointment) -> None:
    """Perpindahan: the ratings of the last golongan, converted, and AK Dasar (R-033 to R-035).

    From another JF the AK of that one is kept (R-037): it has to be stated. Where the golongan
    does not fit and nobody has seen the cell of the flat table, nothing is guessed.
    """
    if appointment.origin == ANOTHER_POSITION:
        if facts.opening is None:
            account.note("opening_missing", on=appointment.start.isoformat())
        return
    golongan = golongan_on(facts.ranks, appointment.start)
    edition = account.rules.on(appointment.start, appointment.position)
    flat = edition.find("transfer_flat", appointment.origin, appointment.level, golongan)
    if flat is not None:
        units = to_units(flat.amount)
        parts = _Converted(units, "transfer.flat", flat.article, edition.key, units, 100)
        account.lines.append(_entry(appointment, "transfer", golongan, parts))
        return
    if golongan in set(GOLONGAN) - set(golongan_of(edition, appointment.level)):
        account.note("golongan.outside_level", level=appointment.level, golongan=golongan)
        return
    if transfer_adds_base(edition, appointment.origin):
        _base(account, facts, appointment)
    since = next(
        (start for start, held in reversed(facts.ranks) if start <= appointment.start), None
    )
    if since is None:
        return
    for rating in facts.ratings:
        first = _counted_from(edition, appointment, since)
        if rating.end >= first and rating.start < appointment.start:
            _before(account, appointment, rating, first, "transfer")


def _counted_from(edition: Edition, appointment: Appointment, since: date) -> date:
    """The first day that counts: of the last golongan, or of its last 36 months (R-034)."""
    limit = transfer_limit(edition, top_rank=appointment.top_rank)
    if limit is None:
        return since
    start = appointment.start
    months = start.year * 12 + start.month - 1 - int(limit.value)
    return max(since, date(months // 12, months % 12 + 1, 1))


def _before(
    account: Account, appointment: Appointment, rating: Rating, first: date, citation: str
) -> None:
    """A rating earned before the appointment, at the coefficient of the level entered."""
    start, last = max(rating.start, first), min(rating.end, appointment.start - _DAY)
    if last < start or not (months := whole_months(start, last)):
        return
    edition = account.rules.on(appointment.start, appointment.position)
    parts = _months_units(edition, appointment.level, rating.predicate, months)
    account.lines.append(
        _entry(
            appointment,
            "transfer",
            "",
            parts._replace(rule=f"{citation}.period", article=edition.citation(citation).article),
            rating.id,
            predicate=rating.predicate,
            months=months,
            period_start=start.isoformat(),
            period_end=last.isoformat(),
            source="rating",
        )
    )


@lru_cache(maxsize=8192)
def _months_units(edition: Edition, level: str, predicate: str, months: int) -> _Converted:
    return _units(converted_months(edition, level, predicate, months))


# ------------------------------------------------------------------ study, degree, reset


def _study(account: Account, facts: Facts, held: Sequence[Appointment], begin: date) -> None:
    """A finished study assignment counts as Baik, cum laude Sangat Baik, at most 48 months."""
    left: int | None = None
    for pause in facts.pauses:
        if pause.kind != STUDY or (pause.end and pause.end < begin):
            continue
        if pause.end is None:
            account.note("study_running", since=pause.start.isoformat())
            continue
        spans = [Span(a.start, a.end, a) for a in held]
        for part in split_months(max(pause.start, begin), pause.end, spans):
            edition = account.rules.on(part.end, part.value.position)
            if left is None:
                left = int(edition.cited("study_leave", "limit_months").value)
            answer = study_leave_points(
                edition, part.value.level, min(part.months, left), cum_laude=pause.cum_laude
            )
            left -= answer.months or 0
            if not answer.points:
                continue
            account.lines.append(
                _entry(
                    part.value,
                    "study",
                    "",
                    _units(answer),
                    pause.id,
                    effective_on=part.end.isoformat(),
                    predicate=str(answer.inputs["predicate"]),
                    months=answer.months,
                    period_start=part.start.isoformat(),
                    period_end=part.end.isoformat(),
                    source="status",
                )
            )


def _degrees(account: Account, facts: Facts, held: Sequence[Appointment], begin: date) -> None:
    """A higher degree, recorded by BKN while in the position: 25 % of P, once (R-016, E-11).

    Higher than every one before: an S-1 beside a D-IV gives nothing.
    """
    if len(facts.degrees) < 2:
        return  # the first degree is what one was appointed with
    highest = -1
    for degree in sorted(facts.degrees, key=lambda d: (d.order, d.id)):
        day = degree.recorded_on
        lower, highest = highest, max(highest, degree.order)
        if day is None or day < begin or lower < 0 or degree.order <= lower:
            continue
        holding = held_on(held, day)
        if holding is None or day <= held[0].start:
            continue
        rated = _rated(facts.ratings, day)
        if rated is None:
            account.note("degree_waits", recorded_on=day.isoformat())
            continue
        edition = account.rules.on(day, holding.position)
        if _made_an_expert(degree, lower, held, holding) and not edition.setting(
            "degree_at_category_change"
        ):
            continue
        points = _degree_units(edition, holding.level, rated)
        if not points.amount_units:
            account.note("degree_rating_too_low", year=day.year)
            continue
        account.lines.append(
            _entry(
                holding,
                "degree",
                "",
                points,
                degree.id,
                effective_on=day.isoformat(),
                predicate=rated,
                source="degree",
            )
        )


def _made_an_expert(
    degree: Degree, lower: int, held: Sequence[Appointment], holding: Appointment
) -> bool:
    """The degree that opened the expert category to somebody skilled, recorded after the change:
    it is what the change was made with, and gives no points beside it (E-07)."""
    before = [a for a in held if a.start < holding.start]
    changed = any(_category(a.level) != _category(holding.level) for a in before)
    return changed and lower < EXPERT_DEGREE <= degree.order


@cache
def _degree_units(edition: Edition, level: str, rated: str) -> _Converted:
    return _units(degree_points(edition, level, rated, recorded=True, already_used=False))


def _rated(ratings: Sequence[Rating], day: date) -> str | None:
    """The rating of the year of `day`: the one that covers the day, else the year's last."""
    of_year = [r for r in ratings if r.start.year == day.year]
    covering = [r for r in of_year if r.start <= day <= r.end]
    return (covering or of_year)[-1].predicate if of_year else None


def _reset(account: Account, facts: Facts, held: Sequence[Appointment], begin: date) -> None:
    """At a new level, or back from outside, what was earned lapses: minus the balance, on the TMT.

    R-024, E-13, and see `_from_outside`.
    """
    before: Appointment | None = None
    for appointment in held:
        anew = before and (before.level != appointment.level or _from_outside(before, appointment))
        # The amount of a table is that of the new level already.
        if anew and appointment.start >= begin and not _stated_for(facts.opening, appointment):
            day = appointment.start.isoformat()
            balance = 0
            for terms, _ in account.lines:
                if terms.effective_on >= day:
                    break
                balance += terms.amount_units
            if balance:
                article, edition = _accumulation(
                    account.rules, appointment.position, appointment.start
                )
                parts = _Converted(-balance, "level.reset", article, edition, balance, -100)
                terms = _new_terms("reset", appointment.start, appointment.level, "", parts)
                insort(account.lines, Line(terms, appointment.id), key=by_time)
        before = appointment
