"""The pages of teams: what each reader sees, how an officer forms a team, and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.policy import Role
from assessors.decree_draft import DecreeDraft
from assessors.models import Membership, Team
from assessors.services import decree_drafts, teams
from credits.documents.render import typeset
from positions.models import Decree
from tests import factories
from tests.assessors.forming import END, START, TRAINED, Seat, active, assessor, draft, jf, seat
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NOW = {"start": TODAY - timedelta(days=30), "end": TODAY + timedelta(days=200)}


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def client_of(*roles: Role, user: Any = None) -> Client:
    client = Client()
    client.force_login(user or UserFactory(roles=list(roles)))
    return client


@pytest.fixture
def officer() -> Client:
    return client_of(Role.HR)


def page(name: str, team: Team, *more: Any) -> str:
    return reverse(f"assessors:{name}", args=[team.public_id, *more])


def decree_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("sk.pdf", b"%PDF-1.7 isi", "application/pdf")


def test_from_an_empty_draft_to_a_team_in_force(officer: Client) -> None:
    """As an officer does it: scope, people, the draft of the decree, the signed decree."""
    position = jf()
    data = {
        "name": "Tim Penilai Uji",
        "agency": factories.AgencyFactory().pk,
        "tier": "instansi",
        "start": "01-01-2022",
        "end": "31-12-2024",
        "positions": [position.pk],
        "levels": ["ahli_pertama", "ahli_muda", "ahli_madya"],
    }
    answer = officer.post(reverse("assessors:team_new"), data)
    team = Team.objects.get()
    assert answer.headers["Location"] == page("team", team)
    for n, role in enumerate(["ketua", "sekretaris", *["anggota"] * 3, "pengganti"]):
        person = assessor(position)
        values = {"person": person.nip, "role": role, "trained_on": "01-06-2021"}
        if role == "sekretaris":
            values["from_hr"] = "on"
        answer = officer.post(page("member_add", team), values)
        assert answer.status_code == 302, n
    assert officer.get(page("team", team)).context["errors"] == 0
    officer.post(page("decree_draft", team), {"office": "Sekretaris Jenderal"})
    assert officer.get(page("decree_pdf", team)).content.startswith(b"%PDF-")
    checked = officer.get(page("team_activate", team))
    assert checked.context["broken"] == 0
    decree = {"number": "9/0001/KP.08.04/1/2022", "issued_on": "03-01-2022"}
    assert officer.post(page("team_activate", team), decree).status_code == 200  # without its file
    team.refresh_from_db()
    assert team.state == Team.State.DRAFT
    officer.post(page("team_activate", team), decree | {"file": decree_file()})
    team.refresh_from_db()
    assert team.state == Team.State.ACTIVE
    assert team.decree is not None
    assert (team.decree.number, bool(team.decree.file)) == ("9/0001/KP.08.04/1/2022", True)
    assert team.decree.subject == "Pembentukan Tim Penilai Uji"


def test_a_rule_that_is_broken_stands_on_the_page_with_its_article(officer: Client) -> None:
    team = draft(jf())
    person = seat(team, Seat.MEMBER).employee
    person.appointments.update(level="ahli_muda")
    text = officer.get(page("team", team)).content.decode()
    assert "Ahli Muda" in text
    assert "PermenPANRB 47/2022 Pasal 33" in text
    checked = officer.get(page("team_activate", team))
    row = next(r for r in checked.context["rules"] if not r["met"])
    assert (person.full_name in row["sentences"][0]["text"], row["article"]) == (
        True,
        "PermenPANRB 47/2022 Pasal 33",
    )
    decree = {"number": "1", "issued_on": "03-01-2022", "file": decree_file()}
    answer = officer.post(page("team_activate", team), decree)
    assert answer.status_code == 409
    assert "Pasal 33" in str(answer.context["form"].non_field_errors())
    assert not Decree.objects.filter(number="1").exists()  # nothing of a refused act stays
    team.refresh_from_db()
    assert team.state == Team.State.DRAFT


def test_everybody_sees_teams_by_decree_and_only_staff_their_papers() -> None:
    position = jf()
    team, forming = active(position, TODAY, **NOW), draft(position, name="Draf Rahasia")
    member = seat(team, Seat.MEMBER)
    for role in (Role.HOLDER, Role.COORDINATOR, Role.SUPERIOR):
        client = client_of(role)
        text = client.get(page("team", team)).content.decode()
        assert member.employee.full_name in text
        assert member.employee.nip not in text
        assert "SERT/1" not in text
        assert client.get(page("team", forming)).status_code == 404
        assert client.get(page("decree_pdf", team)).status_code == 403
        listed = client.get(reverse("assessors:teams")).content.decode()
        assert team.name in listed
        assert forming.name not in listed
    auditor = client_of(Role.AUDITOR)
    assert "SERT/1" in auditor.get(page("team", team)).content.decode()
    assert auditor.get(page("team", forming)).status_code == 200
    assert auditor.post(page("team_edit", forming)).status_code == 403
    assert forming.name in auditor.get(reverse("assessors:teams")).content.decode()


def test_az103_the_secretary_does_not_edit_the_composition() -> None:
    position = jf()
    team = active(position, TODAY, **NOW)
    secretary = client_of(user=seat(team, Seat.SECRETARY).employee.user)
    assert secretary.get(page("team", team)).status_code == 200
    row = seat(team, Seat.MEMBER)
    before = list(Membership.objects.order_by("pk").values())
    for name in ("team_edit", "member_add", "team_extend", "team_end", "team_activate"):
        assert secretary.get(page(name, team)).status_code == 403
        assert secretary.post(page(name, team)).status_code == 403
    for name in ("member_edit", "member_remove", "member_replace", "member_substitute"):
        assert secretary.post(page(name, team, row.pk)).status_code == 403
    assert secretary.post(reverse("assessors:team_new")).status_code == 403
    assert list(Membership.objects.order_by("pk").values()) == before


def test_the_chair_names_a_substitute_in_the_own_team_alone() -> None:
    position = jf()
    team, other = active(position, TODAY, **NOW), active(jf(), TODAY, **NOW)
    chair = client_of(user=seat(team, Seat.CHAIR).employee.user)
    row, stand_in = seat(team, Seat.MEMBER), assessor(position)
    data = {
        "person": stand_in.nip,
        "start": TODAY.strftime("%d-%m-%Y"),
        "end": (TODAY + timedelta(days=20)).strftime("%d-%m-%Y"),
        "reason": "Dinilai sendiri",
        "trained_on": "01-06-2021",
    }
    foreign = seat(other, Seat.MEMBER)
    assert chair.post(page("member_substitute", other, foreign.pk), data).status_code == 404
    assert chair.post(page("member_substitute", team, foreign.pk), data).status_code == 404
    by_name = chair.post(page("member_substitute", team, row.pk), data | {"person": "Pegawai"})
    assert "(1" not in str(by_name.context["form"].errors)  # no list of people with their NIP
    assert by_name.status_code == 200
    assert chair.post(page("member_substitute", team, row.pk), data).status_code == 302
    assert Membership.objects.get(employee=stand_in).replaces == row
    assert chair.post(page("member_replace", team, row.pk), data).status_code == 403
    vice_only = client_of(Role.CHAIR)  # the role by hand, without a seat
    assert vice_only.post(page("member_substitute", team, row.pk), data).status_code == 404


def test_a_replacement_and_an_end_by_an_officer(officer: Client) -> None:
    position = jf()
    team = active(position, TODAY, **NOW)
    row, fresh = seat(team, Seat.MEMBER), assessor(position)
    data = {
        "person": fresh.nip,
        "start": TODAY.strftime("%d-%m-%Y"),
        "reason": "Pensiun",
        "trained_on": "01-06-2021",
        "number": "9/0002",
        "issued_on": "03-01-2022",
        "file": decree_file(),
    }
    assert officer.get(page("member_replace", team, row.pk)).status_code == 200
    assert officer.post(page("member_replace", team, row.pk), data).status_code == 302
    text = officer.get(page("team", team)).content.decode()
    assert "Pensiun" in text
    assert "9/0002" in text
    last = {"last": (TODAY - timedelta(days=1)).strftime("%d-%m-%Y"), "reason": "Dibubarkan"}
    late = {"last": "01-01-2099", "reason": "x"}
    assert officer.post(page("team_end", team), late).status_code == 400
    assert officer.post(page("team_end", team), last).status_code == 302
    team.refresh_from_db()
    assert team.state == Team.State.ENDED


def test_an_extension_and_the_next_term(officer: Client) -> None:
    team = active(jf(), TODAY, **NOW)
    until = NOW["end"] + timedelta(days=30)
    data = {
        "until": until.strftime("%d-%m-%Y"),
        "number": "9/0003",
        "issued_on": "03-01-2022",
        "file": decree_file(),
    }
    assert officer.post(page("team_extend", team), data).status_code == 302
    team.refresh_from_db()
    assert team.end == until
    officer.post(page("team_renew", team))
    following = Team.objects.get(follows=team)
    assert (following.state, following.start) == ("draft", until + timedelta(days=1))
    assert following.memberships.count() == 6
    officer.post(page("team_renew", team))
    assert Team.objects.count() == 2


def test_who_fits_is_offered_and_who_does_not_is_not(officer: Client) -> None:
    position = jf()
    team = draft(position)
    fits = assessor(position)
    low, gone = assessor(position, "ahli_muda"), assessor(position)
    poor = assessor(position, grade="III/d")
    gone.left_on = START
    gone.save()
    answer = officer.get(page("member_add", team))
    offered = {row["person"] for row in answer.context["suggested"]}
    assert offered == {fits}
    assert {low, gone, poor}.isdisjoint(offered)
    chosen = officer.get(f"{page('member_add', team)}?person={fits.public_id}")
    assert fits.nip[:8] in chosen.content.decode()


def test_a_second_seat_is_refused_in_words(officer: Client) -> None:
    team = draft(jf())
    person = seat(team, Seat.CHAIR).employee
    data = {"person": person.nip, "role": "anggota"}
    answer = officer.post(page("member_add", team), data)
    assert answer.status_code == 409
    assert person.full_name in str(answer.context["form"].non_field_errors())


def test_filters_and_the_positions_without_a_team(officer: Client) -> None:
    position, bare = jf(), jf(name="Tanpa Tim")
    factories.AppointmentFactory(position=bare)
    now = active(position, TODAY, start=TODAY, end=TODAY + timedelta(days=60))
    past, forming = active(jf()), draft(jf())

    def shown(show: str) -> list[Any]:
        answer = officer.get(reverse("assessors:teams"), {"show": show})
        return list(answer.context["list"]["page"])

    assert shown("active") == [now] == shown("ending")
    assert shown("draft") == [forming]
    assert shown("over") == [past]
    assert set(shown("")) == {now, past, forming}
    assert bare in shown("without")
    assert position not in shown("without")
    teams.discard(forming, None, "Salah")
    assert set(shown("")) == {now, past}


def test_looks_at_members_are_logged(officer: Client) -> None:
    team = active(jf(), TODAY, **NOW)
    officer.get(page("team", team))
    people = set(team.memberships.values_list("employee", flat=True))
    rows = AccessEvent.objects.filter(what="team")
    assert set(rows.values_list("subject", flat=True)) == people
    officer.get(reverse("assessors:teams"))
    assert rows.count() == len(people)  # the list names nobody


@pytest.mark.parametrize("role", [Role.HR, Role.HOLDER])
def test_the_list_costs_the_same_however_many(
    role: Role, django_assert_max_num_queries: Any
) -> None:
    client = client_of(role)
    unit = factories.UnitFactory()
    for _n in range(2):
        active(jf(), TODAY, units=[unit], **NOW)
    client.get(reverse("assessors:teams"))
    with CaptureQueriesContext(
        connection,
    ) as first:
        client.get(reverse("assessors:teams"))
    for _n in range(4):
        active(jf(), TODAY, units=[unit], **NOW)
    assert len(first) <= 12
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("assessors:teams"))


# ------------------------------------------------------------------ the draft of the decree


def test_the_draft_states_the_team_and_is_the_same_bytes_each_time() -> None:
    position = jf(name="Pengantar Uji")
    team = draft(position, units=[factories.UnitFactory(version__name="Direktorat Uji")])
    decree_drafts.draft(team, None, date(2021, 12, 1), "Sekretaris Jenderal")
    team.refresh_from_db()
    content = DecreeDraft.from_json(team.draft_content or {})
    assert content.positions == ("Pengantar Uji",)
    assert content.units == ("Direktorat Uji",)
    assert (content.start, content.end) == (START, END)
    assert [row.seat for row in content.rows] == [
        "Ketua merangkap anggota",
        "Sekretaris merangkap anggota",
        *["Anggota"] * 3,
        "Anggota pengganti",
    ]
    chair = seat(team, Seat.CHAIR).employee
    assert content.rows[0].nip == chair.nip
    assert content.rows[0].rank == "Pembina, IV/a"
    assert content.rows[0].position == "Pengantar Uji Ahli Madya"
    assert content.legal[0].startswith("Undang-Undang Nomor 5 Tahun 2014")
    pdf = decree_drafts.pdf(team)
    assert pdf == decree_drafts.pdf(team)
    # A snapshot: what changes later changes neither the paper nor its bytes.
    assert not decree_drafts.is_behind(team)
    chair.name = "Nama Lain"
    chair.save()
    assert decree_drafts.pdf(team) == pdf
    assert decree_drafts.is_behind(team)


def test_a_draft_has_neither_number_nor_name_of_a_signatory(monkeypatch: Any) -> None:
    team = draft(jf())
    decree_drafts.draft(team, None, date(2021, 12, 1), "Sekretaris Jenderal")
    seen: list[Any] = []
    monkeypatch.setattr(decree_drafts, "typeset", lambda *args: seen.append(args) or typeset(*args))
    team.refresh_from_db()
    decree_drafts.pdf(team)
    _template, said, _day = seen[0]
    assert said["marks"][0] == "DRAF"
    assert set(said["number"]) == {"."}
    assert said["signature"][2] == "SEKRETARIS JENDERAL,"
    assert [pair[0] for pair in said["considering"]] == ["a.", "b.", "c."]
    assert [pair[0] for pair in said["articles"]][:2] == ["KESATU", "KEDUA"]


def test_a_team_in_force_is_drafted_no_more(officer: Client) -> None:
    team = active(jf(), TODAY, **NOW)
    officer.post(page("decree_draft", team), {"office": "Sekretaris Jenderal"})
    team.refresh_from_db()
    assert team.draft_content is None
    assert officer.get(page("decree_pdf", team)).status_code == 404


def test_what_the_annex_calls_somebody_can_be_entered() -> None:
    position = jf()
    team = draft(position)
    head = factories.EmployeeFactory()
    factories.RankFactory(employee=head, golongan="IV/c")
    teams.remove_member(seat(team, Seat.CHAIR), None)
    teams.add_member(
        team,
        head,
        None,
        role=Seat.CHAIR,
        office_rank="jpt_pratama",
        office="Direktur Contoh",
        **TRAINED,
    )
    decree_drafts.draft(team, None, START, "Menteri")
    team.refresh_from_db()
    first = DecreeDraft.from_json(team.draft_content or {}).rows[0]
    assert (first.position, first.rank) == ("Direktur Contoh", "Pembina Utama Muda, IV/c")
    assert teams.activate(team, factories.DecreeFactory(), None, START).state == "active"
