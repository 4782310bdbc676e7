"""Conventional claims in every state, with evidence, two teams and their plenaries.

Everything goes through the services, as it would for real: each step by somebody who may do it.
People, files and figures are invented.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.policy import Role
from assessors.models import AgendaItem, Assignment, Membership, Plenary, Team
from assessors.services import assigning, judging, minutes, plenaries, teams
from assessors.services.plenaries import Votes
from credits.models import ActivityItem, Claim, EvidenceFile
from credits.rules.claim_states import Act
from credits.services import evidence
from credits.services.claims import drafts, objecting
from credits.services.claims.acts import perform
from employees.models import Agency, Appointment, Employee
from positions.models import Position
from reports.demo.edge_cases import EDGE_CASES
from reports.demo.ministry import SHOWN

HALVES = (
    (date(2022, 1, 1), date(2022, 6, 30)),
    (date(2022, 7, 1), date(2022, 12, 31)),
    (date(2021, 1, 1), date(2021, 6, 30)),
    (date(2021, 7, 1), date(2021, 12, 31)),
)
POSITIONS = ("pranata-komputer", "mediator-hi")
LEVELS = ("ahli_pertama", "ahli_muda")
SEATS = (
    Membership.Role.CHAIR,
    Membership.Role.MEMBER,
    Membership.Role.MEMBER,
    Membership.Role.MEMBER,
    Membership.Role.ALTERNATE,
)
_ROLES = {
    Membership.Role.CHAIR: (Role.CHAIR, Role.ASSESSOR),
    Membership.Role.SECRETARY: (Role.SECRETARY,),
}
WHY_LATE = "Contoh: belum pernah dinilai karena tim penilai belum terbentuk."
# What becomes of how many claims of a team. The first ones are decided in a plenary.
DECIDED = (("determined", 3), ("partly", 2), ("rejected", 1), ("objection", 1), ("approved", 1))
SCHEDULED = 3
OTHERS = (
    ("differing", 2), ("half", 2), ("checked", 2), ("repaired", 1), ("returned", 2),
    ("submitted", 3), ("draft", 3), ("withdrawn", 1), ("cancelled", 1),
)  # fmt: skip


@dataclass
class Cast:
    """A team, and the accounts with which its people act."""

    team: Team
    secretary: User
    chair: User
    members: list[Membership]
    turn: int = 0


@dataclass
class Demo:
    """Where the demonstration stands: chance, the officer, and who was taken already."""

    day: date
    officer: User
    rng: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - invented
    taken: set[int] = field(default_factory=set)
    accounts: int = 0

    def account(self, person: Employee, *roles: Role) -> User:
        """The person's account, or a new one that nobody enters by a password."""
        if person.user is None:
            self.accounts += 1
            person.user = User.objects.create(
                username=f"contoh_{self.accounts}",
                first_name="Contoh",
                last_name=person.name,
                is_sample=True,
                roles_from_register=False,
                password=make_password(None),
            )
            person.save(update_fields=["user"])
        names = [role.value for role in roles]
        person.user.groups.add(*Group.objects.filter(name__in=names))
        return person.user


def make() -> int:
    """Make everything; returns the number of claims. Accounts and points must be there."""
    officer = User.objects.filter(is_sample=True, username=Role.HR.value).first()
    if officer is None:
        return 0
    demo = Demo(timezone.localdate(), officer)
    for code in POSITIONS:
        position = Position.objects.get(code=code)
        if cast := _team(demo, position):
            _story(demo, cast, position)
    return Claim.objects.count()


# ------------------------------------------------------------------ teams


def _team(demo: Demo, position: Position) -> Cast | None:
    """A team by decree for the lower levels: holders of Ahli Madya, a secretary from Biro SDM."""
    held = Appointment.objects.on(demo.day).filter(position=position, level="ahli_madya")
    rows = Employee.objects.filter(appointments__in=held, left_on=None, employment="PNS")
    holders = list(rows.select_related("user").order_by("nip")[: len(SEATS) + 1])
    # Whose account shows an assessor sits in a member's seat.
    holders.sort(key=lambda person: person.user_id is not None)
    holders.insert(1, holders.pop())
    secretary = (
        Employee.objects.filter(
            memberships__unit__code="setjen-biro-osdma",
            ranks__golongan__in=("III/d", "IV/a", "IV/b"),
            user=None,
            left_on=None,
        )
        .exclude(pk__in=demo.taken)
        .order_by("nip")
        .first()
    )
    if len(holders) < len(SEATS) or secretary is None:
        return None
    demo.taken |= {secretary.pk, *(h.pk for h in holders)}
    start = demo.day.replace(month=1, day=1)
    team = teams.create(
        demo.officer,
        name=f"Tim Penilai Instansi {position.name} (contoh)",
        agency=Agency.objects.get(code="kemnaker"),
        positions=[position],
        levels=list(LEVELS),
        start=start,
        end=date(start.year + 2, 12, 31),
    )
    trained = {"trained_on": start - timedelta(days=90), "training": "CONTOH/SERTIFIKAT"}
    named = _named(position)
    for role, person in (
        (Membership.Role.SECRETARY, secretary),
        *zip(SEATS, holders, strict=False),
    ):
        if user := named.pop(str(role), None):
            Employee.objects.filter(user=user).update(user=None)
            person.user = user  # it has the one role that it shows
            person.save(update_fields=["user"])
        else:
            demo.account(person, *_ROLES.get(role, (Role.ASSESSOR,)))
        teams.add_member(
            team,
            person,
            demo.officer,
            role=role,
            from_hr=role == Membership.Role.SECRETARY,
            **trained,
        )
    decree = teams.decree_of(
        f"CONTOH/SK-TIM/{position.number}/{start.year}",
        issued_on=start,
        issuer="Sekretaris Jenderal",
        subject=f"Tim Penilai Instansi {position.name} (contoh)",
    )
    team = teams.activate(team, decree, demo.officer, demo.day)
    seats = {m.role: m for m in team.memberships.select_related("employee__user")}
    ordinary = team.memberships.filter(role=Membership.Role.MEMBER).select_related("employee__user")
    return Cast(
        team,
        _user(seats[Membership.Role.SECRETARY]),
        _user(seats[Membership.Role.CHAIR]),
        list(ordinary.order_by("pk")),
    )


