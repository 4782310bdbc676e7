"""The minutes (berita acara) of a plenary: its content is frozen at the close, its bytes are kept.

The paper is an official one, so its words stand here in Indonesian and are not translated.
"""

from datetime import date
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessors.models import AgendaItem, Membership, Plenary, Verdict
from assessors.policy import LEADING, seats
from assessors.services.plenaries import Session, session_of
from credits.documents.indonesian import long_date, number, period
from credits.documents.render import typeset
from credits.rules.units import from_units
from credits.services.claims.errors import ClaimError
from credits.services.signatures import is_signed_copy
from employees.scans import file_ending

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_WHY = {
    "difference": "perbedaan penilaian",
    "sample": "sampel",
    "agreed": "penilaian sepakat",
    "objection": "keberatan",
}
_OUTCOMES = {
    "approved": "disetujui",
    "partly": "disetujui sebagian",
    "rejected": "ditolak",
    "postponed": "ditunda ke sidang berikutnya",
    "": "belum diputus",
}
_ROLES = {
    "ketua": "Ketua",
    "wakil_ketua": "Wakil Ketua",
    "sekretaris": "Sekretaris",
    "anggota": "Anggota",
    "pengganti": "Pengganti",
}
_REASONS = {
    Verdict.Reason.NO_EVIDENCE: "tidak terbukti dari bukti fisik",
    Verdict.Reason.WRONG_EVIDENCE: "bukti fisik untuk hal lain",
    Verdict.Reason.QUANTITY: "jumlah tidak terbukti",
    Verdict.Reason.OUTSIDE_PERIOD: "di luar masa penilaian",
    Verdict.Reason.OTHER_LEVEL: "pekerjaan jenjang lain tanpa surat tugas",
    Verdict.Reason.DOUBLE: "sudah pernah diajukan",
    Verdict.Reason.NOT_DUTY: "bukan kegiatan pada butir ini",
    Verdict.Reason.OTHER: "alasan lain",
}
_DASH = "-"


def content_of(plenary: Plenary, session: Session | None = None) -> dict[str, Any]:
    """All that the paper states, as plain JSON. Five statements, whatever the agenda."""
    session = session or session_of(plenary)
    rows = list(
        plenary.agenda.select_related("claim__employee", "claim__position", "objection").order_by(
            "pk"
        )
    )
    day = plenary.day
    return {
        "title": "BERITA ACARA SIDANG PLENO TIM PENILAI ANGKA KREDIT",
        "day": [day.year, day.month, day.day],
        "letterhead": [plenary.team.agency.name.upper()],
        "number": plenary.number or "." * 24,
        "team": plenary.team.name,
        "held": (
            f"{_DAYS[day.weekday()]}, {long_date(day)}"
            + (f", pukul {plenary.starts_at:%H.%M}" if plenary.starts_at else "")
        ),
        "place": plenary.place or _DASH,
        "led_by": _leader(plenary),
        "quorum": (
            f"{session.present} dari {len(session.members)} anggota hadir; kuorum "
            f"{session.quorum} anggota"
        ),
        "sample": (
            f"Sampel {plenary.sample_percent} persen dari usulan yang penilaiannya sepakat, "
            f"dipilih dengan benih {plenary.seed}."
        ),
        "attendance": _attendance(session),
        "decisions": [_decision(row) for row in rows],
        "notes": plenary.notes,
        "signers": _signers(session, plenary),
        "marks": ["DATA CONTOH"] if any(r.claim.employee.is_sample for r in rows) else [],
        "copies": [],
        "city": plenary.team.agency.place or settings.AGENCY["place"],
    }


def _leader(plenary: Plenary) -> str:
    leader = plenary.led_by
    return f"{leader.employee.full_name} ({_ROLES[leader.role]})" if leader else _DASH


def _attendance(session: Session) -> list[list[str]]:
    filled = session.seats_filled
    rows = []
    for member in session.members:
        sits = filled.get(member.pk)
        came = "hadir" if sits == member else "tidak hadir"
        if sits is not None and sits != member:
            came = f"digantikan oleh {sits.employee.full_name}"
        rows.append([member.employee.full_name, member.employee.nip, _ROLES[member.role], came])
    return rows


