"""What a conventional claim is checked for, beside the points: frame, items, and double claims.

Each check gives findings; the sentences, with the remedy, stand in `credits.claim_words`.

Two items are the same work where the activity is the same, the dates share a day, and nothing in
words tells them apart (or both name the same joint work). Where their words differ it may be work
of the same sort in the same weeks: that is said to whoever judges, and refused to nobody.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from django.db.models import Q

from credits.models import Claim, ClaimItem, EvidenceFile, JointWork
from credits.rules.claim_paths import edition_on
from credits.rules.claim_states import HANDED_IN, STANDING
from credits.rules.claims import Finding, overlap, same_words
from credits.rules.conventional import author_shares
from credits.rules.editions import CONVERSION, Edition, current
from credits.rules.errors import RuleError
from credits.services.claims.standing import appointments
from employees.models import Appointment

_HANDED_IN = [str(state) for state in HANDED_IN]
_STANDING = [str(state) for state in STANDING]


def frame(claim: Claim, items: Sequence[ClaimItem], day: date) -> Iterator[Finding]:
    """The claim as a whole: its period, the position held, the closing date (R-001)."""
    last = current().regime_start(CONVERSION)
    path = edition_on(day, claim.position.code if claim.position else None)
    closing = path.cited("closing", "proposed_by")
    if claim.period_end >= last:
        yield Finding("error", "claim.after_regime", params={"from": last})
    if not claim.position or not claim.golongan:
        yield Finding("error", "claim.not_a_holder", params={"on": claim.period_end})
    if not items:
        yield Finding("error", "claim.no_items")
    if day > closing.value and not claim.history and not claim.late_reason.strip():
        yield Finding("error", "claim.closed", 0, {"on": closing.value}, closing.article)
    yield from _periods(claim)


def _periods(claim: Claim) -> Iterator[Finding]:
    """Other claims of the same kind and person whose period shares days with this one."""
    others = (
        Claim.objects.exclude(pk=claim.pk)
        .filter(employee=claim.employee_id, kind=claim.kind)
        .filter(period_start__lte=claim.period_end, period_end__gte=claim.period_start)
        .filter(state__in=_STANDING)
        .order_by("period_start", "id")
    )
    for other in others:
        shared = overlap(claim.period_start, claim.period_end, other.period_start, other.period_end)
        if shared:
            params = {"from": shared[0], "until": shared[1], "state": other.state}
            code = "claim.period_twice" if other.state in _HANDED_IN else "claim.period_drafted"
            yield Finding("warning", code, 0, params)


def held(claim: Claim, items: Sequence[ClaimItem]) -> Iterator[Finding]:
    """Work done before the position was held, or at another level than the claim's."""
    if claim.position_id is None:
        return
    posts = appointments(claim)
    for item in items:
        post = _post_on(posts, item.start)
        if post is None or post.position_id != claim.position_id:
            yield Finding("error", "item.not_held", item.number, {"from": item.start})
    changes = [p for p in posts if p.position_id == claim.position_id]
    for before, after in pairwise(changes):
        if before.level != after.level:
            params = {"from": after.start, "level": claim.level}
            yield Finding("warning", "claim.level_changed", 0, params)


def _post_on(posts: Sequence[Appointment], day: date) -> Appointment | None:
    return next((p for p in posts if p.start <= day and (p.end is None or day <= p.end)), None)


def one(claim: Claim, item: ClaimItem, edition: Edition) -> Iterator[Finding]:
    """An item by itself: dates, table, evidence, limit, letter of assignment."""
    n, table = item.number, item.activity.table
    if item.start < claim.period_start or item.end > claim.period_end:
        params = {"from": claim.period_start, "until": claim.period_end}
        yield Finding("error", "item.outside_period", n, params)
    if table.position_id != claim.position_id:
        yield Finding("error", "item.other_position", n)
    if item.start < table.start or (table.end is not None and item.end > table.end):
        yield Finding("error", "item.outside_table", n)
    if table.replaced_by_id is not None and claim.submitted_at is None:
        yield Finding("error", "item.table_replaced", n)
    if not [f for f in item.files.all() if f.removed_at is None]:
        asked = {"asked": item.activity.evidence or item.activity.product}
        yield Finding("error", "item.no_evidence", n, asked)
    limit = item.activity.yearly_limit
    years = item.end.year - item.start.year + 1
    if limit is not None and item.quantity > limit * years:
        most = {"limit": limit * years, "product": item.activity.product}
        yield Finding("error", "item.over_limit", n, most)
    away = item.activity.level and item.activity.level != claim.level
    if away and not item.assignment_letter.strip():
        article = edition.citation("item_level").article
        yield Finding("error", "item.no_assignment", n, {}, article)


def doubles(claim: Claim, items: Sequence[ClaimItem], edition: Edition) -> Iterator[Finding]:
    """Work that stands twice: in this claim, in another of the same person, or as the share of
    somebody else in a joint work."""
    others = list(
        ClaimItem.objects.exclude(claim=claim)
        .filter(claim__employee=claim.employee_id)
        .filter(activity__in={i.activity_id for i in items})
        .filter(claim__state__in=_STANDING)
        .select_related("claim")
        .order_by("claim_id", "number")
    )
    for place, item in enumerate(items):
        for earlier in items[:place]:
            yield from _within(item, earlier)
        for other in others:
            yield from _before(item, other)
    yield from _yearly(items, [o for o in others if o.claim.state in _HANDED_IN])
    yield from _joint(claim, items, edition)
    yield from _files(claim, items)


