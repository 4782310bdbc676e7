"""The papers of a conventional claim: DUPAK (what was claimed), HAPAK (what the team found), PAK.

HAPAK and PAK are documents with the life of every other one: drafted and numbered in the
transaction of the determination, then signed. What they state is computed here from the claim,
its decision and the ladder; nobody types an amount or a conclusion (fault B10).
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils import timezone

from credits.documents.content import (
    ClaimedItem,
    ConventionalForm,
    FindingForm,
    Group,
    GroupRow,
    ProposalForm,
    Signatory,
)
from credits.documents.indonesian import long_date
from credits.documents.render import render
from credits.models import Claim, ClaimDecision, ClaimEvent, ClaimItem, Document
from credits.rules.claim_states import Act, Path
from credits.rules.claims import ClaimPoints
from credits.rules.conventional import count_for_promotion, ladder_points
from credits.rules.editions import rules_version
from credits.rules.errors import RuleError
from credits.rules.units import from_units
from credits.selectors import standings
from credits.services import issuing
from credits.services.claims.acts import afterwards
from credits.services.claims.conventional import count, edition_of, read_items
from credits.services.claims.errors import ClaimError
from credits.services.contents import Drafted, identity_of, people_on, rank_name, surroundings_of
from credits.services.issuing import DocumentError
from credits.services.numbering import NumberingError
from credits.services.signatories import Signatories
from employees.models import Employee
from positions.ladder import Golongan
from positions.selectors import unit_names

Form = Document.Form
DECIDING = (Act.APPROVE, Act.APPROVE_PARTLY, Act.REJECT)
_CHAIR = "Ketua Tim Penilai"


def _in_force(ids: Sequence[int], start: date, end: date) -> dict[int, ClaimDecision]:
    """The determination in force of each person's conventional claim over a period."""
    rows = ClaimDecision.objects.filter(
        employee_id__in=ids,
        withdrawn_at__isnull=True,
        claim__path=Path.TEAM,
        claim__period_start=start,
        claim__period_end=end,
    )
    found = rows.select_related("claim__employee__employer", "claim__position", "claim__unit")
    return {row.employee_id: row for row in found.order_by("pk")}


def contents(
    ids: Sequence[int], form: str, start: date, end: date, on: date | None = None
) -> Drafted:
    """What HAPAK or PAK state about people whose claim over the period is determined.

    As `credits.services.contents.contents` for the other forms. Left out: `nothing_to_state`.
    """
    day = on or timezone.localdate()
    decisions = _in_force(ids, start, end)
    drafted = Drafted(skipped=[(key, "nothing_to_state") for key in ids if key not in decisions])
    if not decisions:
        return drafted
    common = _commons([*decisions], start, end)
    signatories = Signatories(day)
    for key, decision in decisions.items():
        if key not in common:
            drafted.skipped.append((key, "no_appointment"))
            continue
        build = _finding if form == Form.FINDING else _pak
        content, signer = build(decision, common[key], signatories)
        drafted.contents[key], drafted.entries[key] = content, []
        if signer is not None:
            drafted.signers[key] = signer
    return drafted


def _commons(ids: Sequence[int], start: date, end: date) -> dict[int, dict[str, Any]]:
    """What every paper states about the person, as on the last day of the period."""
    where = standings(ids, end)
    units = unit_names(end)
    return {
        person.pk: {
            "identity": identity_of(person, where[person.pk], end, units),
            "period_start": start,
            "period_end": end,
            **surroundings_of(person),
        }
        for person in people_on(ids, end)
        if person.pk in where
    }


def _decided(items: Sequence[ClaimItem]) -> dict[int, int]:
    return {
        i.number: i.quantity if i.decided_quantity is None else i.decided_quantity for i in items
    }


def _by_number(points: ClaimPoints) -> dict[int, Fraction]:
    return {p.number: p.points for p in points.items}


def _claimed(
    item: ClaimItem, points: Fraction, found: Fraction | None = None, reason: str = ""
) -> ClaimedItem:
    activity = item.activity
    return ClaimedItem(
        number=item.number,
        group=Group(activity.element),
        sub_element=activity.sub_element,
        activity=activity.name,
        product=activity.product,
        quantity=item.quantity,
        unit=Fraction(activity.points),
        points=points,
        decided_quantity=None if found is None else _decided([item])[item.number],
        decided_points=found,
        reason=reason,
    )


