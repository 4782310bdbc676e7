"""Correction of what was decided: a claim's determination, an opening balance, or a rating.

What it corrects is withdrawn and the new fact recorded in one transaction; nothing is overwritten.
Path and four eyes are those of Biro SDM: who submits, checks and approves are three people.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from credits.facts import facts_of
from credits.models import Claim, ClaimDecision, OpeningBalance, Rating
from credits.rules.claim_states import HANDED_IN, Act, State
from credits.rules.claims import Finding
from credits.rules.errors import RuleError
from credits.rules.timeline import Determined, Facts
from credits.rules.units import amount_text, from_units, plain_decimal, to_units
from credits.services import approvals, ratings
from credits.services import openings as balances
from credits.services.claims import conventional, konversi, openings
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from credits.services.claims.factual import (
    NEW,
    Effect,
    FactKind,
    Stated,
    actor_of,
    decision_of,
)
from credits.services.claims.kinds import Checked, EvidenceAsked, Kind, kinds, register, shown_value
from credits.services.claims.previews import copy_of, points_of, preview
from credits.services.claims.standing import place
from employees.fields import AmountField, DayField

CLAIM, OPENING, RATING = "claim", "opening", "rating"
REPLACE, WITHDRAW = "replace", "withdraw"
NEW_PREFIX = "new_"
CODE = "koreksi"


# ------------------------------------------------------------------ what may be corrected


@dataclass(frozen=True, slots=True)
class Target:
    """What a correction is about, as it stands: how the corrected value is written and undone."""

    what: str
    row: Any  # Claim, OpeningBalance, Rating
    writer: "Writer"
    effect: Mapping[str, Any]  # of the decision, or table and id of the row
    old: Mapping[str, Any]  # the details as they were decided
    days: tuple[date, date]

    @property
    def key(self) -> str:
        """As the form names it."""
        return f"{self.what}:{self.row.public_id if self.what == CLAIM else self.row.pk}"


class Writer:
    """How one sort of fact is corrected."""

    code: str

    def fields(self, target: Target) -> dict[str, forms.Field]:
        """The inputs of the new value."""
        raise NotImplementedError

    def examine(self, target: Target, stated: Stated, facts: Facts, day: date) -> list[Finding]:
        """What is wrong with the new value, over facts without the old one."""
        raise NotImplementedError

    def pretend(self, target: Target, facts: Facts, stated: Stated) -> None:
        """As if the new value held."""
        raise NotImplementedError

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        """As if the old value did not hold."""
        raise NotImplementedError

    def replaces(self, target: Target, stated: Stated) -> bool:
        """Whether writing the new value takes the place of an old one that no claim stated."""
        return False

    def write(
        self, target: Target, stated: Stated, people_: tuple[User | None, User | None], reason: str
    ) -> Effect:
        """Write the new value."""
        raise NotImplementedError

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        """Take the new value back."""
        raise NotImplementedError


class OfClaim(Writer):
    """The decision of a claim whose kind writes a fact."""

    def __init__(self, kind: FactKind) -> None:
        self.kind, self.code = kind, kind.code

    def fields(self, target: Target) -> dict[str, forms.Field]:
        form = self.kind.form
        found = dict(form().fields) if form else {}
        if self.code == "konversi":
            found = _days() | found
        return found

    def examine(self, target: Target, stated: Stated, facts: Facts, day: date) -> list[Finding]:
        return list(self.kind.examine(stated, facts, day))

    def pretend(self, target: Target, facts: Facts, stated: Stated) -> None:
        self.kind.pretend(facts, stated)

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        self.kind.forget(facts, effect)

    def write(
        self, target: Target, stated: Stated, people_: tuple[User | None, User | None], reason: str
    ) -> Effect:
        return self.kind.write(replace(stated, leaving=None), *people_, reason)

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        self.kind.undo(effect, actor, reason)


class OfItems(Writer):
    """The decision of a conventional claim: other quantities; the points are computed."""

    code = "konvensional"

    def fields(self, target: Target) -> dict[str, forms.Field]:
        return {
            f"q{item.number}": forms.IntegerField(
                label=f"{item.number}. {item.activity}", min_value=0
            )
            for item in conventional.read_items(_root(target.row))
        }

    def count(self, target: Target, stated: Stated) -> Any:
        """The points by the corrected quantities, with the items."""
        root = _root(target.row)
        items = conventional.read_items(root)
        return conventional.count(root, items, _quantities(items, stated.details))[0]

    def examine(self, target: Target, stated: Stated, facts: Facts, day: date) -> list[Finding]:
        root = _root(target.row)
        items = conventional.read_items(root)
        quantities = _quantities(items, stated.details)
        _points, found = conventional.count(root, items, quantities)
        for item in items:
            if quantities[item.number] > item.quantity:
                params = {"claimed": item.quantity}
                found = (*found, Finding("error", "correction.more", item.number, params))
        return list(found)

    def pretend(self, target: Target, facts: Facts, stated: Stated) -> None:
        points = self.count(target, stated)
        on = target.row.decisions.filter(withdrawn_at__isnull=True).get().decided_on
        facts.claims = [
            *facts.claims,
            Determined(
                NEW,
                on,
                target.days[1],
                to_units(points.counted),
                points.article,
                points.edition,
            ),
        ]

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        facts.claims = [c for c in facts.claims if c.id != effect["decision"]]

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        """The decision itself carries the points."""


class OfOpening(Writer):
    """An opening balance that no claim stated."""

    code = OPENING

    def fields(self, target: Target) -> dict[str, forms.Field]:
        return {
            "on": DayField(label=_("As of")),
            "kind": forms.ChoiceField(label=_("Kind"), choices=OpeningBalance.Kind.choices),
            "points": AmountField(label=_("Points by the paper")),
            "document_number": forms.CharField(
                label=_("Number of the PAK"), max_length=120, required=False
            ),
            "document_date": DayField(label=_("Date of the PAK"), required=False),
        }

    def examine(self, target: Target, stated: Stated, facts: Facts, day: date) -> list[Finding]:
        _points, problem = openings.amount(stated)
        found = [problem] if problem else []
        if stated.day("on") is None or stated.text("kind") not in OpeningBalance.Kind.values:
            found.append(Finding("error", "opening.no_day"))
        return found

    def pretend(self, target: Target, facts: Facts, stated: Stated) -> None:
        points, _problem = openings.amount(stated)
        on = stated.day("on") or target.days[0]
        facts.opening = openings.as_if(on, stated.text("kind"), points)

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        facts.opening = openings.without(effect["id"])

    def replaces(self, target: Target, stated: Stated) -> bool:
        return True

    def write(
        self, target: Target, stated: Stated, people_: tuple[User | None, User | None], reason: str
    ) -> Effect:
        """The new balance replaces the old one, which stays readable."""
        points, _problem = openings.amount(stated)
        row = balances.record_opening(
            stated.employee,
            on=stated.day("on") or target.days[0],
            points=points or Fraction(0),
            kind=stated.text("kind"),
            reason=reason,
            actor=people_[1],
            document_number=stated.text("document_number"),
            document_date=stated.day("document_date"),
        )
        return Effect(openings.TABLE, row.pk)

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        openings.take_back(effect["id"], actor, reason)


class OfRating(Writer):
    """A rating that no claim brought in."""

    code = RATING

    def fields(self, target: Target) -> dict[str, forms.Field]:
        found = dict(konversi.ConversionForm().fields)
        del found["cause"]
        return _days() | found

    def examine(self, target: Target, stated: Stated, facts: Facts, day: date) -> list[Finding]:
        return list(_conversion().examine(stated, facts, day))

    def pretend(self, target: Target, facts: Facts, stated: Stated) -> None:
        konversi.pretend_rating(facts, stated.start, stated.end, stated.text("predicate"))

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        konversi.forget_rating(facts, effect["id"])

    def replaces(self, target: Target, stated: Stated) -> bool:
        """The same period: approving it puts it in the place of the other (E-04)."""
        return (stated.start, stated.end) == target.days

    def write(
        self, target: Target, stated: Stated, people_: tuple[User | None, User | None], reason: str
    ) -> Effect:
        row = ratings.RatingRow(
            stated.employee.pk,
            stated.start,
            stated.end,
            stated.text("predicate"),
            stated.text("evidence_number"),
        )
        return Effect(konversi.TABLE, konversi.put_rating(row, *people_, reason).pk)

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        approvals.annul(Rating.objects.get(pk=effect["id"]), reason, actor)


def writer_of(code: str) -> Writer:
    """The writer of a sort of fact."""
    own: dict[str, type[Writer]] = {
        OfItems.code: OfItems,
        OfOpening.code: OfOpening,
        OfRating.code: OfRating,
    }
    if code in own:
        return own[code]()
    kind = next(k for k in kinds() if k.code == code)
    assert isinstance(kind, FactKind)  # noqa: S101  only those are named in an effect
    return OfClaim(kind)


# ------------------------------------------------------------------ finding the target


def target_of(claim: Claim) -> Target | None:
    """What the correction names; None where it is not the person's, or does not hold (any more)."""
    what, _colon, key = str(claim.details.get("target") or "").partition(":")
    if what == CLAIM:
        return _claim(claim, key)
    if not key.isascii() or not key.isdigit():
        return None
    if what == OPENING:
        row: Any = OpeningBalance.objects.filter(
            ratings.in_force(), employee=claim.employee_id, pk=int(key)
        ).first()
        return _of_opening(row) if row else None
    if what == RATING:
        found = Rating.objects.filter(ratings.counting(), employee=claim.employee_id, pk=int(key))
        return _of_rating(rating) if (rating := found.first()) else None
    return None