def _within(item: ClaimItem, earlier: ClaimItem) -> Iterator[Finding]:
    if item.work_id and item.work_id == earlier.work_id:
        yield Finding("error", "item.work_twice", item.number, {"other": earlier.number})
    elif _same_work(item, earlier):
        yield Finding("error", "item.twice", item.number, {"other": earlier.number})


def _before(item: ClaimItem, other: ClaimItem) -> Iterator[Finding]:
    """An item of another claim of the same person."""
    shared = overlap(item.start, item.end, other.start, other.end)
    if item.activity_id != other.activity_id or shared is None:
        return
    if item.work_id and other.work_id:
        return  # by the work: see _joint
    params = {"from": shared[0], "until": shared[1], "other": other.number}
    if other.claim.state not in _HANDED_IN:
        yield Finding("warning", "item.drafted", item.number, params)
    elif _same_work(item, other):
        yield Finding("error", "item.credited", item.number, params)
    else:
        yield Finding("warning", "item.similar", item.number, params)


def _same_work(a: ClaimItem, b: ClaimItem) -> bool:
    if a.activity_id != b.activity_id or not overlap(a.start, a.end, b.start, b.end):
        return False
    if a.work_id or b.work_id:
        return a.work_id == b.work_id
    return same_words(a.description, b.description)


def _yearly(items: Sequence[ClaimItem], others: Sequence[ClaimItem]) -> Iterator[Finding]:
    """The limit of a year over all items of one activity, those handed in before among them."""
    sums: dict[tuple[int, int], int] = defaultdict(int)
    last: dict[tuple[int, int], ClaimItem] = {}
    count: dict[tuple[int, int], int] = defaultdict(int)
    for item in [*others, *items]:
        if item.start.year == item.end.year:
            key = (item.activity_id, item.end.year)
            sums[key] += item.quantity
            count[key] += 1
            if item not in others:
                last[key] = item
    for key, item in last.items():
        limit = item.activity.yearly_limit
        if limit is not None and count[key] > 1 and sums[key] > limit:
            params = {"year": key[1], "sum": sums[key], "limit": limit}
            yield Finding("error", "item.over_year", item.number, params)


def _joint(claim: Claim, items: Sequence[ClaimItem], edition: Edition) -> Iterator[Finding]:
    """Places and shares of joint works: each place once, each person once, at most 1 in all.

    A work of the same title and the same day is the same work, though it was entered twice; where
    a day is missing the title alone says so.
    """
    joint = [(item, item.work) for item in items if item.work]
    if not joint:
        return
    titles = Q()
    for _item, work in joint:
        titles |= Q(work__title__iexact=work.title)
    found = list(
        ClaimItem.objects.exclude(claim=claim)
        .filter(titles, claim__state__in=_HANDED_IN)
        .select_related("claim", "work")
        .order_by("id")
    )
    for item, work in joint:
        same = [o for o in found if o.work is not None and _is_same(work, o.work)]
        if any(o.claim.employee_id == claim.employee_id for o in same):
            yield Finding("error", "item.author_twice", item.number)
        elif any(o.place == item.place and o.work_id == item.work_id for o in same):
            yield Finding("error", "item.place_taken", item.number, {"place": item.place})
        elif sum((_share(o, edition) for o in (*same, item)), Fraction(0)) > 1:
            yield Finding("error", "item.shares_over", item.number, {"title": work.title})


def _is_same(a: JointWork, b: JointWork) -> bool:
    if a.pk == b.pk:
        return True
    days = {a.published_on, b.published_on} - {None}
    return same_words(a.title, b.title) and len(days) < 2


def _share(item: ClaimItem, edition: Edition) -> Fraction:
    work = item.work
    if work is None:
        return Fraction(1)
    try:
        shares = author_shares(edition, work.authors, undetermined=work.undetermined)
    except RuleError:
        return Fraction(0)
    place = item.place or 1
    return shares[place - 1] if place <= len(shares) else Fraction(0)


def _files(claim: Claim, items: Sequence[ClaimItem]) -> Iterator[Finding]:
    """The same bytes as evidence of another person's same activity, alone: worth a look."""
    alone = [item for item in items if item.work_id is None]
    digests = {f.sha256 for item in alone for f in item.files.all()}
    if not digests:
        return
    seen = set(
        EvidenceFile.objects.exclude(employee=claim.employee_id)
        .filter(
            sha256__in=digests,
            items__activity__in={i.activity_id for i in alone},
            items__claim__state__in=_HANDED_IN,
        )
        .values_list("sha256", "items__activity_id")
    )
    for item in alone:
        for file in item.files.all():
            if (file.sha256, item.activity_id) in seen:
                yield Finding("warning", "item.file_elsewhere", item.number, {"file": file.title})