def _finding(
    decision: ClaimDecision, common: dict[str, Any], signatories: Signatories
) -> tuple[FindingForm, Employee | None]:
    """HAPAK: the chair who led the decision signs."""
    claim = decision.claim
    items = read_items(claim)
    claimed = _by_number(count(claim, items)[0])
    points = count(claim, items, _decided(items))[0]
    found = _by_number(points)
    event = _decided_by(claim)
    chair = event and Employee.objects.filter(user_id=event.actor_id or 0).first()
    block = Signatory(name=chair.full_name, nip=chair.nip, offices=(_CHAIR,)) if chair else None
    return (
        FindingForm(
            items=tuple(
                _claimed(
                    item,
                    claimed.get(item.number, Fraction(0)),
                    found.get(item.number, Fraction(0)),
                    reason_of(item),
                )
                for item in items
            ),
            counted=points.counted,
            session=long_date(timezone.localtime(event.at).date()) if event else "",
            signatory=block,
            **common,
        ),
        chair or None,
    )


# Why an item was changed, as printed; the codes are those of the teams' verdicts.
_REASONS = {
    "no_evidence": "tidak terbukti dari bukti fisik",
    "wrong_evidence": "bukti fisik untuk hal lain",
    "quantity": "jumlah tidak terbukti",
    "outside_period": "di luar masa penilaian",
    "other_level": "pekerjaan jenjang lain tanpa surat tugas",
    "double": "sudah pernah diajukan",
    "not_duty": "bukan kegiatan pada butir ini",
    "other": "",
}


def reason_of(item: ClaimItem) -> str:
    """Why the decision differs from what was claimed, as printed."""
    said = _REASONS.get(item.decided_reason, item.decided_reason)
    return ": ".join(part for part in (said, item.decided_words) if part)


def _decided_by(claim: Claim) -> ClaimEvent | None:
    return (
        claim.events.filter(act__in=[*DECIDING, Act.UPHOLD], actor__isnull=False)
        .order_by("-id")
        .first()
    )


def _pak(
    decision: ClaimDecision, common: dict[str, Any], signatories: Signatories
) -> tuple[ConventionalForm, Employee | None]:
    claim = decision.claim
    signer, block = signatories.determining(claim.employee, claim.level)
    limits = _limits(claim)
    earlier = ClaimDecision.objects.filter(
        employee=decision.employee_id,
        withdrawn_at__isnull=True,
        claim__kind=claim.kind,
        claim__period_end__lt=claim.period_start,
        effective_on__gte=_rank_since(claim),
    ).select_related("claim__position", "claim__employee")
    old: dict[Group, Fraction] = dict.fromkeys(Group, Fraction(0))
    for one in earlier:
        for group, amount in _groups(one).items():
            old[group] += amount
    new = _groups(decision)
    return (
        ConventionalForm(
            grade=claim.golongan,
            rows=tuple(GroupRow(group=g, old=old[g], new=new[g]) for g in Group),
            determined=True,
            signatory=block,
            original_to="Kepala Badan Kepegawaian Negara",
            replaces=_replaced(claim),
            **limits,
            **common,
        ),
        signer,
    )


def _rank_since(claim: Claim) -> date:
    ranks = claim.employee.ranks.filter(effective_on__lte=claim.period_end)
    last = ranks.order_by("-effective_on").values_list("effective_on", flat=True).first()
    return last or date.min


def _groups(decision: ClaimDecision) -> dict[Group, Fraction]:
    """What a decision gives to each group; the support as it counts, cut to its cap."""
    sums = dict.fromkeys(Group, Fraction(0))
    sums[Group.SUPPORT] = from_units(decision.support_units)
    sums[Group.PROFESSION] = from_units(decision.profession_units)
    items = list(decision.claim.items.select_related("activity__table", "work"))
    points = count(decision.claim, items, _decided(items))[0]
    for one in points.items:
        if one.element.value == Group.EDUCATION.value:
            sums[Group.EDUCATION] += one.points
    main = from_units(decision.main_units)
    sums[Group.DUTIES] = main - sums[Group.PROFESSION] - sums[Group.EDUCATION]
    return sums


