"""A form from draft to signed: numbers, superseding, returning, revoking, the public page."""

import threading
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.policy import Role
from credits.documents.content import from_json
from credits.documents.render import render
from credits.models import Document, DocumentBatch, DocumentEvent, NumberScheme, NumberSeries
from credits.services import documents, issuing, periods
from credits.services.acts import Act, open_acts
from credits.services.issuing import DocumentError
from credits.services.numbering import NumberingError, problem_of, written
from credits.services.runs import recalculate_now
from employees.models import Delegation
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
DAY = date(2024, 2, 5)
State = Document.State


@pytest.fixture(autouse=True)
def _surroundings(db: None, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    caches["throttle"].clear()
    NumberScheme.objects.get_or_create(
        start=date(2021, 1, 1), defaults={"pattern": "1/{number4}/KP.08.04/{month}/{year}"}
    )


def holder(name: str, superior: Any) -> Any:
    person = factories.EmployeeFactory(name=name)
    factories.AppointmentFactory(employee=person, start=date(2020, 1, 1))
    factories.RankFactory(employee=person)
    factories.OpeningFactory(employee=person, points=25)
    factories.RatingFactory(employee=person)
    factories.SuperiorFactory(employee=person, superior=superior, start=date(2020, 1, 1))
    return person


@pytest.fixture
def superior() -> Any:
    user = UserFactory(roles=[Role.SUPERIOR])
    return factories.EmployeeFactory(name="Budi Santoso", user=user)


@pytest.fixture
def person(superior: Any) -> Any:
    made = holder("Sari Wulandari", superior)
    recalculate_now({"all": True}, "test")
    return made


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


def issued(person: Any, form: str = Document.Form.CONVERSION) -> Document:
    draft = documents.draft(person, form, *YEAR)
    (document,) = issuing.issue([draft.pk], None, DAY).documents
    return document


def signed_copy(document: Document, mark: bytes = b"") -> bytes:
    """As a signing service leaves it: appended to the issued bytes."""
    return issuing.issued_pdf(document) + b"\n<< /ByteRange [0 1 2 3] >>" + mark


# ------------------------------------------------------------------ numbers


def test_the_number_is_taken_on_leaving_draft_and_stands_on_the_paper(person: Any) -> None:
    NumberScheme.objects.create(pattern="7/{number4}/KP/{month_roman}/{year}", start=DAY)
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    assert draft.number == ""
    (document,) = issuing.issue([draft.pk], None, DAY).documents
    assert (document.number, document.dated) == ("7/0001/KP/II/2024", DAY)
    page = PdfReader(BytesIO(issuing.issued_pdf(document))).pages[0]
    text = page.extract_text()
    assert "7/0001/KP/II/2024" in text
    assert "5 Februari 2024" in text
    assert "DRAF" not in text
    assert "Budi Santoso" in text


def test_a_document_rendered_again_gives_the_issued_bytes(person: Any) -> None:
    document = issued(person)
    kept = issuing.issued_pdf(document)
    assert render(from_json(document.content)) == kept
    assert sha256(kept).hexdigest() == Document.objects.get().pdf_hash
    person.name = "Nama Baru"
    person.save()
    assert issuing.issued_pdf(Document.objects.get()) == kept


def test_what_is_rolled_back_took_no_number(person: Any) -> None:
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    with transaction.atomic():
        issuing.issue([draft.pk], None, DAY)
        transaction.set_rollback(True)
    (document,) = issuing.issue([draft.pk], None, DAY).documents
    assert document.number.startswith("1/0001/")


def test_counting_starts_anew_each_year(person: Any, superior: Any) -> None:
    other = holder("Rina Astuti", superior)
    recalculate_now({"all": True}, "test")
    first = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    second = documents.draft(other, Document.Form.CONVERSION, *YEAR)
    issuing.issue([first.pk], None, date(2024, 12, 31))
    issuing.issue([second.pk], None, date(2025, 1, 1))
    numbers = Document.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["1/0001/KP.08.04/12/2024", "1/0001/KP.08.04/1/2025"]


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_leave_no_gap_and_no_double(superior: Any) -> None:
    people = [holder(f"Pegawai {n}", superior) for n in range(25)]
    recalculate_now({"all": True}, "test")
    ends = [date(2023, month, 1) for month in range(5, 13)]
    drafts = [
        documents.draft(person, Document.Form.DETERMINATION, YEAR[0], end).pk
        for person in people
        for end in ends
    ]
    problems: list[Exception] = []

    def work(mine: list[int]) -> None:
        try:
            for key in mine:
                issuing.issue([key], None, DAY)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(drafts[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    numbers = sorted(Document.objects.values_list("number", flat=True))
    assert numbers == [f"1/{n:04d}/KP.08.04/2/2024" for n in range(1, 201)]
    assert NumberSeries.objects.get().last == 200


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("1/{number4}/KP/{year}", None),
        ("1/{number}/{month}/{year}", None),
        ("1/KP/{year}", "pattern_without_number"),
        ("1/{number}", "pattern_without_year"),
        ("{number}/{year}/{nip}", "pattern_unknown_field"),
        ("{number}/{year}/{", "pattern_unknown_field"),
        ("{number.__class__}/{year}", "pattern_unknown_field"),
    ],
)
def test_patterns(pattern: str, problem: str | None) -> None:
    assert problem_of(pattern) == problem


def test_a_pattern_written_out() -> None:
    assert written("{number}/{number4}/{month}/{month_roman}/{year}", 7, DAY) == "7/0007/2/II/2024"


def test_without_a_scheme_nothing_is_numbered(person: Any) -> None:
    NumberScheme.objects.all().delete()
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    with pytest.raises(NumberingError):
        issuing.issue([draft.pk], None, DAY)
    assert Document.objects.get().state == State.DRAFT


# ------------------------------------------------------------------ what is refused


def test_a_draft_whose_points_changed_is_not_numbered(person: Any) -> None:
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    person.ratings.update(predicate="sangat_baik")
    recalculate_now({"all": True}, "test")
    done = issuing.issue([draft.pk], None, DAY)
    assert [code for _d, code in done.refused] == ["draft_stale"]
    assert NumberSeries.objects.count() == 0


def test_without_a_superior_nobody_could_sign(person: Any) -> None:
    person.superiors.all().delete()
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    assert [c for _d, c in issuing.issue([draft.pk], None, DAY).refused] == ["no_signatory"]


def test_the_same_form_is_not_put_up_twice(person: Any) -> None:
    issued(person)
    again = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    assert [c for _d, c in issuing.issue([again.pk], None, DAY).refused] == ["under_way"]


def test_a_closed_period_takes_no_draft_until_reopened_with_a_reason(person: Any) -> None:
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    closed = periods.close(*YEAR, "selesai", None)
    with pytest.raises(periods.PeriodError, match="period_closed"):
        documents.draft(person, Document.Form.ACCUMULATION, *YEAR)
    assert [c for _d, c in issuing.issue([draft.pk], None, DAY).refused] == ["period_closed"]
    with pytest.raises(periods.PeriodError, match="period_closed_already"):
        periods.close(*YEAR, "", None)
    with pytest.raises(periods.PeriodError, match="reason_missing"):
        periods.reopen(closed, " ", None)
    periods.reopen(closed, "predikat terlambat", None)
    assert len(issuing.issue([draft.pk], None, DAY).documents) == 1
    with pytest.raises(periods.PeriodError, match="period_open_already"):
        periods.reopen(closed, "lagi", None)


def test_a_deputy_signs_within_the_dates_of_the_delegation(person: Any, superior: Any) -> None:
    deputy = factories.EmployeeFactory(name="Wati Plh")
    Delegation.objects.create(
        officer=superior, deputy=deputy, capacity="plh", start=DAY, end=date(2024, 2, 9)
    )
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    other = documents.draft(person, Document.Form.ACCUMULATION, *YEAR)
    (inside,) = issuing.issue([draft.pk], None, date(2024, 2, 9)).documents
    (outside,) = issuing.issue([other.pk], None, date(2024, 2, 10)).documents
    assert (inside.signer, outside.signer) == (deputy, superior)
    assert "Plh." in PdfReader(BytesIO(issuing.issued_pdf(inside))).pages[0].extract_text()


def test_a_deputy_reads_what_he_signs(person: Any, superior: Any) -> None:
    user = UserFactory(roles=[Role.SUPERIOR])
    deputy = factories.EmployeeFactory(name="Wati Plh", user=user)
    Delegation.objects.create(officer=superior, deputy=deputy, start=DAY, end=date(2024, 2, 9))
    document = issued(person)
    client = Client()
    client.force_login(user)
    for name in ("document", "document_pdf"):
        address = reverse(f"credits:{name}", args=[document.public_id])
        assert client.get(address).status_code == 200


# ------------------------------------------------------------------ signing and after


def test_a_signed_copy_is_kept_to_the_byte(person: Any) -> None:
    document = issued(person)
    file = signed_copy(document)
    document = issuing.sign(document, file, Document.SignedHow.FILE, None)
    assert document.state == State.SIGNED
    with document.signed_file.open("rb") as kept:
        assert kept.read() == file
    kinds = document.events.values_list("kind", flat=True)
    assert list(kinds) == ["issued", "signed"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda pdf: pdf, "no_signature"),
        (lambda pdf: pdf[:-1] + b"x\n/ByteRange [0 1 2 3]", "not_this_document"),
        (lambda pdf: b"%PDF-1.7 another /ByteRange [0 1 2 3]", "not_this_document"),
    ],
)
def test_a_file_that_is_no_signed_copy_is_refused(person: Any, change: Any, code: str) -> None:
    document = issued(person)
    with pytest.raises(DocumentError, match=code):
        issuing.sign(document, change(issuing.issued_pdf(document)), "file", None)
    assert Document.objects.get().state == State.AWAITING


