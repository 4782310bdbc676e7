"""The vault of evidence: what is taken in, who sees it, and that nothing submitted is exchanged."""

import io
import os
import subprocess
import threading
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from accounts.models import AccessEvent
from accounts.policy import Role
from assessors.models import Assignment, Membership
from credits.forms_evidence import EvidenceChoiceField
from credits.models import Claim, EvidenceFile
from credits.rules.claim_states import Act
from credits.services import evidence
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from employees.models import Employee
from tests import factories
from tests.credits.claims.test_acts import coordinator, draft, person
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17) + b"\0\0\0\0IEND\xae\x42\x60\x82"
JPEG = b"\xff\xd8\xff\xe0" + bytes(40) + b"\xff\xd9"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def sent(content: bytes = PDF, name: str = "laporan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def blobs(media: Path) -> list[Path]:
    return sorted(p for p in media.rglob("*") if p.is_file())


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", bytes(1_000_000))
    return packed.getvalue()


def holder(claimant: Employee) -> Employee:
    claimant.user = UserFactory(roles=[Role.HOLDER])
    claimant.save()
    return claimant


def submitted(claim: Claim, **state: Any) -> Claim:
    """A claim that was handed in, with what the secretary found since."""
    Claim.objects.filter(pk=claim.pk).update(
        **{"state": "submitted", "submitted_at": timezone.now()} | state
    )
    evidence.freeze(claim)
    claim.refresh_from_db()
    return claim


def refused(content: bytes, name: str) -> str:
    with pytest.raises(ClaimError) as problem:
        evidence.upload(factories.EmployeeFactory(), sent(content, name), None)
    assert problem.value.status == 400
    assert not EvidenceFile.objects.exists()
    return problem.value.code


# ------------------------------------------------------------------ what is taken in


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG + b"motion photo", "image/jpeg")],
)
def test_the_bytes_say_what_a_file_is(content: bytes, kind: str, media: Path) -> None:
    row = evidence.upload(factories.EmployeeFactory(), sent(content, "x.exe"), None)
    assert (row.content_type, row.size, row.scan) == (kind, len(content), "none")
    assert blobs(media) == [media / "evidence" / row.sha256[:2] / row.sha256]
    assert blobs(media)[0].read_bytes() == content


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\0" + bytes(500), "laporan.pdf", "evidence_type"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "a.png", "evidence_type"),
        (b"<html><script>alert(1)</script>", "a.pdf", "evidence_type"),
        (b"GIF89a" + PDF, "a.pdf", "evidence_type"),
        (archive(), "bom.pdf", "evidence_type"),
        (PDF + archive(), "dua.pdf", "evidence_two_in_one"),
        (JPEG + archive(), "dua.jpg", "evidence_two_in_one"),
        (PDF[:20], "putus.pdf", "evidence_cut"),
        (PNG[:30], "putus.png", "evidence_cut"),
        (JPEG[:-2], "putus.jpg", "evidence_cut"),
        (b"", "kosong.pdf", "evidence_empty"),
    ],
)  # fmt: skip
def test_hostile_and_broken_files_are_refused(content: bytes, name: str, code: str) -> None:
    assert refused(content, name) == code


def test_a_file_beyond_the_limit_is_refused_whatever_it_is(settings: Any) -> None:
    settings.EVIDENCE_LIMIT_MIB = 1
    assert refused(PDF[:-7] + bytes(1024 * 1024) + b"%%EOF\n", "besar.pdf") == "evidence_too_large"


def test_a_request_larger_than_all_files_may_be_is_refused_before_it_is_read(
    settings: Any, media: Path
) -> None:
    claimant = holder(person())
    client = signed_in(claimant.user)
    where = reverse("credits:evidence_add", args=[claimant.public_id])
    settings.UPLOAD_REQUEST_LIMIT_MIB = 1
    assert client.post(where, {"uploads": sent(PDF + bytes(1024 * 1024))}).status_code == 400
    assert blobs(media) == []
    assert client.post(where, {"uploads": sent()}).status_code == 302