def _claim(claim: Claim, key: str) -> Target | None:
    rows = Claim.objects.filter(
        employee=claim.employee_id,
        state__in=(State.DETERMINED.value, State.ARCHIVED.value),
        decisions__withdrawn_at__isnull=True,
        decisions__isnull=False,
    ).select_related("employee", "position")
    try:
        row = rows.filter(public_id=key).first()
    except (ValueError, forms.ValidationError):
        return None
    return _of_claim(row) if row is not None else None


def _of_claim(row: Claim) -> Target | None:
    decision = row.decisions.get(withdrawn_at__isnull=True)
    code = decision.effect.get("kind") or row.kind
    if code == CODE:
        return None  # a correction that only withdrew: nothing holds that could be corrected
    effect = decision.effect | {"decision": decision.pk}
    old = decision.effect.get("details") or row.details
    if code == OfItems.code:
        old = _decided(_root(row), decision)
    days = (row.period_start, row.period_end)
    if code in ("konversi", RATING):
        old = {"start": days[0].isoformat(), "end": days[1].isoformat()} | old
    return Target(CLAIM, row, writer_of(code), effect, old, days)


def _of_opening(row: OpeningBalance) -> Target:
    old = {
        "on": row.on.isoformat(),
        "kind": row.kind,
        "points": amount_text(from_units(row.units)),
        "document_number": row.document_number,
        "document_date": row.document_date.isoformat() if row.document_date else "",
    }
    effect = {"table": openings.TABLE, "id": row.pk}
    return Target(OPENING, row, OfOpening(), effect, old, (row.on, row.on))