def test_a_new_signed_form_of_the_period_supersedes_the_old(person: Any) -> None:
    first = issued(person)
    issuing.sign(first, signed_copy(first), "file", None)
    second = issued(person)
    issuing.sign(second, signed_copy(second), "file", None)
    first.refresh_from_db()
    assert (first.state, first.superseded_by) == (State.SUPERSEDED, second)


def test_returned_answered_and_revoked_with_reasons(person: Any) -> None:
    document = issued(person)
    with pytest.raises(DocumentError, match="reason_missing"):
        issuing.return_unsigned(document, "  ", None)
    issuing.return_unsigned(document, "Predikat salah", None)
    with pytest.raises(DocumentError, match="wrong_state"):
        issuing.return_unsigned(document, "lagi", None)
    issuing.resubmit(document, "Sudah sesuai", None)
    document = issuing.revoke(document, "Diganti", None)
    assert document.state == State.REVOKED
    assert document.number.startswith("1/0001/")
    reasons = document.events.values_list("reason", flat=True)
    assert list(reasons) == ["", "Predikat salah", "Sudah sesuai", "Diganti"]
    with pytest.raises(DocumentError, match="wrong_state"):
        issuing.sign(document, signed_copy(document), "file", None)


def test_events_cannot_be_changed(person: Any) -> None:
    issued(person)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        DocumentEvent.objects.update(reason="lain")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        DocumentEvent.objects.all().delete()


