"""Who determines conventional and integration PAK (AZ161 to AZ164), and how the block reads."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.policy import Role
from credits.documents.content import Capacity, Signatory
from credits.models import DeterminingOfficer, Document
from credits.services import documents, issuing
from credits.services.acts import Act, open_acts
from credits.services.issuing import DocumentError
from credits.services.runs import recalculate_now
from credits.services.signatories import deputised
from employees.models import Agency, Delegation
from tests import factories
from tests.factories import DeterminingOfficerFactory, UserFactory

pytestmark = pytest.mark.django_db
YEAR_2022 = (date(2022, 1, 1), date(2022, 12, 31))
YEAR_2023 = (date(2023, 1, 1), date(2023, 12, 31))
DAY = date(2024, 2, 5)
PAK = Document.Form.DETERMINATION


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def person(db: None) -> Any:
    """Ahli Pertama III/a with 130 conventional points integrated at the end of 2022."""
    made = factories.EmployeeFactory(name="Sari Wulandari")
    factories.AppointmentFactory(employee=made, start=date(2020, 1, 1))
    factories.RankFactory(employee=made)
    factories.OpeningFactory(employee=made, points=130, kind="integration")
    factories.RatingFactory(employee=made)
    superior = factories.EmployeeFactory(
        name="Budi Santoso", user=UserFactory(roles=[Role.SUPERIOR])
    )
    factories.SuperiorFactory(employee=made, superior=superior, start=date(2020, 1, 1))
    recalculate_now({"all": True}, "test")
    return made


@pytest.fixture
def officer(db: None) -> Any:
    user = UserFactory(roles=[Role.DETERMINER])
    return factories.EmployeeFactory(name="Wahyu Penetap", user=user)


def text_of(document: Document) -> str:
    pages = PdfReader(BytesIO(issuing.issued_pdf(document))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def issued(person: Any, period: Any = YEAR_2022, form: str = PAK) -> Document:
    draft = documents.draft(person, form, *period)
    done = issuing.issue([draft.pk], None, DAY)
    assert done.refused == []
    return done.documents[0]


# ------------------------------------------------------------------ who signs what


@pytest.mark.parametrize(
    ("form", "period", "signer"),
    [
        (PAK, YEAR_2022, "Wahyu Penetap"),  # the integration is new in it
        (PAK, (date(2022, 7, 1), date(2023, 6, 30)), "Wahyu Penetap"),
        (PAK, YEAR_2023, "Budi Santoso"),  # the conversion regime: the integration is old
        (Document.Form.CONVERSION, YEAR_2023, "Budi Santoso"),
        (Document.Form.ACCUMULATION, YEAR_2023, "Budi Santoso"),
    ],
)
def test_the_officer_determines_and_the_superior_signs(
    person: Any, officer: Any, form: str, period: Any, signer: str
) -> None:
    DeterminingOfficerFactory(employee=officer)
    document = issued(person, period, form)
    assert document.signer is not None
    assert document.signer.name == signer
    assert signer in text_of(document)


def test_a_balance_of_a_period_before_the_conversion_regime_is_determined(officer: Any) -> None:
    DeterminingOfficerFactory(employee=officer)
    made = factories.EmployeeFactory()
    factories.AppointmentFactory(employee=made, start=date(2020, 1, 1))
    factories.RankFactory(employee=made)
    factories.OpeningFactory(employee=made, points=25, on=date(2022, 6, 30))
    recalculate_now({"all": True}, "test")
    assert issued(made).signer == officer


def test_without_an_officer_the_draft_says_so_and_is_not_numbered(
    client: Client, person: Any
) -> None:
    draft = documents.draft(person, PAK, *YEAR_2022)
    text = text_of(draft)
    assert "belum terdaftar" in text
    assert "Pejabat Penilai Kinerja" not in text
    assert [code for _d, code in issuing.issue([draft.pk], None, DAY).refused] == ["no_determiner"]
    client.force_login(UserFactory(roles=[Role.HR]))
    page = client.get(reverse("credits:document", args=[draft.public_id]))
    assert page.context["problem"]


@pytest.mark.parametrize(
    "other",
    [
        {"lowest": 6},  # another level
        {"start": date(2024, 2, 6)},  # not yet on the day of signing
        {"end": date(2024, 2, 4)},  # no more
        {"agency__code": "prov", "agency__name": "Provinsi"},
    ],
)
def test_an_officer_of_another_level_day_or_employer_does_not_determine(
    person: Any, officer: Any, other: dict[str, Any]
) -> None:
    DeterminingOfficerFactory(employee=officer, **other)
    draft = documents.draft(person, PAK, *YEAR_2022)
    assert [code for _d, code in issuing.issue([draft.pk], None, DAY).refused] == ["no_determiner"]


def test_nobody_determines_the_own_pak(person: Any) -> None:
    DeterminingOfficerFactory(employee=person)
    draft = documents.draft(person, PAK, *YEAR_2022)
    assert [code for _d, code in issuing.issue([draft.pk], None, DAY).refused] == ["no_determiner"]


def test_nobody_determines_the_own_pak_as_a_deputy(person: Any, officer: Any) -> None:
    DeterminingOfficerFactory(employee=officer)
    Delegation.objects.create(officer=officer, deputy=person, start=DAY, end=DAY)
    draft = documents.draft(person, PAK, *YEAR_2022)
    assert [code for _d, code in issuing.issue([draft.pk], None, DAY).refused] == ["no_determiner"]


def test_nobody_determines_what_he_submitted(person: Any) -> None:
    user = UserFactory(roles=[Role.HR, Role.DETERMINER])
    both = factories.EmployeeFactory(user=user)
    DeterminingOfficerFactory(employee=both)
    draft = documents.draft(person, PAK, *YEAR_2022)
    codes = [code for _d, code in issuing.issue([draft.pk], user, DAY).refused]
    assert codes == ["determines_own_submission"]
    document = issued(person)
    issuing.return_unsigned(document, "Periksa lagi", user)
    document = issuing.resubmit(document, "Sudah", user)
    assert Act.SIGN not in open_acts(user, document)
    signed = issuing.issued_pdf(document) + b"/ByteRange [0 1]"
    with pytest.raises(DocumentError, match="determines_own_submission"):
        issuing.sign(document, signed, "file", user)
    client = Client()
    client.force_login(user)
    address = reverse("credits:document_sign", args=[document.public_id])
    assert client.post(address).status_code == 403


def test_the_officer_signs_from_the_same_queue_and_sees_nothing_else(
    person: Any, officer: Any
) -> None:
    DeterminingOfficerFactory(employee=officer)
    mine = issued(person)
    other = issued(person, YEAR_2023)
    client = Client()
    client.force_login(officer.user)
    queue = client.get(reverse("credits:signing")).content.decode()
    assert mine.number in queue
    assert other.number not in queue
    assert client.get(reverse("credits:document", args=[other.public_id])).status_code == 404
    page = client.get(reverse("credits:document", args=[mine.public_id]))
    assert page.status_code == 200
    assert reverse("reports:person", args=[person.public_id]) not in page.content.decode()
    assert client.get(reverse("credits:document_pdf", args=[mine.public_id])).status_code == 200
    signed = issuing.issued_pdf(mine) + b"/ByteRange [0 1]"
    issuing.sign(mine, signed, "file", officer.user)
    mine.refresh_from_db()
    assert mine.state == Document.State.SIGNED


# ------------------------------------------------------------------ the block


@pytest.mark.parametrize(
    ("entry", "printed"),
    [
        ({}, "Kepala Biro SDM, "),
        ({"capacity": "plt"}, "Plt. Kepala Biro SDM, "),
        ({"capacity": "plh"}, "Plh. Kepala Biro SDM, "),
        (
            {"capacity": "an", "authority": "Sekretaris Jenderal"},
            "a.n. Sekretaris Jenderal Kepala Biro SDM, ",
        ),
        (
            {"capacity": "ub", "authority": "Menteri", "delegate": "Sekretaris Jenderal"},
            "a.n. Menteri Sekretaris Jenderal u.b. Kepala Biro SDM, ",
        ),
        (
            {"capacity": "ub", "delegate": "Sekretaris Jenderal"},
            "Sekretaris Jenderal u.b. Kepala Biro SDM, ",
        ),
    ],
)
def test_the_block_states_capacity_and_offices(
    person: Any, officer: Any, entry: dict[str, str], printed: str
) -> None:
    DeterminingOfficerFactory(employee=officer, office="Kepala Biro SDM", **entry)
    assert f"{printed}Wahyu Penetap NIP" in text_of(issued(person))


def test_a_deputy_of_an_officer_on_behalf_keeps_the_lines_above(person: Any, officer: Any) -> None:
    DeterminingOfficerFactory(
        employee=officer, office="Kepala Biro SDM", capacity="an", authority="Sekretaris Jenderal"
    )
    deputy = factories.EmployeeFactory(name="Wati Plh")
    Delegation.objects.create(officer=officer, deputy=deputy, start=DAY, end=DAY)
    document = issued(person)
    assert document.signer == deputy
    assert "a.n. Sekretaris Jenderal Plh. Kepala Biro SDM, Wati Plh NIP" in text_of(document)


def test_a_deputy_of_an_acting_officer_signs_in_his_own_capacity() -> None:
    block = Signatory(name="A", nip="1", offices=("Kepala Biro",), capacity=Capacity.PLT)
    found = deputised(block, "B", "2", Capacity.PLH)
    assert (found.name, found.capacity, found.offices) == ("B", Capacity.PLH, ("Kepala Biro",))


# ------------------------------------------------------------------ the register


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lowest": 6, "highest": 5}, "highest"),
        ({"capacity": "an"}, "authority"),
        ({"capacity": "ub", "authority": "Menteri"}, "delegate"),
        ({"authority": "Menteri"}, "authority"),
        ({"capacity": "an", "authority": "Menteri", "delegate": "Sekjen"}, "delegate"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(change: dict[str, Any], field: str) -> None:
    row = DeterminingOfficerFactory.build(agency=None, employee=None, **change)
    with pytest.raises(ValidationError) as problem:
        row.clean()
    assert set(problem.value.message_dict) == {field}
    saved = DeterminingOfficerFactory.build(
        agency=factories.AgencyFactory(), employee=factories.EmployeeFactory(), **change
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        saved.save()


def test_two_officers_never_determine_the_same_level_on_the_same_day() -> None:
    DeterminingOfficerFactory(lowest=5, highest=6, end=date(2024, 12, 31))
    DeterminingOfficerFactory(lowest=7)
    DeterminingOfficerFactory(lowest=5, highest=6, start=date(2025, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        DeterminingOfficerFactory(lowest=6, highest=7, start=date(2024, 6, 1))


def test_biro_sdm_enters_an_officer_and_the_auditor_only_reads(client: Client) -> None:
    who = factories.EmployeeFactory(name="Wahyu Penetap")
    client.force_login(UserFactory(roles=[Role.HR]))
    add = reverse("admin:credits_determiningofficer_add")
    entry = {
        "agency": factories.AgencyFactory().pk,
        "lowest": 1,
        "highest": 6,
        "employee": who.nip,
        "office": "Kepala Biro SDM",
        "capacity": "an",
        "authority": "Sekretaris Jenderal",
        "start": "01-01-2024",
    }
    assert client.post(add, entry).status_code == 302
    row = DeterminingOfficer.objects.get()
    assert (row.employee, row.offices) == (who, ("Sekretaris Jenderal", "Kepala Biro SDM"))
    again = client.post(add, entry | {"lowest": 6})
    assert again.status_code == 200
    assert DeterminingOfficer.objects.count() == 1
    listed = reverse("admin:credits_determiningofficer_changelist")
    assert "Ahli Muda" in client.get(listed).content.decode()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    assert client.get(listed).status_code == 200
    assert client.post(add, entry).status_code == 403


def test_employers_are_told_apart(person: Any, officer: Any) -> None:
    """The officer of a province does not determine for the ministry, and the other way round."""
    agency = Agency.objects.create(code="prov", name="Provinsi", kind="province")
    local = factories.EmployeeFactory()
    DeterminingOfficerFactory(employee=officer)
    DeterminingOfficerFactory(employee=local, agency=agency)
    assert issued(person).signer == officer
    person.employer = agency
    person.save()
    assert issued(person, (date(2022, 1, 1), date(2022, 12, 30))).signer == local