def _of_rating(row: Rating) -> Target:
    old = {
        "start": row.start.isoformat(),
        "end": row.end.isoformat(),
        "predicate": row.predicate,
        "evidence_number": row.evidence_number,
    }
    effect = {"table": konversi.TABLE, "id": row.pk}
    return Target(RATING, row, OfRating(), effect, old, (row.start, row.end))


def targets(claim: Claim) -> list[tuple[str, str]]:
    """What of the person may be corrected: key and words, for a list of choice."""
    person = claim.employee_id
    by_claims = {
        (d.effect.get("table"), d.effect.get("id"))
        for d in ClaimDecision.objects.filter(employee=person, withdrawn_at__isnull=True)
    }
    found = []
    titles = {kind.code: str(kind.title) for kind in kinds()}
    rows = Claim.objects.filter(
        employee=person, state__in=("determined", "archived"), decisions__withdrawn_at__isnull=True
    ).filter(decisions__isnull=False)
    for row in rows.order_by("-period_end", "-pk").distinct():
        days = _words(row.period_start, row.period_end)
        found.append((f"{CLAIM}:{row.public_id}", f"{titles.get(row.kind, row.kind)}, {days}"))
    for opening in OpeningBalance.objects.filter(ratings.in_force(), employee=person):
        if (openings.TABLE, opening.pk) not in by_claims:
            points = plain_decimal(from_units(opening.units)).replace(".", ",")
            words = f"{opening.get_kind_display()}, {date_format(opening.on, 'd-m-Y')}: {points}"
            found.append((f"{OPENING}:{opening.pk}", words))
    mine = Rating.objects.filter(ratings.counting(), employee=person)
    for rating in mine.order_by("-start"):
        if (konversi.TABLE, rating.pk) not in by_claims:
            words = f"{rating.get_predicate_display()}, {_words(rating.start, rating.end)}"
            found.append((f"{RATING}:{rating.pk}", words))
    return found


