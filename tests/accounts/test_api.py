"""The API's door: keys, scopes, bounds, what is told, and what is refused (AZ133 to AZ149)."""

import json
from base64 import b64encode
from datetime import date, timedelta
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.api import ClientThrottle
from accounts.models import AccessEvent, ApiClient
from accounts.policy import Role
from credits.models import LedgerEntry
from credits.services.runs import recalculate_now
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/api/v1/balances/"


@pytest.fixture(autouse=True)
def _counting_anew() -> None:
    caches["throttle"].clear()


def key(**values: Any) -> str:
    _client, made = ApiClient.objects.create_key(
        **({"name": "Laporan", "scopes": ["balances"]} | values)
    )
    return made


def ask(client: Client, made: str, query: str = "", **more: Any) -> Any:
    return client.get(LIST + query, headers={"authorization": f"Api-Key {made}"}, **more)


def holder(points: int = 25, **values: Any) -> Any:
    person = factories.EmployeeFactory(**values)
    factories.AppointmentFactory(
        employee=person,
        position=factories.PositionFactory(code="mhi", name="Mediator Hubungan Industrial"),
        start=date(2020, 1, 1),
    )
    factories.RankFactory(employee=person)
    factories.OpeningFactory(employee=person, points=points)
    return person


@pytest.fixture
def person() -> Any:
    made = holder(name="Sari Wulandari")
    factories.RatingFactory(employee=made, end=date(2023, 2, 28))
    factories.MembershipFactory(employee=made, unit=factories.UnitFactory(code="biro"))
    recalculate_now({"all": True}, "test")
    return made


# ------------------------------------------------------------------ what is told


def test_a_key_reads_balances_without_nip_or_name(client: Client, person: Any) -> None:
    answer = ask(client, key())
    assert answer.status_code == 200
    (row,) = answer.json()["results"]
    assert row == {
        "id": str(person.public_id),
        "position_code": "mhi",
        "position": "Mediator Hubungan Industrial",
        "level_code": "ahli_pertama",
        "level": "Ahli Pertama",
        "unit": "biro",
        "rank": "III/a",
        "balance": str(25 + Fraction(2, 12) * Fraction(25, 2)),  # 325/12: exact
        "balance_rounded": "27.08",
        "rank_target": "50",
        "level_target": "100",
        "missing_rank": "275/12",
        "missing_level": "875/12",
        "stale": False,
        "computed": True,
    }
    assert person.nip not in answer.content.decode()


def test_the_export_states_the_same_figures(client: Client, person: Any) -> None:
    out = StringIO()
    call_command("export_balances", format="json", stdout=out)
    (exported,) = json.loads(out.getvalue())
    (row,) = ask(client, key(scopes=["balances", "pii"])).json()["results"]
    assert exported == {name: row[name] for name in exported}
    earlier = StringIO()
    call_command("export_balances", as_of="2022-12-31", stdout=earlier)  # before the conversion
    assert person.nip in earlier.getvalue()


def test_nip_and_name_need_their_own_scope(client: Client, person: Any) -> None:
    (row,) = ask(client, key(scopes=["balances", "pii"])).json()["results"]
    assert (row["nip"], row["name"]) == (person.nip, "Sari Wulandari")


def test_the_day_and_what_was_known_then(client: Client, person: Any) -> None:
    made = key()

    def balance(query: str) -> str:
        (row,) = ask(client, made, query).json()["results"]
        return str(row["balance"])

    assert balance("?as_of=2022-12-31") == "25"
    assert balance("?as_of=2023-02-28") == "325/12"
    before = LedgerEntry.objects.earliest("recorded_at").recorded_at - timedelta(days=1)
    assert balance(f"?known_at={before:%Y-%m-%dT%H:%M:%SZ}") == "0"
    assert ask(client, made, "?as_of=2019-12-31").json()["results"] == []