def test_many_signed_files_find_their_forms(person: Any, superior: Any) -> None:
    other = holder("Rina Astuti", superior)
    recalculate_now({"all": True}, "test")
    one, two = issued(person), issued(other)
    files = [("b.pdf", signed_copy(two)), ("x.pdf", b"%PDF-1.7"), ("a.pdf", signed_copy(one))]
    done = issuing.sign_many([one, two], files, None)
    assert [d.pk for d in done.signed] == [two.pk, one.pk]
    assert done.refused == [("x.pdf", "not_this_document")]


def test_a_batch_is_numbered_part_by_part_and_resumes(person: Any, superior: Any) -> None:
    other = holder("Rina Astuti", superior)
    recalculate_now({"all": True}, "test")
    batch = documents.create_batch(Document.Form.CONVERSION, *YEAR, {"all": True})
    while documents.work_on(batch.pk):
        pass
    batch.refresh_from_db()
    issuing.issue(
        batch.documents.filter(employee=other).values_list("pk", flat=True), None, DAY
    )  # then killed
    documents.issue_batch(batch, None)
    while documents.work_on(batch.pk):
        pass
    batch.refresh_from_db()
    assert (batch.state, batch.done) == (DocumentBatch.State.DONE, batch.people)
    assert set(batch.documents.values_list("state", flat=True)) == {State.AWAITING}
    with pytest.raises(DocumentError, match="wrong_state"):
        documents.issue_batch(batch, None)