def _words(start: date, end: date) -> str:
    first, last = date_format(start, "d-m-Y"), date_format(end, "d-m-Y")
    return first if start == end else f"{first} – {last}"


# ------------------------------------------------------------------ the kind


class CorrectionForm(forms.Form):
    """What is corrected, why, and the new value; its inputs come with what is corrected."""

    target = forms.ChoiceField(label=_("What is corrected"))
    because = forms.CharField(label=_("Why it is wrong"), max_length=500)
    outcome = forms.ChoiceField(
        label=_("What comes in its place"),
        choices=[(REPLACE, _("a new value")), (WITHDRAW, _("nothing: it is taken back"))],
    )

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = targets(claim) if claim.employee_id else []
        self.fields["target"].choices = [("", "---------"), *choices]  # type: ignore[attr-defined]
        target = target_of(claim) if claim.employee_id else None
        if target is None:
            self.fields["outcome"].help_text = _("Save first; the inputs of the new value follow.")
            return
        for name, made in target.writer.fields(target).items():
            made.required = False  # the check says what is missing, where it is needed
            self.fields[NEW_PREFIX + name] = made
            self.initial.setdefault(NEW_PREFIX + name, target.old.get(name))

    def clean(self) -> dict[str, Any]:
        """Another target has other inputs: what was entered for the former one goes."""
        data = super().clean() or self.cleaned_data
        if data.get("target") != self.initial.get("target"):
            data = {k: v for k, v in data.items() if not k.startswith(NEW_PREFIX)}
        return data