def _limits(claim: Claim) -> dict[str, Any]:
    """What carries the grade held, and what the next one asks (R-050, R-051)."""
    edition = edition_of(claim)
    base = ladder_points(edition, claim.golongan)
    above = Golongan(claim.golongan).next_golongan
    if above is None:
        return {"base": base}
    try:
        least = ladder_points(edition, above)
    except RuleError:
        return {"base": base}
    required = least - base
    main = required * edition.cited("shares", "main_min_percent").amount / 100
    cap = count_for_promotion(
        edition, claim.golongan, surplus=Fraction(0), main=Fraction(0), support=required
    ).counted_support
    return {
        "base": base,
        "next_rank": rank_name(above),
        "minimum": least,
        "main_minimum": main,
        "support_maximum": cap,
    }


def _replaced(claim: Claim) -> str:
    """The number of the PAK that an earlier determination of this claim had."""
    gone = claim.decisions.filter(withdrawn_at__isnull=False, document__isnull=False)
    last = gone.select_related("document").order_by("-id").first()
    return last.document.number if last and last.document else ""


# ------------------------------------------------------------------ made with the determination


def make(claim: Claim, day: date) -> list[Document]:
    """HAPAK and PAK of a determined claim, numbered where a scheme is in force.

    The papers of a former determination are revoked: nothing signed is overwritten. Call it in
    the transaction of the determination.
    """
    decision = claim.decisions.filter(withdrawn_at__isnull=True).first()
    if decision is None or claim.path != Path.TEAM or not claim.items.exists():
        return []
    _revoke_former(claim)
    made = []
    for form in (Form.FINDING, Form.CONVENTIONAL):
        drafted = contents([claim.employee_id], form, claim.period_start, claim.period_end, day)
        stated = drafted.contents.get(claim.employee_id)
        if stated is None:
            continue
        made.append(
            Document.objects.create(
                employee_id=claim.employee_id,
                form=form,
                period_start=claim.period_start,
                period_end=claim.period_end,
                content=stated.to_json(),
                rules_version=rules_version(),
                unit_id=claim.unit_id,
            )
        )
        if form == Form.CONVENTIONAL:
            decision.document = made[-1]
            decision.save(update_fields=["document"])
    # Put up by the system: whether the officer may determine was asked before. Without a scheme
    # they stay drafts until Biro SDM sets one and numbers them.
    with suppress(NumberingError):
        issuing.issue([d.pk for d in made], None, day)
    return made


def _revoke_former(claim: Claim) -> None:
    old = Document.objects.filter(
        employee_id=claim.employee_id,
        form__in=(Form.FINDING, Form.CONVENTIONAL),
        period_start=claim.period_start,
        period_end=claim.period_end,
    )
    for document in old:
        if document.state == Document.State.DRAFT:
            continue
        try:
            issuing.revoke(document, "Digantikan oleh penetapan baru", None)
        except DocumentError:
            continue  # revoked or superseded before


def _with_the_determination(claim: Claim, event: ClaimEvent) -> None:
    if event.act == Act.DETERMINE:
        make(claim, timezone.localtime(event.at).date())


afterwards(_with_the_determination)


# ------------------------------------------------------------------ DUPAK


def dupak(claim: Claim) -> ProposalForm:
    """The DUPAK of a claim: who handed it in stands in the signature block.

    Raises ClaimError("no_dupak") for a kind without items, or a person without a position then.
    """
    items = read_items(claim)
    common = _commons([claim.employee_id], claim.period_start, claim.period_end)
    if not items or claim.employee_id not in common:
        raise ClaimError("no_dupak")
    points = _by_number(count(claim, items)[0])
    handed_in = claim.submitted_at and timezone.localtime(claim.submitted_at).date()
    by: Employee | None = Employee.objects.filter(user_id=claim.submitted_by_id or 0).first()
    return ProposalForm(
        items=tuple(_claimed(i, points.get(i.number, Fraction(0))) for i in items),
        submitted_on=handed_in or None,
        dated=handed_in or None,
        signatory=(
            Signatory(name=by.full_name, nip=by.nip, offices=("Pejabat Pengusul",)) if by else None
        ),
        **common[claim.employee_id],
    )


def dupak_pdf(claim: Claim) -> bytes:
    """The DUPAK as PDF; a draft is marked so."""
    return render(dupak(claim))