def _signers(session: Session, plenary: Plenary) -> list[dict[str, str]]:
    """Who signs: the leader and the secretary."""
    secretary = next((m for m in session.members if m.role == Membership.Role.SECRETARY), None)
    found = [m for m in (secretary, plenary.led_by) if m is not None]
    return [
        {"office": _ROLES[m.role], "name": m.employee.full_name, "nip": m.employee.nip}
        for m in dict.fromkeys(found)
    ]


def _decision(row: AgendaItem) -> dict[str, Any]:
    claim = row.claim
    changed = [
        [n, str(quantity), _REASONS.get(reason, reason), words]
        for n, (quantity, reason, words) in sorted(row.decided.items(), key=lambda i: int(i[0]))
        if reason
    ]
    votes = (
        f"{row.votes_for} setuju, {row.votes_against or 0} tidak setuju"
        if row.votes_for is not None
        else _DASH
    )
    return {
        "person": claim.employee.full_name,
        "nip": claim.employee.nip,
        "position": f"{claim.position.name if claim.position else _DASH}",
        "period": period(claim.period_start, claim.period_end),
        "why": _WHY[row.why],
        "outcome": _OUTCOMES[row.outcome],
        "points": _DASH if row.units is None else number(from_units(row.units), 3),
        "votes": votes,
        "words": row.words,
        "changed": changed,
    }


def minutes_pdf(plenary: Plenary) -> bytes:
    """The minutes: a draft as it stands before the close, afterwards the bytes that were issued.

    They are made once after the close and kept; the frozen content gives the same bytes again, so
    that a process killed in between changes nothing.
    """
    if plenary.state != Plenary.State.CLOSED:
        content = content_of(plenary)
        return _render(content | {"marks": ["DRAF", *content["marks"]]})
    if not plenary.minutes:
        _keep(plenary)
    with plenary.minutes.open("rb") as file:
        kept: bytes = file.read()
    return kept


def _render(content: dict[str, Any]) -> bytes:
    return typeset("minutes", content, date(*content["day"]))


def _keep(plenary: Plenary) -> None:
    pdf = _render(plenary.minutes_content or {})
    with transaction.atomic():
        row = Plenary.objects.select_for_update().get(pk=plenary.pk)
        if not row.minutes:
            row.minutes.save(f"{row.public_id}.pdf", ContentFile(pdf), save=False)
            row.minutes_hash = sha256(pdf).hexdigest()
            row.save(update_fields=["minutes", "minutes_hash"])
    plenary.minutes, plenary.minutes_hash = row.minutes, row.minutes_hash


@transaction.atomic
def sign_minutes(
    plenary: Plenary, file: bytes, actor: User, *, scan: bool = False, on: date | None = None
) -> Plenary:
    """Keep the signed minutes; from then on the decisions may be determined.

    A file signed elsewhere begins with the issued bytes and carries a signature; a scan is taken
    as the secretary's word. Raises ClaimError: not_yours, plenary_state, minutes_signed_before,
    not_this_document, no_signature, not_a_scan.
    """
    issued = minutes_pdf(plenary)
    row = Plenary.objects.select_for_update().get(pk=plenary.pk)
    if row.state != Plenary.State.CLOSED:
        raise ClaimError("plenary_state", state=row.get_state_display())
    if not seats(actor, on or timezone.localdate(), *LEADING).filter(team=row.team_id).exists():
        raise ClaimError("not_yours", 403)
    if row.signed_hash:
        raise ClaimError("minutes_signed_before")
    if not scan and (code := is_signed_copy(file, issued)):
        raise ClaimError(f"minutes_{code}", 400)
    ending = file_ending(file)
    if ending is None:
        raise ClaimError("minutes_not_a_scan", 400)
    row.signed_file.save(f"{row.public_id}-ttd.{ending}", ContentFile(file), save=False)
    row.signed_hash = sha256(file).hexdigest()
    row.save(update_fields=["signed_file", "signed_hash"])
    return row