@register
class Correction(Kind):
    """Checked and approved by two officers of Biro SDM beside who submits."""

    code: ClassVar[str] = CODE
    title: ClassVar[Any] = _("Correction of a decision")
    about: ClassVar[Any] = _("A decided claim, an opening balance or a rating that is wrong.")
    form: ClassVar[type[forms.Form] | None] = CorrectionForm
    evidence: ClassVar[tuple[EvidenceAsked, ...]] = (
        EvidenceAsked("proof", _("the paper that shows the mistake")),
    )

    def details_form(self, claim: Claim, data: Any = None) -> forms.Form | None:
        return CorrectionForm(data, initial=claim.details, claim=claim)

    def shown(self, claim: Claim) -> list[tuple[Any, str]]:
        """What is corrected, why, and old and new value side by side.

        Once the old value does not hold any more: as it was shown when the claim was handed in.
        """
        target = target_of(claim)
        if target is None:
            return [(label, text) for label, text in claim.details.get("shown", ())]
        form = CorrectionForm(None, initial=claim.details, claim=claim)
        own = {k: v for k, v in claim.details.items() if not k.startswith(NEW_PREFIX)}
        rows = self.shown_by(form, own)
        if claim.details.get("outcome") != REPLACE:
            return rows
        changed = {NEW_PREFIX + name for name in _differing(target, claim.details)}
        old = {NEW_PREFIX + name: value for name, value in target.old.items()}
        for name, field in form.fields.items():
            if name in changed:
                was, now = (
                    shown_value(field, old.get(name)),
                    shown_value(field, claim.details[name]),
                )
                rows.append((field.label, f"{was or '–'} → {now}"))
        return rows

    def prepare(self, claim: Claim) -> None:
        """The days and the claim that it corrects."""
        target = target_of(claim)
        if target is not None:
            stated = self._stated(claim, target)
            claim.period_start, claim.period_end = stated.start, stated.end
            claim.corrects = target.row if target.what == CLAIM else None
            rows = [[str(label), text] for label, text in self.shown(claim)]
            claim.details = claim.details | {"shown": rows}
        place(claim)

    def check(self, claim: Claim, day: date) -> Checked:
        """What is corrected must hold; the new value is checked as its own kind would be."""
        target = target_of(claim)
        found = list(self._frame(claim, target))
        if target is None:
            return Checked(None, tuple(found), {})
        facts = facts_of([claim.employee_id])[claim.employee_id]
        stated = self._stated(claim, target)
        replaces = claim.details.get("outcome") == REPLACE
        if replaces:
            without = copy_of(facts)
            target.writer.forget(without, target.effect)
            found += target.writer.examine(target, stated, without, day)
        if any(f.is_error for f in found):
            return Checked(None, tuple(found), {})

        def pretend(changed: Facts) -> None:
            target.writer.forget(changed, target.effect)
            if replaces:
                target.writer.pretend(target, changed, stated)

        try:
            view = preview(facts, pretend)
        except RuleError as problem:
            found.append(Finding("error", problem.code, params=dict(problem.params)))
            return Checked(None, tuple(found), {})
        points = points_of(view.added) - points_of(view.removed)
        trace = view.as_data() | {"points": amount_text(points)}
        return Checked(points, tuple(found), trace)

    def _frame(self, claim: Claim, target: Target | None) -> Iterator[Finding]:
        asked = ", ".join(str(e.label) for e in self.evidence)
        if not claim.files.exists():
            yield Finding("error", "claim.no_papers", params={"asked": asked})
        if not str(claim.details.get("because") or "").strip():
            yield Finding("error", "correction.no_reason")
        if target is None:
            yield Finding("error", "correction.no_target")
            return
        outcome = claim.details.get("outcome")
        if outcome not in (REPLACE, WITHDRAW):
            yield Finding("error", "correction.no_outcome")
        elif outcome == REPLACE and not _differing(target, claim.details):
            yield Finding("error", "correction.same")
        if target.what != CLAIM:
            yield from _of_a_claim(target)
        others = Claim.objects.filter(
            employee=claim.employee_id,
            kind=CODE,
            details__target=target.key,
            state__in=[str(s) for s in HANDED_IN - {State.DETERMINED, State.ARCHIVED}],
        ).exclude(pk=claim.pk)
        for other in others:
            params = {"from": other.period_start, "until": other.period_end}
            yield Finding("error", "claim.claimed", params=params)

    def _stated(self, claim: Claim, target: Target) -> Stated:
        new = {**target.old, **_new(claim.details)}
        table, key = target.effect.get("table"), target.effect.get("id")
        stated = Stated(
            claim.employee,
            *target.days,
            new,
            claim.files.count() if claim.pk else 0,
            claim.pk,
            (str(table), int(key)) if table and key else None,
        )
        days = stated.day("start"), stated.day("end")
        if target.writer.code in ("konversi", RATING) and days[0] and days[1]:
            return replace(stated, start=days[0], end=days[1])
        if isinstance(target.writer, OfClaim):
            meant = target.writer.kind.period(stated)
            return replace(stated, start=meant[0], end=meant[1]) if meant else stated
        return stated

    def determine(self, claim: Claim, actor: User | None, day: date) -> ClaimDecision:
        """The old decision is withdrawn and the new fact recorded, in one transaction."""
        checked = self.check(claim, day)
        target = target_of(claim)
        if checked.errors or target is None:
            raise ClaimError("no_longer_fits", errors=checked.errors)
        stated, decided = self._stated(claim, target), actor or actor_of(claim, Act.APPROVE)
        reason = f"{self.title}: {claim.details['because']}"[:500]
        points = None
        if isinstance(target.writer, OfItems):
            points = target.writer.count(target, stated)
        if target.what == CLAIM:
            _annul(target.row, reason, claim)
        elif claim.details["outcome"] == WITHDRAW or not target.writer.replaces(target, stated):
            target.writer.undo(target.effect, decided, reason)
        if claim.details["outcome"] == WITHDRAW:
            effect = Effect("", 0, {"kind": CODE})
        elif points is not None:
            effect = Effect("", 0, {"kind": OfItems.code, "quantities": stated.details})
        else:
            persons = (actor_of(claim, Act.SUBMIT, Act.RESUBMIT), decided)
            written = target.writer.write(target, stated, persons, reason)
            more = {"kind": target.writer.code, "details": dict(stated.details)}
            effect = replace(written, more={**written.more, **more})
        decision = decision_of(claim, decided, day, checked, effect)
        if points is not None and claim.details["outcome"] == REPLACE:
            decision.main_units = to_units(points.main)
            decision.profession_units = to_units(points.profession)
            decision.support_units = to_units(points.counted_support)
            decision.units = to_units(points.counted)
            decision.article, decision.edition = points.article, points.edition
            decision.save()
        return decision

    def take_back(self, decision: ClaimDecision, actor: User | None, reason: str) -> None:
        """The new fact; what it had corrected stays withdrawn, until somebody claims it again."""
        code = decision.effect.get("kind", CODE)
        if code != CODE:
            writer_of(code).undo(decision.effect, actor, reason)