# ------------------------------------------------------------------ pages


def test_the_officer_numbers_and_the_superior_signs(hr: Client, person: Any, superior: Any) -> None:
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    page = reverse("credits:document", args=[draft.public_id])
    assert hr.get(page).status_code == 200
    hr.post(reverse("credits:document_issue"), {"documents": [str(draft.public_id)]})
    document = Document.objects.get()
    assert document.state == State.AWAITING
    boss = Client()
    boss.force_login(superior.user)
    assert document.number in boss.get(reverse("credits:signing")).content.decode()
    zipped = boss.get(reverse("credits:signing_zip"))
    assert zipped.content.startswith(b"PK")
    file = SimpleUploadedFile("a.pdf", signed_copy(document), "application/pdf")
    boss.post(reverse("credits:signing_upload"), {"signed": [file]})
    assert Document.objects.get().state == State.SIGNED
    signed = hr.get(reverse("credits:document_signed", args=[draft.public_id]))
    assert b"".join(signed.streaming_content) == signed_copy(document)
    assert "badge-ok" in hr.get(page).content.decode()


def test_the_superior_returns_and_may_not_revoke(person: Any, superior: Any) -> None:
    document = issued(person)
    boss = Client()
    boss.force_login(superior.user)
    revoke = reverse("credits:document_revoke", args=[document.public_id])
    assert boss.post(revoke, {"reason": "x"}).status_code == 403
    back = reverse("credits:document_return", args=[document.public_id])
    boss.post(back, {"reason": "Predikat salah"})
    assert Document.objects.get().state == State.RETURNED


def test_the_officer_may_not_return_what_the_signer_alone_returns(hr: Client, person: Any) -> None:
    """The page does not offer it, and neither does the address behind it."""
    document = issued(person)
    back = reverse("credits:document_return", args=[document.public_id])
    assert (
        back not in hr.get(reverse("credits:document", args=[document.public_id])).content.decode()
    )
    assert hr.post(back, {"reason": "Predikat salah"}).status_code == 403
    assert Document.objects.get().state == State.AWAITING


ACTS = {
    State.DRAFT: ({Act.ISSUE, Act.DISCARD}, set()),
    State.AWAITING: ({Act.SIGN, Act.REVOKE}, {Act.SIGN, Act.RETURN}),
    State.RETURNED: ({Act.SIGN, Act.RESUBMIT, Act.REVOKE}, {Act.SIGN}),
    State.SIGNED: ({Act.REVOKE}, set()),
    State.SUPERSEDED: (set(), set()),
    State.REVOKED: (set(), set()),
}


@pytest.mark.parametrize("state", State)
def test_the_acts_by_state_and_role(person: Any, superior: Any, state: str) -> None:
    document = issued(person)
    document.state = state
    officer = UserFactory(roles=[Role.HR])
    assert (open_acts(officer, document), open_acts(superior.user, document)) == ACTS[State(state)]


def test_nobody_acts_on_a_document_about_himself(hr: Client, person: Any) -> None:
    person.user = UserFactory(roles=[Role.HR, Role.SUPERIOR])
    person.save()
    draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
    done = issuing.issue([draft.pk], person.user, DAY)
    assert [code for _d, code in done.refused] == ["own_document"]
    document = issued(person, Document.Form.ACCUMULATION)
    assert open_acts(person.user, document) == set()
    mine = Client()
    mine.force_login(person.user)
    for name in ("sign", "revoke", "discard", "resubmit", "return"):
        address = reverse(f"credits:document_{name}", args=[document.public_id])
        assert mine.post(address, {"reason": "x"}).status_code == 403
    with pytest.raises(DocumentError, match="own_document"):
        issuing.sign(document, signed_copy(document), "file", person.user)