def test_only_the_fields_asked_for(client: Client, person: Any) -> None:
    answer = ask(client, key(), "?fields=balance,id")
    assert answer.json()["results"] == [{"id": str(person.public_id), "balance": "325/12"}]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?position=mhi", 1),
        ("?level=ahli_pertama", 1),
        ("?level=ahli_muda", 0),
        ("?unit=biro", 1),
        ("?unit=setjen", 1),  # with those below
        ("?unit=lain", 0),
    ],
)
def test_filters(client: Client, person: Any, query: str, found: int) -> None:
    above = factories.UnitFactory(code="setjen")
    person.memberships.get().unit.versions.update(parent=above)
    factories.UnitFactory(code="lain")
    assert len(ask(client, key(), query).json()["results"]) == found


def test_one_person_by_the_opaque_id(client: Client, person: Any) -> None:
    headers = {"authorization": f"Api-Key {key()}"}
    answer = client.get(f"{LIST}{person.public_id}/", headers=headers)
    assert answer.json()["balance"] == "325/12"


def test_pages_tell_everybody_once(client: Client, person: Any) -> None:
    for _ in range(4):
        holder()
    made, query, seen = key(), "?page_size=2", []
    while query:
        page = ask(client, made, query).json()
        seen += [row["id"] for row in page["results"]]
        query = (page["next"] or "").partition(LIST)[2]
    assert len(seen) == len(set(seen)) == 5


def test_more_people_cost_no_more_statements(client: Client, person: Any) -> None:
    made = key()

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            ask(client, made)
        return len(captured)

    asked()  # the first notes the use
    before = asked()
    for _ in range(20):
        holder()
    assert asked() == before <= 12