def test_a_large_file_from_disk_is_read_in_pieces_and_stays_for_a_second_person(
    media: Path,
) -> None:
    """Uploads beyond a mebibyte lie in a temporary file, which the storage must not move away."""
    content = PDF[:-7] + os.urandom(3 * 1024 * 1024) + b"\n%%EOF\n"
    with TemporaryUploadedFile("besar.pdf", "application/pdf", len(content), None) as file:
        file.write(content)
        file.flush()
        one = evidence.upload(factories.EmployeeFactory(), file, None)
        two = evidence.upload(factories.EmployeeFactory(), file, None)
        assert os.path.exists(file.temporary_file_path())
    assert one.sha256 == two.sha256
    assert [p.stat().st_size for p in blobs(media)] == [len(content)]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("../../etc/passwd.pdf", "passwd"),
        ("C:\\Users\\x\\Laporan  Mei.PDF", "Laporan Mei"),
        ("a\u202egpj.exe.pdf", "agpj.exe"),
        (".pdf", ".pdf"),
        ("x" * 300 + ".pdf", "x" * 200),
    ],
)
def test_a_name_is_a_title_and_never_a_path(name: str, title: str, media: Path) -> None:
    row = evidence.upload(factories.EmployeeFactory(), sent(name=name), None)
    assert row.title == title
    assert [p.name for p in blobs(media)] == [row.sha256]


def test_equal_bytes_lie_once_and_are_a_row_of_each_person(media: Path) -> None:
    first, second = factories.EmployeeFactory(), factories.EmployeeFactory()
    one = evidence.upload(first, sent(name="a.pdf"), None)
    assert evidence.upload(first, sent(name="b.pdf"), None) == one
    two = evidence.upload(second, sent(name="c.pdf"), None)
    assert (two.title, two.sha256) == ("c", one.sha256)
    assert two.pk != one.pk
    assert len(blobs(media)) == 1


def test_bytes_that_a_broken_write_left_are_written_anew(media: Path) -> None:
    row = evidence.upload(factories.EmployeeFactory(), sent(), None)
    (blob,) = blobs(media)
    blob.write_bytes(b"%PDF")
    evidence.upload(factories.EmployeeFactory(), sent(), None)
    assert blob.read_bytes() == PDF
    assert blobs(media) == [media / str(row.file.name)]


def test_a_file_taken_off_the_list_comes_back_when_uploaded_again() -> None:
    row = evidence.upload(factories.EmployeeFactory(), sent(), None)
    evidence.remove(row)
    row.refresh_from_db()
    assert row.removed_at is not None
    assert evidence.upload(row.employee, sent(), None).removed_at is None


def finds(file: Any) -> str:
    return "EICAR" if b"EICAR" in file.read() else ""


def fails(file: Any) -> str:
    raise OSError("no scanner")


def test_a_scanner_is_asked_and_its_find_is_refused(settings: Any) -> None:
    settings.EVIDENCE_SCANNER = "tests.credits.claims.test_evidence.finds"
    assert refused(PDF[:9] + b"EICAR" + PDF[9:], "a.pdf") == "evidence_infected"
    row = evidence.upload(factories.EmployeeFactory(), sent(), None)
    assert row.scan == "clean"
    assert row.file.read() == PDF
    row.file.close()


def test_without_an_answer_of_the_scanner_nothing_is_taken_in(settings: Any) -> None:
    settings.EVIDENCE_SCANNER = "tests.credits.claims.test_evidence.fails"
    assert refused(PDF, "a.pdf") == "evidence_scanner_silent"


@pytest.mark.django_db(transaction=True)
def test_two_equal_uploads_at_the_same_time_make_one_blob_and_one_row(media: Path) -> None:
    people = [factories.EmployeeFactory(), factories.EmployeeFactory()]
    content = PDF[:-7] + os.urandom(400_000) + b"\n%%EOF\n"
    start, problems = threading.Barrier(8), []

    def bring(n: int) -> None:
        start.wait()
        try:
            evidence.upload(people[n % 2], sent(content), None)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert EvidenceFile.objects.count() == 2
    assert [p.read_bytes() == content for p in blobs(media)] == [True]