def _new(details: Mapping[str, Any]) -> dict[str, Any]:
    """The new value: its inputs without their prefix; one left empty stays as it was."""
    return {
        name.removeprefix(NEW_PREFIX): value
        for name, value in details.items()
        if name.startswith(NEW_PREFIX) and value not in (None, "")
    }


def _differing(target: Target, details: Mapping[str, Any]) -> set[str]:
    """The inputs whose new value is another one; the number of an evaluation changes nothing."""
    new = _new(details).items()
    other = {k for k, v in new if str(target.old.get(k) if k in target.old else "") != str(v)}
    return other - {"evidence_number"} if target.what == RATING else other


def _days() -> dict[str, forms.Field]:
    return {"start": DayField(label=_("Period from")), "end": DayField(label=_("Period until"))}


def _conversion() -> FactKind:
    kind = next(k for k in kinds() if k.code == "konversi")
    assert isinstance(kind, FactKind)  # noqa: S101
    return kind


def _of_a_claim(target: Target) -> Iterator[Finding]:
    """A fact that a claim brought in is corrected with that claim."""
    rows = ClaimDecision.objects.filter(
        withdrawn_at__isnull=True,
        employee=target.row.employee_id,
        effect__table=target.effect["table"],
        effect__id=target.effect["id"],
    )
    decision = rows.first()
    if decision is not None:
        yield Finding("error", "correction.of_claim", params={"on": decision.decided_on})


def _annul(row: Claim, reason: str, by: Claim) -> None:
    """The corrected claim ends; its decision is taken back with its effect."""
    perform(row, Act.ANNUL, None, reason=reason, details={"correction": str(by.public_id)})


def _root(row: Claim) -> Claim:
    """The conventional claim below corrections of corrections."""
    while row.corrects is not None and row.kind == CODE:
        row = row.corrects
    return row


def _decided(root: Claim, decision: ClaimDecision) -> dict[str, Any]:
    """The quantities that were decided, as the form names them."""
    items = conventional.read_items(root)
    known = decision.effect.get("quantities") or {}
    return {
        f"q{i.number}": known.get(
            f"q{i.number}", i.quantity if i.decided_quantity is None else i.decided_quantity
        )
        for i in items
    }


def _quantities(items: list[Any], details: Mapping[str, Any]) -> dict[int, int]:
    return {i.number: int(details.get(f"q{i.number}", i.quantity)) for i in items}
