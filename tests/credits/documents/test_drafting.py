"""Forms drafted from the ledger: what they state, and batches as a ZIP per unit."""

import zipfile
from datetime import date
from fractions import Fraction
from io import BytesIO

import pytest
from pypdf import PdfReader

from credits.documents.content import from_json
from credits.models import Document, DocumentBatch
from credits.services import documents
from credits.services.issuing import issued_pdf
from credits.services.runs import recalculate_now
from employees.models import Appointment
from tests import factories

pytestmark = pytest.mark.django_db
YEAR = (date(2024, 1, 1), date(2024, 12, 31))


@pytest.fixture
def holder():
    person = factories.EmployeeFactory.create(name="Sari Wulandari", back_title="S.H.")
    factories.RankFactory.create(employee=person)
    position = factories.PositionFactory.create(name="Mediator Hubungan Industrial")
    factories.AppointmentFactory.create(employee=person, position=position, start=date(2020, 1, 1))
    factories.OpeningFactory.create(employee=person, points=25)
    factories.SuperiorFactory.create(
        employee=person, superior=factories.EmployeeFactory.create(name="Budi Santoso")
    )
    for year in (2023, 2024):
        factories.RatingFactory.create(
            employee=person, start=date(year, 1, 1), end=date(year, 12, 31)
        )
    recalculate_now({"all": True}, "test")
    return person


def text_of(document):
    return "\n".join(p.extract_text() for p in PdfReader(BytesIO(issued_pdf(document))).pages)


def test_the_determination_states_the_balance_split_at_the_period(holder):
    document = documents.draft(holder, Document.Form.DETERMINATION, *YEAR)
    content = from_json(document.content)
    assert content.total == Fraction(50)
    old = sum((r.old or 0) for r in content.rows)
    new = sum((r.new or 0) for r in content.rows)
    assert (old, new) == (Fraction("37.5"), Fraction("12.5"))
    assert content.rank.minimum == 50
    text = text_of(document)
    assert "Sari Wulandari, S.H." in text
    assert "50,000" in text
    assert "Budi Santoso" in text


def test_a_conversion_that_a_new_level_cuts_shows_both_parts(holder):
    Appointment.objects.update(end=date(2024, 3, 31))
    factories.AppointmentFactory.create(
        employee=holder,
        position=Appointment.objects.get().position,
        level="ahli_muda",
        start=date(2024, 4, 1),
        way="promotion",
    )
    recalculate_now({"all": True}, "test")
    content = from_json(documents.draft(holder, Document.Form.CONVERSION, *YEAR).content)
    assert [line.months for line in content.lines] == [3, 9]
    accumulated = from_json(documents.draft(holder, Document.Form.ACCUMULATION, *YEAR).content)
    assert accumulated.total == Fraction(75, 4)


def test_nothing_to_state_is_said_and_not_printed(holder):
    with pytest.raises(documents.NothingToState, match="nothing_to_state"):
        documents.draft(holder, Document.Form.CONVERSION, date(2020, 1, 1), date(2020, 12, 31))


def test_a_draft_keeps_what_it_states_when_the_facts_change(holder):
    document = documents.draft(holder, Document.Form.DETERMINATION, *YEAR)
    before = issued_pdf(document)
    holder.name = "Nama Lain"
    holder.save()
    document.refresh_from_db()
    assert issued_pdf(document) == before


def test_a_batch_makes_one_zip_per_unit_and_lists_who_was_left_out(holder, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    unit = factories.UnitFactory.create()
    lecturer = factories.EmployeeFactory.create()
    factories.AppointmentFactory.create(
        employee=lecturer, position=factories.PositionFactory.create(code="dosen")
    )
    for person in (holder, lecturer):
        factories.MembershipFactory.create(employee=person, unit=unit)
    recalculate_now({"all": True}, "test")
    batch = documents.create_batch(Document.Form.DETERMINATION, *YEAR, {"all": True})
    documents.work_on(batch.pk)
    batch.refresh_from_db()
    part = batch.parts.get()
    assert (batch.state, batch.done) == (DocumentBatch.State.DONE, 2)
    assert part.skipped == [[lecturer.pk, "own_rules"]]
    with part.file.open() as file, zipfile.ZipFile(file) as archive:
        (name,) = archive.namelist()
        assert holder.nip not in name
        assert archive.read(name).startswith(b"%PDF")
    assert Document.objects.get().pdf_hash


def test_a_batch_of_more_people_asks_no_more_of_the_database(holder, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from credits.services.contents import contents

    def asked(ids):
        with CaptureQueriesContext(connection) as captured:
            contents(ids, Document.Form.DETERMINATION, *YEAR)
        return len(captured)

    others = []
    for _ in range(5):
        other = factories.AppointmentFactory.create().employee
        factories.SuperiorFactory.create(employee=other, superior=holder)
        others.append(other.pk)
    assert asked([holder.pk, others[0]]) == asked([holder.pk, *others])
