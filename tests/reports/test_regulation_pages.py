"""The pages of regulations: reading, loading, trying, publishing by a second person."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.policy import Role
from credits.models import CalculationRun, LedgerEntry, RegulationVersion
from credits.rules.editions import load_editions
from credits.services import regulations, runs
from credits.services.runs import recalculate_now
from reports.regulations import all_editions
from tests import factories
from tests.credits.regulations.helpers import (
    EXAMPLE,
    KEY,
    drafted,
    holder,
    published,
    tried,
    withdrawn,
)

pytestmark = pytest.mark.django_db
LIST = "reports:regulations"


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.user = factories.UserFactory(roles=roles)  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in(Role.ADMIN)


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.HR)


def body(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def at(name: str, version: RegulationVersion) -> str:
    return reverse(f"reports:{name}", args=[version.public_id])


def load(client: Client, text: str | bytes = EXAMPLE, **data: str) -> Any:
    data_of = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("uji.toml", data_of)
    return client.post(reverse("reports:regulation_load"), {"file": file} | data)


def test_the_list_says_which_holds_when() -> None:
    text = body(signed_in(Role.HOLDER).get(reverse(LIST)))
    for edition in all_editions(regulations.in_force()):
        assert edition.title in text
    assert "30 November 2024" in text  # konversi-2023 ends where konversi-2024 begins
    assert "Muat peraturan" not in text


@pytest.mark.parametrize("edition", all_editions(regulations.shipped()), ids=lambda e: e.key)
def test_every_edition_reads_as_a_page_with_articles(edition: Any) -> None:
    text = body(signed_in(Role.HOLDER).get(reverse("reports:regulation", args=[edition.key])))
    for cited in edition.values.values():
        assert cited.article.split(";")[0] in text
    for name in ("rank_points", "months_counted", "min_predicate", "half_up"):
        assert name not in text  # words, no codes of the program


def test_an_edition_shows_what_changed_and_where_it_is_used(officer: Client) -> None:
    holder()
    recalculate_now({"all": True}, "uji")
    answer = officer.get(reverse("reports:regulation", args=["konversi-2024"]))
    assert answer.context["use"].people == 1
    assert (
        answer.context["use"].entries == LedgerEntry.objects.filter(edition="konversi-2024").count()
    )
    special = officer.get(reverse("reports:regulation", args=["konversi-2025-ketenagakerjaan"]))
    assert special.context["earlier"].key == "konversi-2024"
    assert "Tugas" in body(special)
    plain = signed_in(Role.HOLDER).get(reverse("reports:regulation", args=["konversi-2024"]))
    assert plain.context["use"] is None


def test_an_unknown_code_is_no_page(admin: Client) -> None:
    assert admin.get(reverse("reports:regulation", args=["tiada"])).status_code == 404
    assert admin.get(reverse("reports:regulation_file", args=["tiada"])).status_code == 404


@pytest.mark.parametrize("key", [*load_editions(), "karier-2025", "tim-penilai"])
def test_the_file_comes_back_as_it_is(admin: Client, key: str) -> None:
    answer = admin.get(reverse("reports:regulation_file", args=[key]))
    assert f'key = "{key}"' in answer.content.decode()
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_faulty_file_is_answered_with_line_value_and_remedy(admin: Client) -> None:
    answer = load(admin, EXAMPLE.replace('"15"', "15.5"))
    (found,) = answer.context["findings"]
    assert (found["line"], found["path"]) == (12, "levels.ahli_pertama.coefficient")
    assert "tanda kutip" in body(answer)
    assert not RegulationVersion.objects.exists()


@pytest.mark.parametrize("text", [b"", b"\xff\xfe\x00", b"x" * 70_000, b"<svg onload=alert(1)>"])
def test_what_is_no_regulation_is_refused(admin: Client, text: bytes) -> None:
    assert "<svg onload" not in body(load(admin, text))
    assert not RegulationVersion.objects.exists()


def test_from_a_file_to_a_publication_by_a_second_person(admin: Client, officer: Client) -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    assert load(admin).status_code == 302
    version = RegulationVersion.objects.get()
    page = at("regulation_version", version)
    assert admin.get(page).context["may_try"]
    admin.post(at("regulation_try", version))
    assert "data-progress-url" in body(admin.get(page))
    runs.work(CalculationRun.objects.latest("id").pk)

    shown = admin.get(page)
    text = body(shown)
    assert shown.context["publish_form"] is None  # who loads does not publish
    assert person.full_name in text
    assert "+2,500" in text
    assert shown.context["effect"].moved == 1
    version.refresh_from_db()
    assert version.golden["total"] > 400
    assert {c["family"] for c in version.golden["changed"]}
    assert version.golden["failed_before"] == 0
    first = version.golden["changed"][0]
    assert first["before"] != first["got"]

    answer = {"effective_from": "01-01-2025", "reason": "Uji"}
    admin.post(at("regulation_publish", version), answer)
    version.refresh_from_db()
    assert version.state == "draft"
    assert officer.get(page).context["publish_form"] is not None
    officer.post(at("regulation_publish", version), {"effective_from": "bukan", "reason": "Uji"})
    officer.post(at("regulation_publish", version), answer)
    version.refresh_from_db()
    assert version.state == "published"
    assert "?scope=stale" in body(officer.get(page))
    assert version.title in body(officer.get(reverse(LIST)))
    assert version.title in body(officer.get(reverse("reports:regulation", args=[KEY])))


def test_a_published_one_is_taken_back_by_two_people(admin: Client, officer: Client) -> None:
    version = published()
    admin.post(at("regulation_withdraw_ask", version), {"reason": "Keliru"})
    admin.post(at("regulation_withdraw", version))
    version.refresh_from_db()
    assert version.state == "published"
    assert admin.get(at("regulation_version", version)).context["own_withdrawal"]
    officer.post(at("regulation_keep", version))
    admin.post(at("regulation_withdraw_ask", version), {"reason": "Keliru"})
    officer.post(at("regulation_withdraw", version))
    version.refresh_from_db()
    assert version.state == "withdrawn"
    assert KEY not in regulations.in_force().by_key
    assert "Keliru" in body(admin.get(at("regulation_version", version)))


@pytest.mark.parametrize("role", [Role.HR, Role.AUDITOR, Role.COORDINATOR, Role.HOLDER])
def test_nobody_but_an_administrator_drafts(role: Role) -> None:
    assert load(signed_in(role)).status_code == 403
    assert not RegulationVersion.objects.exists()


def test_an_auditor_reads_and_changes_nothing() -> None:
    version = tried()
    client = signed_in(Role.AUDITOR)
    body(client.get(at("regulation_version", version)))
    for name in ("try", "publish", "discard", "withdraw_ask", "withdraw", "keep"):
        assert client.post(at(f"regulation_{name}", version)).status_code == 403


def test_a_holder_sees_no_drafts() -> None:
    version = drafted()
    client = signed_in(Role.HOLDER)
    assert client.get(at("regulation_version", version)).status_code == 403
    assert version.title not in body(client.get(reverse(LIST)))


def test_the_effects_as_a_sheet(officer: Client) -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    version = drafted()
    assert officer.get(at("regulation_effects", version)).status_code == 404
    run = regulations.try_out(version, {"changed": []}, version.drafted_by)
    runs.work(run.pk)
    answer = officer.get(at("regulation_effects", version))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    people, lines = (list(sheet.values) for sheet in book.worksheets)
    assert people[1][0] == person.nip
    assert people[1][4:7] == (12.5, 15, 2.5)
    assert len(lines) == 3


def test_the_page_of_a_trial_is_no_preview_to_apply(officer: Client) -> None:
    holder()
    run = regulations.last_trial(tried())
    assert run is not None
    answer = officer.get(reverse("credits:run", args=[run.public_id]))
    assert not answer.context["may_apply"]
    assert "Contoh: koefisien" in body(answer)
    officer.post(reverse("credits:run_apply", args=[run.public_id]))
    assert CalculationRun.objects.count() == 1


def test_a_version_that_no_longer_fits_is_still_a_page(admin: Client) -> None:
    base = published()
    child = drafted(
        EXAMPLE.replace(f'"{KEY}"', '"anak"')
        .replace('"konversi-2024"', f'"{KEY}"')
        .replace("2025-01-01", "2025-06-01")
    )
    withdrawn(base)
    assert admin.get(at("regulation_version", child)).context["unreadable"]
    admin.post(at("regulation_try", child))
    assert not CalculationRun.objects.filter(trial_of=child).exists()


def test_pages_cost_the_same_however_many_rows(
    officer: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        holder()
    version = published(EXAMPLE.replace(KEY, "dasar").replace("2025-01-01", "2024-12-15"))
    recalculate_now({"all": True}, "uji")
    draft = tried()
    for n in range(5):
        drafted(EXAMPLE.replace(KEY, f"lain-{n}"))
    with django_assert_max_num_queries(12):
        body(officer.get(reverse(LIST)))
    for shown in (version, draft):
        with django_assert_max_num_queries(15):
            body(officer.get(at("regulation_version", shown)))
    with django_assert_max_num_queries(12):
        body(officer.get(reverse("reports:regulation", args=["konversi-2024"])))