# ------------------------------------------------------------------ frozen


def with_file(claimant: Employee, content: bytes = PDF) -> tuple[Claim, EvidenceFile]:
    claim = factories.ClaimFactory(employee=claimant)
    known = claim.position.activity_tables.first()
    table = known or factories.ActivityTableFactory(position=claim.position)
    activity = factories.ActivityItemFactory(table=table)
    item = factories.ClaimItemFactory(claim=claim, activity=activity, number=1, evidence=False)
    row = evidence.upload(claimant, sent(content), claimant.user)
    item.files.set([row])
    return claim, row


def test_submitting_freezes_what_the_claim_names() -> None:
    claim, row = with_file(person())
    other = evidence.upload(claim.employee, sent(PNG), None)
    claim.files.add(other)
    loose = evidence.upload(claim.employee, sent(JPEG), None)
    EvidenceFile.objects.filter(pk=other.pk).update(removed_at=timezone.now())
    Claim.objects.filter(pk=claim.pk).update(submitted_at=timezone.now())
    perform(claim, Act.SUBMIT, coordinator(claim.employee).user)
    frozen = EvidenceFile.objects.filter(frozen_at__isnull=False)
    assert set(frozen) == {row, other}
    assert not frozen.filter(removed_at__isnull=False).exists()
    for act in (
        lambda: evidence.remove(row),
        lambda: evidence.rename(row, "lain"),
        lambda: evidence.replace(other, sent(JPEG), None),
    ):
        with pytest.raises(ClaimError) as problem:
            act()
        assert (problem.value.code, problem.value.status) == ("evidence_frozen", 409)
    evidence.remove(loose)


def test_it_stays_frozen_when_the_claim_lets_go_of_it() -> None:
    claim, row = with_file(person())
    submitted(claim)
    claim.items.get().files.clear()
    with pytest.raises(ClaimError) as problem:
        evidence.remove(row)
    assert problem.value.code == "evidence_frozen"


def test_the_database_lets_nobody_exchange_bytes_or_remove_what_is_frozen() -> None:
    claim, row = with_file(person())
    mine = EvidenceFile.objects.filter(pk=row.pk)
    changes: list[dict[str, Any]] = [{"sha256": "0" * 64}, {"file": "x"}, {"size": 1}]
    submitted(claim)
    for change in [*changes, {"removed_at": timezone.now()}, {"frozen_at": None}]:
        with pytest.raises(DatabaseError), transaction.atomic():
            mine.update(**change)


def test_what_a_draft_names_is_replaced_there_and_not_just_removed() -> None:
    claim, row = with_file(person())
    claim.files.add(row)
    with pytest.raises(ClaimError) as problem:
        evidence.remove(row)
    assert problem.value.code == "evidence_in_draft"
    new = evidence.replace(row, sent(PNG), None)
    assert list(claim.items.get().files.all()) == [new] == list(claim.files.all())
    assert new.title == row.title
    row.refresh_from_db()
    assert row.removed_at is not None
    assert evidence.replace(new, sent(PNG), None) == new


# ------------------------------------------------------------------ who sees what (AZ)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def file_url(row: EvidenceFile) -> str:
    return reverse("credits:evidence_file", args=[row.public_id])


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_az024_the_holder_uploads_and_replaces_while_it_is_a_draft() -> None:
    claimant = holder(person())
    client = signed_in(claimant.user)
    where = reverse("credits:evidence_add", args=[claimant.public_id])
    answer = client.post(
        where,
        {"uploads": [sent(), sent(PNG, "foto.png")], "uploads_camera": sent(JPEG, "kamera.jpg")},
    )
    assert answer.status_code == 302
    assert {r.title for r in EvidenceFile.objects.all()} == {"laporan", "foto", "kamera"}
    assert {r.uploaded_by_id for r in EvidenceFile.objects.all()} == {claimant.user_id}
    row = EvidenceFile.objects.get(title="laporan")
    said = client.get(reverse("credits:evidence_list")).content.decode()
    assert "capture" in said
    assert "laporan" in said
    assert (
        client.post(
            reverse("credits:evidence_rename", args=[row.public_id]), {"title": "SK 12"}
        ).status_code
        == 302
    )
    new = sent(PDF + b"\n", "baru.pdf")
    assert (
        client.post(
            reverse("credits:evidence_replace", args=[row.public_id]), {"file": new}
        ).status_code
        == 302
    )
    kept = EvidenceFile.objects.filter(removed_at__isnull=True)
    assert {r.title for r in kept} == {"SK 12", "foto", "kamera"}
    assert not AccessEvent.objects.exists()  # the own data alone


