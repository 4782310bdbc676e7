"""The catalogue's pages: who may do what, what is visible, and what a list costs."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.policy import Role
from positions.models import Decree, Position
from positions.services import load_catalogue
from tests.factories import DecreeFactory, PositionFactory, SupervisionFactory, UserFactory

pytestmark = pytest.mark.django_db
LISTS = ("position", "unit", "decree", "supervision")


@pytest.fixture
def officer(client):
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


@pytest.fixture
def holder(client):
    client.force_login(UserFactory(roles=[Role.HOLDER]))
    return client


def list_of(model: str) -> str:
    return reverse(f"admin:positions_{model}_changelist")


def test_a_list_says_that_a_row_is_not_confirmed_and_how_good_its_evidence_is(officer) -> None:
    load_catalogue()
    page = officer.get(list_of("position"), headers={"accept-language": "en"}).content.decode()
    assert page.count("not confirmed") >= 33 or page.count("belum dikonfirmasi") >= 33
    assert "field-evidence_grade" in page
    assert "Biro Umum" in page  # the supervising unit of the archivists


def test_an_officer_confirms_rows(officer) -> None:
    chosen, other = PositionFactory(), PositionFactory()
    officer.post(list_of("position"), {"action": "confirm_rows", "_selected_action": [chosen.pk]})
    assert Position.objects.get(pk=chosen.pk).confirmed
    assert not Position.objects.get(pk=other.pk).confirmed


def test_a_holder_reads_everything_and_changes_nothing(holder) -> None:
    supervision = SupervisionFactory()
    for model in LISTS:
        assert holder.get(list_of(model)).status_code == 200
        assert holder.get(reverse(f"admin:positions_{model}_add")).status_code == 403
    position = supervision.position
    page = reverse("admin:positions_position_change", args=[position.pk])
    assert holder.post(page, {"name": "Lain"}).status_code == 403
    holder.post(list_of("position"), {"action": "confirm_rows", "_selected_action": [position.pk]})
    assert not Position.objects.get(pk=position.pk).confirmed


def test_nobody_deletes_a_row_of_the_catalogue(officer) -> None:
    position = PositionFactory()
    page = reverse("admin:positions_position_delete", args=[position.pk])
    assert officer.post(page, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", LISTS)
def test_a_list_costs_the_same_number_of_queries_at_any_length(
    officer, model, django_assert_max_num_queries
) -> None:
    def queries(number: int) -> int:
        for _ in range(number):
            SupervisionFactory()
        with django_assert_max_num_queries(100) as captured:
            assert officer.get(list_of(model)).status_code == 200
        return len(captured)

    queries(1)  # fills the caches of the session and the content types
    assert queries(2) == queries(20)


def test_the_search_of_decrees_ignores_blanks_and_dots(officer) -> None:
    load_catalogue()
    DecreeFactory(number="9/9999/KP.01/1/2020")
    page = officer.get(list_of("decree"), {"q": "1/ 0235/KP 0804/3/2021"}).content.decode()
    assert "1/0235/KP.08.04/3/2021" in page
    assert "9/9999/KP.01/1/2020" not in page


def test_the_file_of_a_decree_is_a_pdf_and_comes_back_as_an_attachment(
    officer, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = reverse("admin:positions_decree_add")
    form = {"number": "1/1/KP/1/2025", "issued_on": date(2025, 1, 2), "subject": "Contoh"}
    wrong = SimpleUploadedFile("sk.pdf", b"<html>")
    assert officer.post(page, form | {"file": wrong}).status_code == 200
    assert not Decree.objects.exists()
    officer.post(page, form | {"file": SimpleUploadedFile("sk.pdf", b"%PDF-1.7 contoh")})
    decree = Decree.objects.get()
    answer = officer.get(reverse("admin:decree_file", args=[decree.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 contoh"
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_file_of_a_decree_is_for_people_who_signed_in(client) -> None:
    decree = DecreeFactory()
    answer = client.get(reverse("admin:decree_file", args=[decree.pk]))
    assert answer.status_code == 302
