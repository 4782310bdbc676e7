"""The words of regulations: names of sections, values and thresholds."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credits.explanations import level, predicate
from credits.models import Predicate
from positions.ladder import Level

Words = dict[str, str | Promise]

REGIMES: Words = {
    "konvensional": gettext_lazy("Conventional"),
    "integrasi": gettext_lazy("Integration"),
    "konversi": gettext_lazy("Conversion"),
    "karier": gettext_lazy("Promotion and retirement"),
    "tim_penilai": gettext_lazy("Assessor teams"),
}

SECTIONS: Words = {
    "levels": gettext_lazy("Levels: ranks, thresholds and coefficients"),
    "base_points": gettext_lazy("Base points (AK dasar) by rank of entry"),
    "predicates": gettext_lazy("Performance ratings"),
    "degree": gettext_lazy("Higher degree"),
    "remote": gettext_lazy("Duty in a remote area"),
    "first_appointment": gettext_lazy("First appointment"),
    "transfer": gettext_lazy("Transfer from another position"),
    "transfer_flat": gettext_lazy("Transfer with a rank above the level"),
    "study_leave": gettext_lazy("Study assignment"),
    "unpaid_leave": gettext_lazy("Unpaid leave (CLTN)"),
    "own_rules": gettext_lazy("Positions with rules of their own"),
    "settings": gettext_lazy("Choices where the text leaves room"),
    "base_values": gettext_lazy("Base values subtracted at integration"),
    "ranges": gettext_lazy("Range of the integrated balance by rank"),
    "year_cap": gettext_lazy("Most points of a year"),
    "maintenance": gettext_lazy("Points to maintain the position"),
    "ladder": gettext_lazy("Cumulative points by rank"),
    "shares": gettext_lazy("Main and supporting elements"),
    "item_level": gettext_lazy("Work above or below one's own level"),
    "authors": gettext_lazy("Shares of authors, the lead author first"),
    "authors_undetermined": gettext_lazy("Authors whose order is not known"),
    "pak_due": gettext_lazy("Month by which the PAK is due"),
    "rank_promotion": gettext_lazy("Promotion of rank (KP)"),
    "level_promotion": gettext_lazy("Promotion of level (KJ)"),
    "no_vacancy": gettext_lazy("Without a vacancy above"),
    "authority": gettext_lazy("Who decides a promotion of rank"),
    "retirement_age": gettext_lazy("Retirement age"),
    "transfer_age": gettext_lazy("Highest age at a transfer"),
    "calendar": gettext_lazy("Periods of the promotion of rank"),
    "team": gettext_lazy("Composition of a team"),
    "term": gettext_lazy("Term of office"),
}

NAMES: Words = {
    "golongan": gettext_lazy("ranks"),
    "rank_points": gettext_lazy("points for a rank promotion (KP)"),
    "level_points": gettext_lazy("points for a level promotion (KJ)"),
    "coefficient": gettext_lazy("coefficient of a year"),
    "percent": gettext_lazy("percent"),
    "label": gettext_lazy("name"),
    "aliases": gettext_lazy("other names"),
    "percent_of_rank_points": gettext_lazy("percent of the points for a rank promotion"),
    "percent_of_coefficient": gettext_lazy("percent of the coefficient"),
    "min_predicate": gettext_lazy("lowest rating"),
    "per": gettext_lazy("given once per"),
    "levels": gettext_lazy("levels"),
    "limit_months": gettext_lazy("months counted at most"),
    "targets": gettext_lazy("to which level"),
    "pelaksana": gettext_lazy("from executive (pelaksana)"),
    "pengawas": gettext_lazy("from supervisor (pengawas)"),
    "administrator": gettext_lazy("from administrator"),
    "predicate": gettext_lazy("counted as"),
    "predicate_cumlaude": gettext_lazy("counted as, cum laude"),
    "months_counted": gettext_lazy("months counted"),
    "waiting_for_vacancy": gettext_lazy("waiting for a vacancy"),
    "top_rank": gettext_lazy("at the highest rank"),
    "main_min_percent": gettext_lazy("main elements, at least (percent)"),
    "support_max_percent": gettext_lazy("supporting elements, at most (percent)"),
    "equal_shares": gettext_lazy("equal shares"),
    "min_months": gettext_lazy("months in the rank, at least"),
    "predicate_years": gettext_lazy("years with that rating"),
    "test": gettext_lazy("competency test"),
    "vacancy": gettext_lazy("vacancy"),
    "steps_beyond_level": gettext_lazy("rank steps above the level"),
    "months": gettext_lazy("months"),
    "odd": gettext_lazy("odd number of members"),
    "same_position_members": gettext_lazy("members of the same position"),
    "chair_qualified": gettext_lazy("qualified chair"),
    "secretary_from_hr": gettext_lazy("secretary from the personnel unit"),
    "no_self_assessment": gettext_lazy("nobody assesses himself"),
    "ordinary_members": gettext_lazy("members beside chair and secretary, at least"),
    "trained": gettext_lazy("members are trained as assessors"),
    "years": gettext_lazy("years"),
    "terms_in_a_row": gettext_lazy("terms in a row"),
    "absence_months": gettext_lazy("months of absence"),
    "ahli_utama_related": gettext_lazy("Ahli Utama, from a related position"),
    "rounding_mode": gettext_lazy("rounding"),
    "decimals_forms": gettext_lazy("decimals on forms"),
    "decimals_dashboards": gettext_lazy("decimals in overviews"),
    "entry_above_lowest": gettext_lazy("entry above the lowest rank"),
    "base_points_for_pelaksana": gettext_lazy("base points for executives (pelaksana)"),
    "year_rating_replaces_periodic": gettext_lazy("the year's rating replaces periodic ones"),
    "transfer_part_years": gettext_lazy("parts of years at a transfer"),
    "month_counting": gettext_lazy("counting of months"),
    "category_change": gettext_lazy("change of category"),
    "degree_at_category_change": gettext_lazy("degree points at a change of category"),
    "level_change_splits_year": gettext_lazy("a new level splits the year"),
    "golongan_change_splits_year": gettext_lazy("a new rank splits the year"),
    "period_across_regimes": gettext_lazy("period across two regimes"),
    "unpaid_leave_counts": gettext_lazy("unpaid leave counts"),
    "study_leave_counts": gettext_lazy("study assignment counts"),
    "degree_booked": gettext_lazy("day of the degree's points"),
    "both_met": gettext_lazy("rank and level both reached"),
    "surplus_at_level_promotion": gettext_lazy("surplus at a level promotion"),
    "surplus_while_waiting": gettext_lazy("surplus while waiting"),
    "ledger_after_level_promotion": gettext_lazy("balance after a level promotion"),
    "transfer_predicate_per_year": gettext_lazy("each year's own rating at a transfer"),
    "first_appointment_base_points": gettext_lazy("base points at a first appointment"),
    "history_blocks_decision": gettext_lazy("missing history blocks a decision"),
    "remote_needs_decision": gettext_lazy("remote duty needs a decision"),
    "integration_out_of_range": gettext_lazy("integrated balance out of range"),
    "rank_left_open_by_level": gettext_lazy("rank left open by a level promotion"),
    "no_vacancy_needs_test": gettext_lazy("without a vacancy a test is needed"),
    "six_periods_from": gettext_lazy("six periods a year from"),
    "min_team_size": gettext_lazy("members of a team, at least"),
    "vice_chair": gettext_lazy("a vice chair is prescribed"),
}

# Values that are codes of the program.
VALUES: Words = {
    "half_up": gettext_lazy("half up"),
    "base_points": gettext_lazy("base points open the ledger"),
    "whole_calendar_months": gettext_lazy("whole calendar months"),
    "reset_with_base_points": gettext_lazy("count anew, with base points"),
    "refuse": gettext_lazy("refused"),
    "when_recorded_by_bkn": gettext_lazy("when BKN records it"),
    "level_first": gettext_lazy("the level first"),
    "lapses": gettext_lazy("lapses"),
    "keeps_counting": gettext_lazy("keeps counting"),
    "zero": gettext_lazy("zero"),
    "flag": gettext_lazy("flagged"),
    "not_computed": gettext_lazy("not computed here"),
    "no_new_points": gettext_lazy("asks no new points"),
    "rank_promotion": gettext_lazy("rank promotion"),
    "ppk": "PPK",
    "kepala_bkn": "Kepala BKN",
    "presiden": "Presiden",
    "months": gettext_lazy("months"),
}

# Remarks of the editions that come with the program; of others what their file says.
NOTES: Words = {
    (
        "chair, secretary and 3 members; 7 where a deputy chair and 4 members are prescribed"
    ): gettext_lazy(
        "A chair, a secretary and 3 members; 7 where a deputy chair and 4 members are prescribed."
    ),
    (
        "true where a deputy chair is prescribed (PerBIN 12/2022 Pasal 41, Permenhan 29/2015 "
        "Pasal 16)"
    ): gettext_lazy(
        "Yes where a deputy chair is prescribed (PerBIN 12/2022 Pasal 41, Permenhan 29/2015 "
        "Pasal 16)."
    ),
    "verify: one presentation says from a related JF, another finding says from JPT": gettext_lazy(
        "To be verified: one presentation says from a related functional position, "
        "another source from a senior executive post (JPT)."
    ),
    "start not confirmed (E-22)": gettext_lazy("The start is not confirmed (E-22)."),
    (
        "public code disagrees with itself; value of the formula, no decision depends on it"
    ): gettext_lazy(
        "Public sources disagree; the value of the formula stands here, and no decision "
        "depends on it."
    ),
    "recorded by BKN and predikat at least Baik: public calculators": gettext_lazy(
        "Recorded by BKN and a rating of at least Baik: from public calculators."
    ),
    "two public calculators": gettext_lazy("From two public calculators."),
    "by analogy with the threshold of the entered jenjang; cell not seen": gettext_lazy(
        "By analogy with the threshold of the level that is entered; the cell of the "
        "annex was not seen."
    ),
    "verify: regulation text not seen (E-10)": gettext_lazy(
        "To be verified: the text of the regulation was not seen (E-10)."
    ),
    "the regulation leaves room; recommended decision of the handbook": gettext_lazy(
        "The regulation leaves room; this is the recommended decision."
    ),
    "AK Dasar opens the ledger; the threshold is never lowered too": gettext_lazy(
        "AK dasar opens the ledger; the threshold is not lowered as well."
    ),
    "verify: Biro SDM": gettext_lazy("To be verified by Biro SDM."),
    "verify": gettext_lazy("To be verified."),
    "verify with SE Kepala BKN 9/2024": gettext_lazy("To be verified with SE Kepala BKN 9/2024."),
    "from the conventional ladder": gettext_lazy("From the conventional ladder."),
    "draft with a flag; only negative is refused": gettext_lazy(
        "A draft with a flag; only an amount below zero is refused."
    ),
}

CONFIDENCES: Words = {
    "reg": gettext_lazy("text seen"),
    "pub": gettext_lazy("public sources"),
    "prev": gettext_lazy("earlier finding"),
    "inf": gettext_lazy("inferred"),
}
CONFIDENCE_BADGES = {
    "reg": "badge-ok",
    "pub": "badge-info",
    "prev": "badge-info",
    "inf": "badge-warn",
}


def section(code: str) -> str:
    return str(SECTIONS.get(code, code))


def place(parts: tuple[str, ...]) -> str:
    """The name of a value inside its section."""
    return " · ".join(_part(part) for part in parts)


def _part(name: str) -> str:
    if name in set(Level):
        return level(name)
    return predicate(name) if name in Predicate.values else str(NAMES.get(name, name))


def value(given: Any) -> str:
    """A value as it is read: amounts with the reader's decimal sign, codes in words."""
    if isinstance(given, tuple):
        return ", ".join(value(one) for one in given) or "–"
    if isinstance(given, bool):
        return _("yes") if given else _("no")
    text = str(given)
    if text in set(Level) or text in Predicate.values:
        return _part(text)
    if _is_number(text):
        from django.utils.formats import get_format

        return text.replace(".", str(get_format("DECIMAL_SEPARATOR")))
    return str(VALUES.get(text, text))


def note(text: str) -> str:
    """A remark on a value, in the reader's language where it is one of ours."""
    return str(NOTES.get(text, text))


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
