"""The authorization table of the design, row by row, as requests (authorization.csv).

A row about what is built is a check below. A row about what is not built yet stands in `LATER`
under the issue that builds it; whoever builds it moves the row here; `ELSEWHERE` names the test of
another file that proves a row. The three sets cover the file.
Where the table says 200 for a form, a redirect after it is the same; where it says 403 for an act
that has no address at all, the absence is checked.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiClient
from accounts.policy import Role, roles_of
from credits.models import Document, LedgerEntry
from credits.services import documents, issuing
from employees.policy import Shown
from tests.accounts import scene as scenes
from tests.accounts.scene import DAY, YEAR_2022, Scene
from tests.accounts.test_policy import ROUTES
from tests.factories import DeterminingOfficerFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
API = "/api/v1/balances/"
LOGIN = "login"  # sent to sign in

# Issue -> rows that it builds.
LATER = {
    5: ("AZ129"),
    6: "AZ075 AZ076",
    7: "AZ008 AZ015 AZ041 AZ072 AZ073 AZ074 AZ123 AZ136 AZ137 AZ140 AZ141 AZ142 AZ143 AZ144",
    8: "AZ002 AZ014 AZ110 AZ111 AZ153",
}
# Rows that tests of their own subject prove, the file and the test.
ELSEWHERE = {
    "AZ020": "reports/test_correction_requests.py test_from_asking_to_granted",
    "AZ031": "reports/test_privacy.py test_the_holder_sees_what_is_stored_and_who_looked",
    "AZ032": "reports/test_privacy.py test_the_copy_holds_every_value_and_fits_its_schema",
    "AZ040": "reports/test_correction_requests.py test_a_request_of_somebody_else_does_not_exist",
    "AZ047": "reports/test_audit_pages.py test_nobody_else_reads_the_trails",
    "AZ049": "credits/ratings/test_superior_page.py "
    "test_az049_he_enters_ratings_for_an_open_period_and_they_wait",
    "AZ053": "credits/ratings/test_superior_page.py "
    "test_az053_a_closed_period_answers_409_with_a_sentence",
    "AZ054": "credits/ratings/test_superior_page.py test_az054_he_does_not_approve_what_he_entered",
    "AZ058": "credits/ratings/test_superior_page.py "
    "test_az058_a_deputy_rates_within_the_dates_of_the_delegation",
    "AZ080": "assessors/test_teams.py test_az080_a_team_reaches_the_claims_of_its_own_jf_alone",
    "AZ089": "assessors/test_teams.py test_az089_out_of_term_neither_role_nor_scope_nor_act",
    "AZ103": "assessors/test_team_pages.py test_az103_the_secretary_does_not_edit_the_composition",
    "AZ092": "assessors/test_plenary_pages.py test_from_the_plan_to_the_ledger_by_the_pages",
    "AZ093": "assessors/test_plenaries.py test_the_vice_chair_leads_where_the_claim_is_the_chairs",
    "AZ094": "assessors/test_plenary_pages.py "
    "test_without_quorum_the_page_answers_409_and_keeps_what_was_entered",
    "AZ095": "assessors/test_plenaries.py test_twice_from_two_tabs_decides_once",
    "AZ096": "assessors/test_plenary_pages.py test_a_verdict_by_a_link_is_refused",
    "AZ097": "assessors/test_plenaries.py test_en_bloc_each_claim_has_its_own_result",
    "AZ098": "assessors/test_plenary_pages.py test_an_issued_pak_is_not_edited",
    "AZ102": "assessors/test_plenary_pages.py test_from_the_plan_to_the_ledger_by_the_pages",
    "AZ163": "assessors/test_plenary_pages.py test_the_chair_does_not_determine",
    "AZ104": "accounts/test_access.py test_whatever_shows_a_person_is_logged",
    "AZ107": "credits/ratings/test_approval_pages.py test_az107_who_entered_it_does_not_approve_it",
    "AZ108": "credits/ratings/test_approval_pages.py test_az108_another_officer_approves",
    "AZ116": "reports/test_regulation_pages.py "
    "test_from_a_file_to_a_publication_by_a_second_person",
    "AZ117": "credits/regulations/test_steps.py test_who_drafts_does_not_publish",
    "AZ118": "credits/regulations/test_steps.py test_the_database_itself_keeps_what_was_published",
    "AZ124": "accounts/test_audit.py test_the_database_refuses_to_change_the_trails",
    "AZ125": "reports/test_audit_pages.py test_the_proof_is_shown_with_what_was_found",
    "AZ132": "accounts/test_audit.py test_the_database_refuses_to_change_the_trails",
    "AZ151": "accounts/test_audit.py test_the_database_refuses_to_change_the_trails",
    "AZ156": "accounts/test_password_reset.py test_the_link_of_one_account_sets_no_others_password",
    "AZ157": "accounts/test_second_factor.py test_an_omitted_or_odd_code_never_passes",
    "AZ029": "assessors/test_pages.py test_b21_az029_the_claimant_reaches_no_judging",
    "AZ065": "assessors/test_pages.py test_az065_az121_other_roles_give_no_verdict",
    "AZ066": "assessors/test_judging.py test_az066_two_roles_do_not_lift_the_conflict",
    "AZ071": "assessors/test_pages.py "
    "test_az071_holder_and_coordinator_see_neither_names_nor_scores",
    "AZ078": "assessors/test_pages.py test_az078_the_queue_leads_to_an_item_with_its_evidence",
    "AZ079": "assessors/test_pages.py test_az079_az080_a_claim_that_is_not_assigned_does_not_exist",
    "AZ081": "assessors/test_judging.py "
    "test_az081_a_verdict_is_kept_and_may_be_changed_until_the_end",
    "AZ082": "assessors/test_judging.py test_az082_a_double_click_gives_one_row",
    "AZ083": "assessors/test_judging.py test_az083_az029_nobody_judges_his_own_claim",
    "AZ084": "assessors/test_judging.py test_az084_a_subordinate_does_not_judge_the_superior",
    "AZ085": "assessors/test_judging.py test_az085_a_superior_does_not_judge_the_subordinate",
    "AZ086": "assessors/test_judging.py test_az086_a_relative_does_not_judge",
    "AZ087": "assessors/test_judging.py test_az087_somebody_of_lower_level_does_not_judge",
    "AZ088": "assessors/test_judging.py test_az088_who_submitted_a_claim_does_not_judge_it",
    "AZ090": "assessors/test_pages.py test_az090_neither_sees_the_other_before_both_have_finished",
    "AZ091": "assessors/test_pages.py test_az091_the_judging_of_another_is_403",
    "AZ099": "assessors/test_assigning.py "
    "test_az099_the_secretary_gives_a_claim_to_two_assessors_with_a_term",
    "AZ100": "assessors/test_assigning.py "
    "test_az100_an_assignment_against_the_rules_is_refused_with_its_article",
    "AZ101": "assessors/test_pages.py test_az101_the_secretary_fixes_no_verdict",
    "AZ121": "assessors/test_pages.py test_az065_az121_other_roles_give_no_verdict",
    "AZ152": "assessors/test_judging.py test_az152_a_superuser_is_not_above_conflicts",
    "AZ005": "credits/claims/test_draft_pages.py test_az005_without_signing_in_no_claim_is_seen",
    "AZ026": "credits/claims/test_draft_pages.py "
    "test_az026_az027_az028_the_holder_proposes_and_withdraws_in_time",
    "AZ027": "credits/claims/test_draft_pages.py "
    "test_az026_az027_az028_the_holder_proposes_and_withdraws_in_time",
    "AZ028": "credits/claims/test_draft_pages.py "
    "test_az026_az027_az028_the_holder_proposes_and_withdraws_in_time",
    "AZ038": "credits/claims/test_draft_pages.py "
    "test_az038_b22_what_is_out_of_reach_does_not_exist",
    "AZ062": "credits/claims/test_claim_import.py "
    "test_az062_a_coordinator_imports_drafts_with_points_of_the_server",
    "AZ063": "credits/claims/test_claim_import.py "
    "test_az063_b22_a_row_of_another_unit_is_refused_and_the_others_go_on",
    "AZ064": "credits/claims/test_draft_pages.py "
    "test_az064_az070_the_coordinator_submits_and_follows",
    "AZ067": "credits/claims/test_draft_pages.py "
    "test_az067_az068_nobody_submits_for_himself_or_a_relative",
    "AZ068": "credits/claims/test_draft_pages.py "
    "test_az067_az068_nobody_submits_for_himself_or_a_relative",
    "AZ069": "credits/claims/test_draft_pages.py "
    "test_az069_the_own_superior_is_submitted_for_with_a_flag",
    "AZ070": "credits/claims/test_draft_pages.py "
    "test_az064_az070_the_coordinator_submits_and_follows",
    "AZ077": "credits/claims/test_claim_import.py test_az077_another_ones_import_does_not_exist",
    "AZ160": "credits/claims/test_draft_pages.py test_az160_who_left_hands_nothing_in",
    "AZ006": "credits/claims/test_evidence.py "
    "test_az006_without_a_session_or_by_its_place_on_disk_there_is_nothing",
    "AZ024": "credits/claims/test_evidence.py "
    "test_az024_the_holder_uploads_and_replaces_while_it_is_a_draft",
    "AZ025": "credits/claims/test_evidence.py test_az025_after_submission_it_answers_409_and_stays",
    "AZ035": "credits/claims/test_evidence.py test_az035_nobody_else_reaches_a_file_by_its_address",
    "AZ036": "credits/claims/test_evidence.py "
    "test_az036_what_is_sent_does_not_say_whose_file_it_is",
    "AZ037": "credits/claims/test_evidence.py "
    "test_az037_another_persons_file_is_not_overwritten_by_its_id",
    "AZ128": "credits/claims/test_evidence.py test_az128_the_auditor_downloads_and_that_is_logged",
}
Check = Callable[[Scene], None]
BUILT: dict[str, Check] = {}


def row(*ids: str) -> Callable[[Check], Check]:
    def note(check: Check) -> Check:
        BUILT.update(dict.fromkeys(ids, check))
        return check

    return note


def answers(*wanted: Any) -> Callable[[Any], None]:
    def check(answer: Any) -> None:
        found: Any = answer.status_code
        if found == 302 and answer.headers["Location"].startswith("/login/"):
            found = LOGIN
        assert found in wanted, (found, wanted)

    return check


done, refused, missing, sign_in = answers(200, 302), answers(403), answers(404), answers(LOGIN)


def get(scene: Scene, role: Role | None, name: str, *args: Any) -> Any:
    return scene.clients[role].get(reverse(name, args=args))


def post(scene: Scene, role: Role | None, name: str, /, *args: Any, **data: Any) -> Any:
    return scene.clients[role].post(reverse(name, args=args), data)


def no_route(*words: str) -> None:
    """There is no address for it, not even a forbidden one."""
    assert [name for name in ROUTES if any(word in name for word in words)] == []


def ask(scopes: list[str], query: str = "", method: str = "get", **bounds: Any) -> Any:
    _client, key = ApiClient.objects.create_key(name="Uji", scopes=scopes, **bounds)
    return getattr(Client(), method)(API + query, headers={"authorization": f"Api-Key {key}"})


RATING = {
    "start": "01-01-2024",
    "end": "31-12-2024",
    "predicate": "baik",
    "evidence_number": "1",
    "reason": "Terlambat",
}


# ------------------------------------------------------------------ without an account


@row("AZ001")
def _(scene: Scene) -> None:
    done(get(scene, None, "admin:login"))


@row("AZ003", "AZ011", "AZ012", "AZ013")
def _(scene: Scene) -> None:
    for name in ("reports:people", "admin:administration", "credits:runs", "reports:people_export"):
        sign_in(get(scene, None, name))
    sign_in(get(scene, None, "credits:run", scene.common["run"]["public_id"]))


@row("AZ004", "AZ007")
def _(scene: Scene) -> None:
    sign_in(get(scene, None, "reports:person", scene.sari.public_id))
    for paper in scene.papers[scene.sari.pk].values():
        sign_in(get(scene, None, "credits:document_pdf", paper.public_id))
        sign_in(get(scene, None, "credits:document_signed", paper.public_id))


@row("AZ009")
def _(scene: Scene) -> None:
    answers(401)(scene.clients[None].get(API))


@row("AZ010", "AZ044", "AZ115", "AZ130")
def _(scene: Scene) -> None:
    """Everybody who signs in reads the regulations; to draft one is the administrator's."""
    sign_in(get(scene, None, "reports:regulations"))
    for role in (Role.HOLDER, Role.HR, Role.AUDITOR):
        done(get(scene, role, "reports:regulations"))
        refused(get(scene, role, "reports:regulation_load"))
        refused(post(scene, role, "reports:regulation_load"))
    no_route("coefficient", "rule_edit")