def test_az025_after_submission_it_answers_409_and_stays() -> None:
    claimant = holder(person())
    claim, row = with_file(claimant)
    submitted(claim)
    client = signed_in(claimant.user)
    for act, data in (("remove", {}), ("replace", {"file": sent(PNG)}), ("rename", {"title": "x"})):
        answer = client.post(reverse(f"credits:evidence_{act}", args=[row.public_id]), data)
        assert answer.status_code == 409
        assert "usulan" in answer.content.decode().lower()
    row.refresh_from_db()
    assert (row.title, row.removed_at) == ("laporan", None)
    assert body(client.get(file_url(row))) == PDF
    assert EvidenceFile.objects.count() == 1


def strangers(claimant: Employee) -> list[Any]:
    """Accounts of all kinds that have nothing to do with the person; 404 or, by role, 403."""
    other = holder(person())
    elsewhere = coordinator(other)
    plain = [UserFactory(roles=[role]) for role in (Role.ASSESSOR, Role.CHAIR, Role.SECRETARY)]
    return [other.user, elsewhere.user, *plain]


def test_az035_nobody_else_reaches_a_file_by_its_address() -> None:
    claimant = person()
    claim, row = with_file(claimant)
    submitted(claim)
    for user in strangers(claimant):
        client = signed_in(user)
        assert client.get(file_url(row)).status_code == 404
        assert client.get(reverse("credits:evidence", args=[row.public_id])).status_code == 404
        missing = reverse("credits:evidence_file", args=["00000000-0000-0000-0000-000000000007"])
        assert client.get(missing).status_code == 404
    for role in (Role.ADMIN, Role.SUPERIOR, Role.DETERMINER, Role.POSITION_COORDINATOR):
        assert signed_in(UserFactory(roles=[role])).get(file_url(row)).status_code == 403
    assert not AccessEvent.objects.exists()


def test_az006_without_a_session_or_by_its_place_on_disk_there_is_nothing(media: Path) -> None:
    """B27 of the known faults."""
    _claim, row = with_file(person())
    answer = Client().get(file_url(row))
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/login/")
    hr = signed_in(UserFactory(roles=[Role.HR]))
    for place in (f"/{row.file.name}", f"/media/{row.file.name}", f"/static/{row.file.name}"):
        anonymous = Client().get(place)
        assert anonymous.status_code == 302  # to the page of signing in, as any address
        assert anonymous.headers["Location"].startswith("/login/")
        assert hr.get(place).status_code == 404


def test_the_repository_holds_no_uploads_no_dumps_and_no_secrets() -> None:
    """B27 of the known faults."""
    root = Path(__file__).parents[3]
    if not (root / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    )
    names = listed.stdout.splitlines()
    assert len(names) > 400
    endings = (".sql", ".dump", ".sqlite3", ".bak", ".env", ".pem", ".key")
    assert [n for n in names if n.endswith(endings) or n.startswith(("var/", "media/"))] == []