def test_what_is_no_scan_is_refused_by_the_service_too(person: Any) -> None:
    with pytest.raises(DocumentError, match="not_a_scan"):
        issuing.sign(issued(person), b"GIF89a", Document.SignedHow.SCAN, None)


def test_another_superior_does_not_see_it(person: Any) -> None:
    document = issued(person)
    user = UserFactory(roles=[Role.SUPERIOR])
    factories.EmployeeFactory(user=user)
    other = Client()
    other.force_login(user)
    for name in ("document", "document_pdf", "document_signed"):
        assert other.get(reverse(f"credits:{name}", args=[document.public_id])).status_code == 404
    sign = reverse("credits:document_sign", args=[document.public_id])
    assert other.post(sign).status_code == 404


def test_the_holder_sees_but_does_not_act(person: Any) -> None:
    document = issued(person)
    person.user = UserFactory(roles=[Role.HOLDER])
    person.save()
    mine = Client()
    mine.force_login(person.user)
    page = mine.get(reverse("credits:document", args=[document.public_id]))
    assert page.status_code == 200
    assert "<form" not in page.content.decode().partition("<main")[2]
    sign = reverse("credits:document_sign", args=[document.public_id])
    assert mine.post(sign).status_code == 403


def test_periods_are_closed_and_reopened_on_their_page(hr: Client) -> None:
    address = reverse("credits:periods")
    hr.post(address, {"start": "01-01-2023", "end": "31-12-2023", "reason": "selesai"})
    closed = periods.closed_over(*YEAR)
    assert closed is not None
    hr.post(reverse("credits:period_reopen", args=[closed.pk]), {"reason": "terlambat"})
    assert periods.closed_over(*YEAR) is None
    assert "terlambat" in hr.get(address).content.decode()


# ------------------------------------------------------------------ the public page


def test_the_public_page_says_only_what_is_needed(client: Client, person: Any) -> None:
    document = issued(person)
    address = reverse("credits:verify", args=[document.token])
    said = client.get(address)
    text = said.content.decode()
    assert said.status_code == 200
    assert document.number in text
    assert "S. W." in text
    for hidden in (person.name, person.nip, "Budi Santoso", "12,5"):
        assert hidden not in text
    assert said.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_address_in_the_paper_is_that_of_the_page(person: Any, settings: Any) -> None:
    document = issued(person)
    content = from_json(document.content)
    assert content.verify_url == settings.PUBLIC_URL + reverse(
        "credits:verify", args=[document.token]
    )


def test_a_guessed_code_is_not_found(client: Client, person: Any) -> None:
    documents.draft(person, Document.Form.CONVERSION, *YEAR)
    assert client.get(reverse("credits:verify", args=["x" * 24])).status_code == 404


def test_an_uploaded_file_is_compared_to_the_byte(client: Client, person: Any) -> None:
    pdf = issuing.issued_pdf(issued(person))
    address = reverse("credits:verify_file")

    def compared(data: bytes) -> str:
        answer = client.post(address, {"file": SimpleUploadedFile("a.pdf", data)})
        return answer.content.decode()

    assert "notice-ok" in compared(pdf)
    assert "notice-bad" in compared(pdf + b" ")
    assert "notice-warn" in client.post(address).content.decode()


def test_too_many_requests_are_turned_away(client: Client) -> None:
    address = reverse("credits:verify_file")
    answers = [client.get(address).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_a_forged_forwarded_address_does_not_start_the_count_anew(client: Client) -> None:
    """Without a proxy of ours, what the header says was written by the caller."""
    address = reverse("credits:verify_file")
    forged = [f"10.0.0.{n}" for n in range(31)]
    answers = [client.get(address, HTTP_X_FORWARDED_FOR=ip).status_code for ip in forged]
    assert answers == [200] * 30 + [429]