@row("AZ016")
def _(scene: Scene) -> None:
    paper = scene.papers[scene.sari.pk]["document"]
    answer = get(scene, None, "credits:verify", paper.token)
    done(answer)
    text = answer.content.decode()
    assert paper.number in text
    assert scene.sari.nip not in text
    assert scene.sari.name not in text


@row("AZ017")
def _(scene: Scene) -> None:
    missing(get(scene, None, "credits:verify", "A" * 24))
    assert len(scene.papers[scene.sari.pk]["document"].token) * 6 >= 128  # bits, base 64


# ------------------------------------------------------------------ the holder


@row("AZ018", "AZ021")
def _(scene: Scene) -> None:
    page = get(scene, Role.HOLDER, "reports:person", scene.sari.public_id)
    done(page)
    assert page.context["standing"] is not None


@row("AZ019", "AZ023")
def _(scene: Scene) -> None:
    own = scene.sari.public_id
    refused(post(scene, Role.HOLDER, "employees:person_edit", own, name="Lain", reason="x"))
    refused(post(scene, Role.HOLDER, "credits:rating_add", own, **RATING))
    rating = scene.sari.ratings.get()
    refused(post(scene, Role.HOLDER, "credits:rating_edit", own, rating.pk, **RATING))


@row("AZ022", "AZ112", "AZ150")
def _(scene: Scene) -> None:
    """No address, not even in the admin, and the database refuses."""
    no_route("ledger", "entry")
    for change in (
        lambda rows: rows.update(amount_units=0),
        lambda rows: rows._raw_delete(rows.db),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(LedgerEntry.objects.filter(employee_id=scene.sari.pk))


@row("AZ030")
def _(scene: Scene) -> None:
    for paper in scene.papers[scene.sari.pk].values():
        done(get(scene, Role.HOLDER, "credits:document_pdf", paper.public_id))


@row("AZ033", "AZ034")
def _(scene: Scene) -> None:
    missing(get(scene, Role.HOLDER, "reports:person", scene.joko.public_id))


@row("AZ039")
def _(scene: Scene) -> None:
    for paper in scene.papers[scene.joko.pk].values():
        missing(get(scene, Role.HOLDER, "credits:document_pdf", paper.public_id))


@row("AZ042")
def _(scene: Scene) -> None:
    found = scene.clients[Role.HOLDER].post(
        reverse("reports:people_search"), {"q": scene.joko.name}, follow=True
    )
    assert str(scene.joko.public_id) not in found.content.decode()
    assert found.context["list"]["page"].paginator.count == 0


@row("AZ043", "AZ045", "AZ046")
def _(scene: Scene) -> None:
    refused(post(scene, Role.HOLDER, "employees:import_new"))
    refused(post(scene, Role.HOLDER, "credits:run_start", for_whom="all"))
    refused(get(scene, Role.HOLDER, "admin:accounts_user_changelist"))


# ------------------------------------------------------------------ the superior


@row("AZ048", "AZ055")
def _(scene: Scene) -> None:
    done(get(scene, Role.SUPERIOR, "reports:person", scene.sari.public_id))


@row("AZ050", "AZ051", "AZ052", "AZ057", "AZ059")
def _(scene: Scene) -> None:
    """A superior enters no rating here at all: so far Biro SDM does, from e-Kinerja."""
    for person in (scene.sari, scene.joko, scene.users[Role.SUPERIOR].employee):
        refused(post(scene, Role.SUPERIOR, "credits:rating_add", person.public_id, **RATING))


@row("AZ056")
def _(scene: Scene) -> None:
    page = get(scene, Role.SUPERIOR, "reports:person", scene.sari.public_id)
    assert page.context["birth"] == Shown.ABSENT


# ------------------------------------------------------------------ the coordinator


@row("AZ060", "AZ061")
def _(scene: Scene) -> None:
    page = get(scene, Role.COORDINATOR, "reports:people")
    done(page)
    assert [p["person"].pk for p in page.context["rows"]] == [scene.sari.pk]
    assert page.context["list"]["page"].paginator.count == 1


# ------------------------------------------------------------------ Biro SDM


@row("AZ105", "AZ109")
def _(scene: Scene) -> None:
    """Refused in words on the form, and nothing is changed."""
    own = scene.users[Role.HR].employee
    post(scene, Role.HR, "credits:rating_add", own.public_id, **RATING)
    assert own.ratings.count() == 0
    entry = {"name": "Lain", "nip": own.nip, "employment": "PNS", "reason": "x"}
    post(scene, Role.HR, "employees:person_edit", own.public_id, **entry)
    own.refresh_from_db()
    assert own.name != "Lain"


@row("AZ106")
def _(scene: Scene) -> None:
    answers(302)(post(scene, Role.HR, "credits:rating_add", scene.sari.public_id, **RATING))
    assert scene.sari.ratings.filter(start__year=2024).exists()


@row("AZ113")
def _(scene: Scene) -> None:
    answers(302)(post(scene, Role.HR, "credits:run_start", for_whom="all", reason="Uji"))


@row("AZ114")
def _(scene: Scene) -> None:
    run = scene.common["run"]["public_id"]
    answers(302)(post(scene, Role.HR, "credits:run_cancel", run))


@row("AZ119", "AZ120")
def _(scene: Scene) -> None:
    me = scene.users[Role.ADMIN]
    page = reverse("admin:accounts_user_change", args=[me.pk])
    groups = list(me.groups.model.objects.values_list("pk", flat=True))
    entry = {"username": me.username, "groups": groups, "is_superuser": "on", "is_active": "on"}
    scene.clients[Role.ADMIN].post(page, entry)
    other = UserFactory()
    page = reverse("admin:accounts_user_change", args=[other.pk])
    scene.clients[Role.ADMIN].post(page, entry | {"username": other.username})
    for user in (me, other):
        user.refresh_from_db()
        assert not user.is_superuser
    assert roles_of(type(me).objects.get(pk=me.pk)) == {Role.ADMIN}


@row("AZ122")
def _(scene: Scene) -> None:
    done(get(scene, Role.HR, "reports:people_export"))  # asks for the reason
    address = reverse("reports:people_export")
    answer = scene.clients[Role.HR].post(address, {"reason": "Rapat kenaikan pangkat"})
    done(answer)
    b"".join(answer.streaming_content)


# ------------------------------------------------------------------ the auditor


@row("AZ126", "AZ131")
def _(scene: Scene) -> None:
    for person in (scene.sari, scene.joko):
        done(get(scene, Role.AUDITOR, "reports:person", person.public_id))
    refused(post(scene, Role.AUDITOR, "credits:run_start", for_whom="all"))


@row("AZ127")
def _(scene: Scene) -> None:
    """All of them: tests/accounts/test_routes.py."""
    sari = scene.sari.public_id
    refused(post(scene, Role.AUDITOR, "credits:rating_add", sari, **RATING))
    refused(post(scene, Role.AUDITOR, "credits:periods", start="01-01-2023", end="31-12-2023"))


# ------------------------------------------------------------------ programs


@row("AZ133")
def _(scene: Scene) -> None:
    done(ask(["balances"]))


@row("AZ134")
def _(scene: Scene) -> None:
    refused(ask([]))


@row("AZ135")
def _(scene: Scene) -> None:
    answers(403, 405)(ask(["balances"], method="post"))


@row("AZ138")
def _(scene: Scene) -> None:
    for query in ("?fields=nik", "?ordering=nik", "?search=nik", "?fields=nip"):
        answers(400)(ask(["balances"], query))


@row("AZ139")
def _(scene: Scene) -> None:
    unit = scene.sari.memberships.get().unit.code
    missing(ask(["balances"], f"{scene.joko.public_id}/", unit_code=unit))
    done(ask(["balances"], f"{scene.sari.public_id}/", unit_code=unit))


@row("AZ145")
def _(scene: Scene) -> None:
    answers(401)(ask(["balances"], revoked=True))
    answers(401)(ask(["balances"], expiry_date=timezone.now()))


@row("AZ146")
def _(scene: Scene) -> None:
    """No session opens the API, with or without a token against forgery."""
    answers(401, 403)(scene.clients[Role.ADMIN].post(API))


@row("AZ147")
def _(scene: Scene) -> None:
    _client, key = ApiClient.objects.create_key(name="Uji", scopes=["balances"])
    answers(401)(Client().get(f"{API}?api_key={key}"))


@row("AZ148")
def _(scene: Scene) -> None:
    _client, key = ApiClient.objects.create_key(name="Uji", scopes=["balances", "pii"])
    for name in ("reports:people", "admin:administration"):
        sign_in(Client().get(reverse(name), headers={"authorization": f"Api-Key {key}"}))


@row("AZ149")
def _(scene: Scene) -> None:
    for name in ("keys", "clients", "tokens"):
        missing(Client().get(f"/api/v1/{name}/"))


# ------------------------------------------------------------------ sessions


@row("AZ154")
def _(scene: Scene) -> None:
    type(scene.users[Role.HR]).objects.filter(pk=scene.users[Role.HR].pk).update(is_active=False)
    sign_in(get(scene, Role.HR, "credits:runs"))


@row("AZ155")
def _(scene: Scene) -> None:
    user = scene.users[Role.HOLDER]
    done(get(scene, Role.HOLDER, "reports:people"))
    user.set_password("another-password-for-tests")
    user.save()
    sign_in(get(scene, Role.HOLDER, "reports:people"))


@row("AZ158")
def _(scene: Scene) -> None:
    scene.users[Role.COORDINATOR].groups.clear()
    refused(get(scene, Role.COORDINATOR, "reports:people"))


@row("AZ159")
def _(scene: Scene) -> None:
    done(get(scene, Role.COORDINATOR, "reports:person", scene.sari.public_id))
    scene.sari.memberships.update(unit=UnitFactory())
    missing(get(scene, Role.COORDINATOR, "reports:person", scene.sari.public_id))


# ------------------------------------------------------------------ who signs


def sign(scene: Scene, role: Role, paper: Document) -> Any:
    file = scenes.signed_copy(paper)
    return post(scene, role, "credits:document_sign", paper.public_id, how="file", file=file)


@row("AZ161")
def _(scene: Scene) -> None:
    paper = scene.papers[scene.sari.pk]["determined document"]
    done(sign(scene, Role.DETERMINER, paper))
    paper.refresh_from_db()
    assert paper.state == Document.State.SIGNED
    missing(sign(scene, Role.DETERMINER, scene.papers[scene.joko.pk]["determined document"]))


@row("AZ162")
def _(scene: Scene) -> None:
    """The own is never put up for him; what he submitted he does not determine. What he
    judged: assessors/test_plenaries.py."""
    user = scene.users[Role.DETERMINER]
    paper = scene.papers[scene.sari.pk]["determined document"]
    issuing.return_unsigned(paper, "Periksa", None)
    issuing.resubmit(paper, "Sudah", user)
    refused(sign(scene, Role.DETERMINER, paper))
    issuing.revoke(paper, "Diganti", None)
    scene.sari.employer.determining_officers.all().delete()
    DeterminingOfficerFactory(employee=scene.sari, agency=scene.sari.employer)
    draft = documents.draft(scene.sari, Document.Form.DETERMINATION, *YEAR_2022)
    assert [code for _d, code in issuing.issue([draft.pk], None, DAY).refused] == ["no_determiner"]


@row("AZ164")
def _(scene: Scene) -> None:
    paper = scene.papers[scene.sari.pk]["document"]
    done(sign(scene, Role.SUPERIOR, paper))
    paper.refresh_from_db()
    assert paper.state == Document.State.SIGNED
    missing(sign(scene, Role.SUPERIOR, scene.papers[scene.joko.pk]["document"]))


# ------------------------------------------------------------------ the table


def test_the_rows_that_are_built(scene: Scene) -> None:
    """One scene for all; each check is undone before the next."""
    wrong = {}
    for check in dict.fromkeys(BUILT.values()):
        ids = " ".join(key for key, one in BUILT.items() if one is check)
        with transaction.atomic():
            try:
                check(scene)
            except AssertionError as problem:
                wrong[ids] = str(problem)
            transaction.set_rollback(True)
    assert wrong == {}


def test_every_row_of_the_table_is_checked_or_waits_for_its_issue() -> None:
    with (Path(__file__).parent / "authorization.csv").open(newline="") as file:
        ids = [line["id"] for line in csv.DictReader(file)]
    waiting = [key for rows in LATER.values() for key in rows.split()]
    assert sorted([*BUILT, *waiting, *ELSEWHERE]) == sorted(ids)


@pytest.mark.parametrize("place", sorted(set(ELSEWHERE.values())))
def test_the_test_that_proves_a_row_elsewhere_exists(place: str) -> None:
    name, test = place.split()
    text = (Path(__file__).parent.parent / name).read_text(encoding="utf-8")
    assert f"def {test}(" in text