def test_az036_what_is_sent_does_not_say_whose_file_it_is() -> None:
    mine, other = holder(person()), person()
    client = signed_in(mine.user)
    where = reverse("credits:evidence_add", args=[other.public_id])
    assert client.post(where, {"uploads": sent()}).status_code == 404
    own = reverse("credits:evidence_add", args=[mine.public_id])
    ids = {"employee": other.pk, "employee_id": other.pk, "person": str(other.public_id)}
    assert client.post(own, {"uploads": sent()} | ids).status_code == 302
    assert [r.employee for r in EvidenceFile.objects.all()] == [mine]


def test_az037_another_persons_file_is_not_overwritten_by_its_id() -> None:
    mine, other = holder(person()), person()
    row = evidence.upload(other, sent(), None)
    client = signed_in(mine.user)
    for act, data in (("replace", {"file": sent(PNG)}), ("remove", {}), ("rename", {"title": "x"})):
        where = reverse(f"credits:evidence_{act}", args=[row.public_id])
        assert client.post(where, data).status_code == 404
    row.refresh_from_db()
    assert (row.title, row.removed_at) == ("laporan", None)


def seated(claim: Claim, role: str, account: Role, **dates: Any) -> Employee:
    team = claim.position.assessor_teams.first() if claim.position else None
    team = team or factories.TeamFactory(positions=[claim.position])
    who = factories.EmployeeFactory(user=UserFactory(roles=[account]))
    Membership.objects.create(team=team, employee=who, role=role, start=date(2022, 1, 1), **dates)
    return who


def assign(claim: Claim, who: Employee) -> Assignment:
    seat = who.team_memberships.get()
    return Assignment.objects.create(
        claim=claim, team=seat.team, member=seat, due_on=date(2030, 1, 1)
    )


def test_az078_the_assessor_of_the_claim_reads_its_evidence_and_leaves_a_trace() -> None:
    claim, row = with_file(person())
    submitted(claim, state="judged")
    loose = evidence.upload(claim.employee, sent(PNG), None)
    who = seated(claim, "anggota", Role.ASSESSOR)
    client = signed_in(who.user)
    assert client.get(file_url(row)).status_code == 404
    mine = assign(claim, who)
    assert body(client.get(file_url(row))) == PDF
    assert client.get(file_url(loose)).status_code == 404  # of no claim
    seen = AccessEvent.objects.get(subject=claim.employee_id)
    assert (seen.actor_id, seen.what, seen.how) == (who.user_id, "evidence", "download")
    assert client.get(reverse("credits:evidence", args=[row.public_id])).status_code == 200
    assert client.post(reverse("credits:evidence_remove", args=[row.public_id])).status_code == 403
    Assignment.objects.filter(pk=mine.pk).update(state="replaced")
    assert client.get(file_url(row)).status_code == 404


def test_az079_a_colleague_of_the_team_without_the_claim_does_not() -> None:
    claim, row = with_file(person())
    submitted(claim, state="judged")
    assign(claim, seated(claim, "anggota", Role.ASSESSOR))
    colleague = seated(claim, "anggota", Role.ASSESSOR)
    assert signed_in(colleague.user).get(file_url(row)).status_code == 404


@pytest.mark.parametrize(
    ("role", "account"), [("ketua", Role.CHAIR), ("sekretaris", Role.SECRETARY)]
)
def test_who_leads_the_team_reads_what_came_to_it_and_no_draft(role: str, account: Role) -> None:
    claim, row = with_file(person())
    client = signed_in(seated(claim, role, account).user)
    assert client.get(file_url(row)).status_code == 404
    submitted(claim)
    assert body(client.get(file_url(row))) == PDF


def test_az128_the_auditor_downloads_and_that_is_logged() -> None:
    _claim, row = with_file(person())
    auditor = UserFactory(roles=[Role.AUDITOR])
    assert body(signed_in(auditor).get(file_url(row))) == PDF
    seen = AccessEvent.objects.get()
    assert (seen.actor_id, seen.subject, seen.how) == (auditor.pk, row.employee_id, "download")
    assert (
        signed_in(auditor)
        .post(reverse("credits:evidence_remove", args=[row.public_id]))
        .status_code
        == 403
    )