def _named(position: Position) -> dict[str, User]:
    """The demonstration accounts sit in the team that judges the holder whose account is shown."""
    if position.code != POSITIONS[0]:
        return {}
    names = {
        str(Membership.Role.CHAIR): Role.CHAIR,
        str(Membership.Role.SECRETARY): Role.SECRETARY,
        str(Membership.Role.MEMBER): Role.ASSESSOR,
    }
    users = {u.username: u for u in User.objects.filter(is_sample=True)}
    return {seat: users[role.value] for seat, role in names.items() if role.value in users}


def _user(seat: Membership) -> User:
    assert seat.employee.user is not None  # noqa: S101 - every seat got an account
    return seat.employee.user


# ------------------------------------------------------------------ claims


def _story(demo: Demo, cast: Cast, position: Position) -> None:
    people = _claimants(demo, position)
    fates = [fate for fate, number in DECIDED for _ in range(number)]
    decided = [(fate, _judged(demo, cast, next(people), fate)) for fate in fates]
    _session(demo, cast)
    for fate, claim in decided:
        claim.refresh_from_db()
        if fate == "determined":
            _determine(claim)
        elif fate == "objection":
            holder = demo.account(claim.employee, Role.HOLDER)
            objecting.object_to(claim, [1], "Contoh: buktinya ada pada lampiran kedua.", holder)
    for _ in range(SCHEDULED):
        _judged(demo, cast, next(people), "approved")
    plenaries.plan(
        cast.team,
        demo.day + timedelta(days=7),
        cast.secretary,
        starts_at=time(9),
        place="Ruang Rapat Biro OSDMA (contoh)",
    )
    for fate, number in OTHERS:
        for _ in range(number):
            _other(demo, cast, next(people), fate)


def _claimants(demo: Demo, position: Position) -> Iterator[Employee]:
    """Holders of the lower levels since before the half years; the one whose account is shown
    comes first, with a claim that was approved in part."""
    held = Appointment.objects.on(demo.day).filter(
        position=position, level__in=LEVELS, start__lte=HALVES[0][0]
    )
    rows = Employee.objects.filter(
        appointments__in=held, left_on=None, employment="PNS", statuses=None
    ).exclude(pk__in=demo.taken)
    people = list(rows.filter(user=None).order_by("nip"))
    demo.rng.shuffle(people)
    shown = rows.filter(nip=EDGE_CASES[SHOWN]).first()
    if shown is not None:
        people.insert(3, shown)
    return iter(people)


def _draft(demo: Demo, person: Employee) -> Claim:
    start, end = HALVES[demo.rng.randrange(2)]
    claim = drafts.create(
        "konvensional", person, drafts.Frame(start, end, late_reason=WHY_LATE), demo.officer
    )
    wanted = ActivityItem.objects.filter(
        table__position=claim.position,
        table__replaced_by=None,
        level__in=("", claim.level),
        points__lte=3,
    )
    chosen = demo.rng.sample(list(wanted.order_by("pk")), min(4, wanted.count()))
    files = [_file(demo, person, n) for n in (1, 2)]
    for n, activity in enumerate(chosen):
        begin = start + timedelta(days=demo.rng.randrange(0, 120))
        quantity = demo.rng.randint(1, min(activity.yearly_limit or 4, 4))
        item = drafts.ItemInput(
            activity,
            begin,
            min(begin + timedelta(days=20), end),
            quantity,
            description=f"Contoh pekerjaan {n + 1}",
        )
        claim.refresh_from_db()
        drafts.put_item(claim, item, demo.officer, claim.version, files=[files[n % 2]])
    claim.refresh_from_db()
    return claim