def test_what_did_not_change_is_not_sent_again(client: Client, person: Any) -> None:
    made = key()
    first = ask(client, made)
    again = ask(client, made, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    person.ratings.update(predicate="sangat_baik")
    recalculate_now({"all": True}, "test")
    assert ask(client, made, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200
    assert first["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first["Vary"]


def test_each_read_is_noted(client: Client, person: Any) -> None:
    ask(client, key())
    row = AccessEvent.objects.get()
    assert (row.subject, row.what, row.how, row.channel) == (person.pk, "ledger", "export", "api")
    assert row.actor_id is None
    assert row.detail == f"api-client {ApiClient.objects.get().pk} balances"


# ------------------------------------------------------------------ bounds


def test_a_client_of_one_unit_gets_only_its_people(client: Client, person: Any) -> None:
    other = holder()
    factories.MembershipFactory(employee=other, unit=factories.UnitFactory(code="lain"))
    made = key(unit_code="biro")
    assert [r["id"] for r in ask(client, made).json()["results"]] == [str(person.public_id)]
    assert ask(client, made, "?unit=lain").json()["results"] == []
    headers = {"authorization": f"Api-Key {made}"}
    assert client.get(f"{LIST}{other.public_id}/", headers=headers).status_code == 404
    assert ask(client, key(unit_code="tidak-ada")).json()["results"] == []


def test_a_client_of_one_position_gets_only_its_holders(client: Client, person: Any) -> None:
    factories.AppointmentFactory()
    made = key(position_code="mhi")
    assert [r["id"] for r in ask(client, made).json()["results"]] == [str(person.public_id)]


# ------------------------------------------------------------------ what is refused


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    return dict(body)


def test_without_a_key_nothing_is_told(client: Client) -> None:
    answer = client.get(LIST)
    refused(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Api-Key"


@pytest.mark.parametrize("header", ["Api-Key x.y", "Api-Key", "Bearer abc", "Basic YTpi"])
def test_what_is_no_key_opens_nothing(client: Client, header: str) -> None:
    assert client.get(LIST, headers={"authorization": header}).status_code == 401


def test_a_key_in_the_address_opens_nothing(client: Client) -> None:
    made = key()
    for name in ("key", "api_key", "api-key", "token"):
        assert client.get(f"{LIST}?{name}={made}").status_code == 401


def test_a_session_opens_nothing(client: Client) -> None:
    user = UserFactory(roles=[*Role], is_superuser=True)
    client.force_login(user)
    assert client.get(LIST).status_code == 401
    assert client.post(LIST).status_code == 401
    basic = b64encode(f"{user.username}:password-for-tests".encode()).decode()
    answer = Client().get(LIST, headers={"authorization": f"Basic {basic}"})
    assert answer.status_code == 401


def test_a_key_opens_no_page(client: Client) -> None:
    headers = {"authorization": f"Api-Key {key()}"}
    for name in ("reports:people", "admin:index", "credits:documents"):
        assert client.get(reverse(name), headers=headers).status_code == 302


def test_revoked_and_expired_keys_are_refused_at_once(client: Client) -> None:
    made = key()
    assert ask(client, made).status_code == 200
    ApiClient.objects.update(expiry_date=timezone.now() - timedelta(seconds=1))
    refused(ask(client, made), 401, "authentication_failed")
    ApiClient.objects.update(expiry_date=None)
    assert ask(client, made).status_code == 200
    ApiClient.objects.update(revoked=True)
    refused(ask(client, made), 401, "authentication_failed")


def test_a_key_without_the_scope_is_refused(client: Client) -> None:
    refused(ask(client, key(scopes=["pii"])), 403, "permission_denied")
    refused(ask(client, key(scopes=[])), 403, "permission_denied")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(client: Client, method: str) -> None:
    headers = {"authorization": f"Api-Key {key()}"}
    refused(getattr(client, method)(LIST, headers=headers), 405, "method_not_allowed")


@pytest.mark.parametrize(
    "query",
    [
        "?postion=mhi",
        "?ordering=nip",
        "?search=1990",
        "?nip=199001012008011900",
        "?expand=employee",
        "?fields=nip",
        "?fields=name,id",
        "?fields=",
        "?position=tidak-ada",
        "?level=raja",
        "?unit=tidak-ada",
        "?as_of=31-12-2024",
        "?known_at=kemarin",
    ],
)
def test_a_question_that_is_not_understood_is_not_answered(
    client: Client, person: Any, query: str
) -> None:
    body = refused(ask(client, key(), query), 400, "invalid")
    assert len(body["errors"]) == 1


def test_a_cursor_of_somebody_s_own_making_is_refused(client: Client, person: Any) -> None:
    assert ask(client, key(), "?cursor=zzz").status_code == 404


def test_too_many_requests_of_one_client_are_turned_away(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"client": "2/min"})
    one, other = key(), key()
    assert [ask(client, one).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(client, other).status_code == 200
    refused(ask(client, one), 429, "throttled")
    assert "Retry-After" in ask(client, one)


# ------------------------------------------------------------------ making a key


def test_an_administrator_makes_a_key_that_is_shown_once(client: Client, person: Any) -> None:
    client.force_login(UserFactory(roles=[Role.ADMIN]))
    add = reverse("admin:accounts_apiclient_add")
    entry = {"name": "Dasbor", "scopes": ["balances"], "unit_code": "biro", "position_code": ""}
    answer = client.post(add, entry, follow=True)
    row = ApiClient.objects.get()
    made = next(w for w in answer.content.decode().split() if w.startswith(f"{row.prefix}."))
    assert ask(Client(), made.rstrip(".")).status_code == 200
    page = reverse("admin:accounts_apiclient_change", args=[row.pk])
    again = client.get(page).content.decode()
    assert made.rstrip(".") not in again
    assert row.hashed_key not in again
    assert row.hashed_key not in page
    assert made.rstrip(".").partition(".")[2] not in row.hashed_key


def test_a_revoked_key_stays_so(client: Client) -> None:
    key()
    row = ApiClient.objects.get()
    client.force_login(UserFactory(roles=[Role.ADMIN]))
    page = reverse("admin:accounts_apiclient_change", args=[row.pk])
    entry = {"name": "Laporan", "scopes": ["balances"], "unit_code": "", "position_code": ""}
    client.post(page, entry | {"revoked": "on"})
    row.refresh_from_db()
    assert row.revoked
    client.post(page, entry)
    row.refresh_from_db()
    assert row.revoked
    assert client.post(reverse("admin:accounts_apiclient_delete", args=[row.pk])).status_code == 403


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMIN])
def test_nobody_else_sees_the_keys(client: Client, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    assert client.get(reverse("admin:accounts_apiclient_changelist")).status_code == 403