def test_the_coordinator_of_the_unit_and_hr_read_and_upload() -> None:
    claimant = person()
    for user in (coordinator(claimant).user, UserFactory(roles=[Role.HR])):
        client = signed_in(user)
        where = reverse("credits:evidence_add", args=[claimant.public_id])
        assert client.post(where, {"uploads": sent()}).status_code == 302
        row = EvidenceFile.objects.get()
        assert body(client.get(file_url(row))) == PDF
        assert client.get(reverse("credits:vault", args=[claimant.public_id])).status_code == 200
        assert claimant.full_name in client.get(reverse("credits:evidence_list")).content.decode()


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")]
)
def test_bytes_are_served_so_that_nothing_in_them_runs(content: bytes, kind: str) -> None:
    row = evidence.upload(person(), sent(content + b""), None)
    row.title = 'a"; b\r\nX: y<script>'
    row.save()
    client = signed_in(UserFactory(roles=[Role.HR]))
    answer = client.get(file_url(row))
    body(answer)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "no-store" in answer.headers["Cache-Control"]
    kept = client.get(file_url(row) + "?unduh=1")
    body(kept)
    assert kept.headers["Content-Disposition"].startswith("attachment;")
    assert "script>" not in kept.headers["Content-Disposition"]
    assert (
        "<script>"
        not in client.get(reverse("credits:evidence", args=[row.public_id])).content.decode()
    )


def test_a_refused_upload_says_which_file_and_what_to_do() -> None:
    claimant = holder(person())
    client = signed_in(claimant.user)
    where = reverse("credits:evidence_add", args=[claimant.public_id])
    answer = client.post(where, {"uploads": [sent(), sent(b"MZ" + bytes(90), "tagihan.pdf")]})
    assert answer.status_code == 400
    assert "tagihan.pdf" in answer.content.decode()
    assert not EvidenceFile.objects.exists()  # all of them or none
    assert client.post(where, {}).status_code == 400


# ------------------------------------------------------------------ the same file elsewhere


def test_the_same_file_elsewhere_is_told_to_those_who_judge_and_to_nobody_else() -> None:
    claim, _row = with_file(holder(person()))
    other, same = with_file(person())
    third, _ = with_file(claim.employee)
    for one in (claim, other, third):
        submitted(one, state="judged")
    name = other.employee.full_name
    page = reverse("credits:claim", args=[claim.public_id])
    for user in (UserFactory(roles=[Role.HR]), UserFactory(roles=[Role.AUDITOR])):
        said = signed_in(user).get(page).content.decode()
        assert name in said
        assert str(third.public_id) in said
        assert AccessEvent.objects.filter(actor_id=user.pk, subject=other.employee_id).exists()
    assessor = seated(claim, "anggota", Role.ASSESSOR)
    assign(claim, assessor)
    said = signed_in(assessor.user).get(page).content.decode()
    assert "pegawai lain" in said or "another person" in said
    assert name not in said  # the other claim is not his
    assert str(other.public_id) not in said
    for user in (claim.employee.user, coordinator(claim.employee).user):
        said = signed_in(user).get(page).content.decode()
        assert _row.title in said
        assert "pegawai lain" not in said
        assert "another person" not in said
    assert same.sha256 == _row.sha256


def test_officers_list_the_people_whose_file_another_person_has_too() -> None:
    _one, row = with_file(person())
    two, _same = with_file(person())
    alone, _ = with_file(person(), PNG)
    client = signed_in(UserFactory(roles=[Role.HR]))
    said = client.get(reverse("credits:evidence_list") + "?twice=1").content.decode()
    assert row.employee.full_name in said
    assert two.employee.full_name in said
    assert alone.employee.full_name not in said


# ------------------------------------------------------------------ the field of forms