def _file(demo: Demo, person: Employee, number: int) -> EvidenceFile:
    """A page of paper that says that it is an example."""
    name = f"bukti-contoh-{number}.pdf"
    upload = SimpleUploadedFile(name, _pdf(f"CONTOH {person.public_id} {number}"))
    return evidence.upload(person, upload, demo.officer, f"Bukti contoh {number}")


def _pdf(text: str) -> bytes:
    drawn = f"BT /F1 14 Tf 72 720 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return made + head + table + end % (len(objects) + 1, len(made))


def _submitted(demo: Demo, person: Employee) -> Claim:
    return perform(_draft(demo, person), Act.SUBMIT, demo.officer)


def _assigned(demo: Demo, cast: Cast, person: Employee) -> tuple[Claim, Sequence[Assignment]]:
    claim = perform(_submitted(demo, person), Act.CHECK, cast.secretary)
    against = assigning.refusals(claim, cast.members, demo.day)
    free = [m for m in cast.members if not against[m.pk]]
    pair = [free[(cast.turn + n) % len(free)] for n in range(2)]
    cast.turn += 1
    claim = assigning.assign(claim, pair, cast.secretary)
    return claim, list(claim.assignments.select_related("member__employee__user").order_by("pk"))


def _judge(assignment: Assignment, verdict: Callable[[int, int], tuple[str, int | None]]) -> None:
    """Give the verdict of every item; `verdict`: number and quantity -> answer and quantity."""
    user = _user(assignment.member)
    for item in assignment.claim.items.order_by("number"):
        answer, quantity = verdict(item.number, item.quantity)
        accepted = answer == "accept"
        judging.give(
            assignment,
            user,
            item.number,
            answer,
            quantity=quantity,
            reason="" if accepted else "quantity",
            words="" if accepted else "Contoh: tidak terbukti",
        )
    judging.finish(assignment, user)


def _accept(number: int, quantity: int) -> tuple[str, int | None]:
    return "accept", None


def _reject(number: int, quantity: int) -> tuple[str, int | None]:
    return "reject", None


def _all_but_first(number: int, quantity: int) -> tuple[str, int | None]:
    return ("reject", None) if number == 1 else ("accept", None)


def _judged(demo: Demo, cast: Cast, person: Employee, fate: str) -> Claim:
    """Judged by both alike, so that the plenary confirms it."""
    claim, pair = _assigned(demo, cast, person)
    verdicts = {"partly": _all_but_first, "objection": _all_but_first, "rejected": _reject}
    for assignment in pair:
        _judge(assignment, verdicts.get(fate, _accept))
    return claim


def _session(demo: Demo, cast: Cast) -> Plenary:
    """A plenary of today, from the invitation to its signed minutes."""
    plenary = plenaries.plan(cast.team, demo.day, cast.secretary, starts_at=time(9))
    seats = cast.team.memberships.exclude(role=Membership.Role.ALTERNATE)
    present = list(seats.values_list("pk", flat=True))
    plenaries.attend(plenary, present, {}, cast.secretary)
    plenary = plenaries.begin(plenary, cast.chair)
    votes = Votes(len(present))
    agenda = list(plenary.agenda.select_related("claim", "plenary"))
    together = [item.pk for item in agenda if item.why == AgendaItem.Why.AGREED]
    plenaries.decide_agreed(plenary, together, votes, cast.chair)
    for item in agenda:
        if item.pk not in together:
            proposed = judging.result(item.claim)
            assert proposed is not None  # noqa: S101 - both assessors have finished
            found = {one.number: one.found for one in proposed.items}
            plenaries.decide(item, found, votes, cast.chair, words="Contoh: sesuai penilaian.")
    plenary = plenaries.close(plenary, cast.chair)
    paper = _pdf("BERITA ACARA CONTOH, BERTANDA TANGAN")
    return minutes.sign_minutes(plenary, paper, cast.secretary, scan=True)


def _determine(claim: Claim) -> None:
    determiner = User.objects.filter(is_sample=True, username=Role.DETERMINER.value).first()
    if determiner is not None:
        perform(claim, Act.DETERMINE, determiner)


def _other(demo: Demo, cast: Cast, person: Employee, fate: str) -> None:
    """Claims that wait somewhere, or ended early."""
    if fate in ("half", "differing"):
        _claim, (first, second) = _assigned(demo, cast, person)
        _judge(first, _accept)
        if fate == "differing":
            _judge(second, _reject)
    elif fate == "draft":
        _draft(demo, person)
    else:
        claim = _submitted(demo, person)
        if fate == "checked":
            perform(claim, Act.CHECK, cast.secretary)
        elif fate in ("returned", "repaired"):
            why = "Contoh: pindaian bukti tidak terbaca, unggah ulang."
            claim = perform(claim, Act.RETURN, cast.secretary, reason=why)
            if fate == "repaired":
                perform(claim, Act.RESUBMIT, demo.officer)
        elif fate == "cancelled":
            perform(claim, Act.CANCEL, demo.officer, reason="Contoh: usulan ganda.")
        elif fate == "withdrawn":
            perform(claim, Act.WITHDRAW, demo.account(person, Role.HOLDER))