class ItemForm(forms.Form):
    def __init__(self, claimant: Employee, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proof"] = EvidenceChoiceField(claimant, required=True)


def filled(claimant: Employee, ticked: list[Any], *files: SimpleUploadedFile) -> ItemForm:
    data, sent_files = MultiValueDict({"proof": ticked}), MultiValueDict({"proof_new": [*files]})
    return ItemForm(claimant, data, sent_files)


def test_a_form_chooses_files_of_the_vault_and_takes_new_ones(
    django_assert_num_queries: Any,
) -> None:
    claimant = person()
    old = evidence.upload(claimant, sent(), None)
    gone = evidence.upload(claimant, sent(JPEG), None)
    evidence.remove(gone)
    with django_assert_num_queries(1):
        form = filled(claimant, [str(old.public_id)], sent(PNG, "foto.png"), sent(name="lagi.pdf"))
    assert form.is_multipart()
    assert form.is_valid(), form.errors
    assert EvidenceFile.objects.count() == 2  # nothing is written before it is asked for
    rows = form.cleaned_data["proof"].store(None)
    assert [r.title for r in rows] == ["laporan", "foto"]  # the same file once
    shown = str(ItemForm(claimant, initial={"proof": [old]})["proof"])
    assert f'value="{old.public_id}" checked' in shown
    assert str(gone.public_id) not in shown
    assert 'capture="environment"' in shown


def test_a_form_takes_no_file_of_another_person_and_says_what_is_wrong() -> None:
    claimant, other = person(), person()
    foreign = evidence.upload(other, sent(), None)
    for ticked in ([str(foreign.public_id)], ["x"], [str(foreign.pk)]):
        assert not filled(claimant, ticked).is_valid()
    assert not filled(claimant, []).is_valid()
    broken = filled(claimant, [], sent(b"MZ" + bytes(99), "tagihan.pdf"), sent(b"", "b.pdf"))
    assert "tagihan.pdf" in str(broken.errors)
    assert "b.pdf" in str(broken.errors)


# ------------------------------------------------------------------ lists stay cheap


def vault_of(claimant: Employee, n: int) -> str:
    claim = draft(claimant)
    for i in range(n):
        row = evidence.upload(claimant, sent(PDF + f"%{claimant.nip}{i}".encode()), None)
        claim.items.get().files.add(row)
    return reverse("credits:vault", args=[claimant.public_id])


def people_with_files(claimant: Employee, n: int) -> str:
    for _i in range(n):
        factories.EvidenceFileFactory()
    return reverse("credits:evidence_list")


def claim_with_files(claimant: Employee, n: int) -> str:
    claim = draft(claimant)
    other = draft(person())
    for i in range(n):
        for one in (claim, other):
            row = evidence.upload(one.employee, sent(PDF + b"%" + str(i).encode()), None)
            one.items.get().files.add(row)
    return reverse("credits:claim", args=[claim.public_id])


@pytest.mark.parametrize(
    ("page", "limit"), [(vault_of, 12), (people_with_files, 12), (claim_with_files, 30)]
)
def test_a_page_asks_as_many_questions_for_many_files_as_for_two(
    page: Callable[[Employee, int], str], limit: int, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(UserFactory(roles=[Role.HR]))
    asked = []
    for n in (2, 12):
        where = page(person(), n)
        client.get(where)
        with django_assert_max_num_queries(limit) as counted:
            assert client.get(where).status_code == 200
        asked.append(len(counted))
    assert asked[0] == asked[1]


# ------------------------------------------------------------------ bytes without a row


def test_bytes_that_no_row_refers_to_are_listed_and_removed(media: Path, capsys: Any) -> None:
    row = evidence.upload(factories.EmployeeFactory(), sent(), None)
    orphan = media / "evidence" / "ab" / ("ab" * 32)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(PNG)
    call_command("clean_evidence", "--remove")
    assert orphan.exists()  # young: perhaps of an upload that goes on
    long_ago = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(orphan, (long_ago, long_ago))
    call_command("clean_evidence")
    assert orphan.name in capsys.readouterr().out
    assert orphan.exists()
    call_command("clean_evidence", "--remove")
    assert blobs(media) == [media / str(row.file.name)]
    blobs(media)[0].unlink()
    capsys.readouterr()
    call_command("clean_evidence", "--json")
    assert str(row.public_id) in capsys.readouterr().out
