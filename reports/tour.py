"""The first-day tour: five steps per kind of reader, shown on the start page until gone through.

How far somebody has come is kept with the account (`accounts.services.set_tour`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import Role, roles_of
from accounts.services import TOUR_STEPS

# title, text, route ("" = stay here), label of the link
Step = tuple[Any, Any, str, Any]

_OFFICER: Sequence[Step] = (
    (
        _("What waits"),
        _(
            "This page lists what waits for you, the most urgent first. Each number leads to the "
            "list that it counts."
        ),
        "",
        "",
    ),
    (
        _("Bring in a sheet"),
        _(
            "Import the recap that you have. You see first what each row would do; nothing is "
            "changed until you apply it, and you can undo it as one act."
        ),
        "employees:import_new",
        _("Import a sheet"),
    ),
    (
        _("Recalculate"),
        _(
            "A recalculation computes the points of everybody concerned by the regulations. Look "
            "at the preview, then apply it."
        ),
        "credits:run_start",
        _("Recalculate"),
    ),
    (
        _("Read one number"),
        _(
            "Open a person: each point is explained with its rule and article. There you correct "
            "a rating, a rank or an appointment, with a reason."
        ),
        "reports:people",
        _("Employees"),
    ),
    (
        _("Make the forms"),
        _(
            "Draft Konversi, Akumulasi and Penetapan for one person or for everybody; number "
            "them, and they await the superior's signature."
        ),
        "credits:documents",
        _("Documents"),
    ),
)

_SUPERIOR: Sequence[Step] = (
    (
        _("What waits"),
        _("This page tells how many forms wait for your signature and since when."),
        "",
        "",
    ),
    (
        _("Your people"),
        _("You see those whom you rate, with their points and what they are short of."),
        "reports:people",
        _("Employees"),
    ),
    (
        _("Read before you sign"),
        _("Open a form: it states the ratings, the points and how they were counted."),
        "credits:signing",
        _("To sign"),
    ),
    (
        _("Sign"),
        _(
            "Download the forms as a ZIP, sign the PDFs with your signing service, and hand them "
            "all in at once. Each file finds its form."
        ),
        "credits:signing",
        _("To sign"),
    ),
    (
        _("Or return"),
        _(
            "If you disagree with a form, open it and return it with the reason. Biro SDM sees "
            "the reason and answers."
        ),
        "credits:signing",
        _("To sign"),
    ),
)

_HOLDER: Sequence[Step] = (
    (
        _("Where you stand"),
        _("This page shows your points and what you are short of for the next rank and level."),
        "",
        "",
    ),
    (
        _("Why so many"),
        _("Your page explains each point: the rating, the rule, the article and the sum."),
        "reports:people",
        _("Your page"),
    ),
    (
        _("Your documents"),
        _("Konversi, Akumulasi and Penetapan of yours, with their state, to read and to keep."),
        "credits:documents",
        _("Documents"),
    ),
    (
        _("Words"),
        _("The little “?” beside a word explains it; all words stand in the help."),
        "reports:help",
        _("Help"),
    ),
    (
        _("Something is wrong?"),
        _(
            "Tell Biro SDM which fact is wrong and show the document. They correct it with a "
            "reason, and the points are counted anew."
        ),
        "",
        "",
    ),
)

_READER: Sequence[Step] = (
    (_("What waits"), _("This page lists what waits for you, the most urgent first."), "", ""),
    (
        _("People"),
        _("Search by name, NIP, unit or position; you see those whom your role reaches."),
        "reports:people",
        _("Employees"),
    ),
    (
        _("A number explained"),
        _("Open a person: each point is explained with its rule and article."),
        "reports:people",
        _("Employees"),
    ),
    (
        _("Notices"),
        _("The bell above tells when work that you began has ended."),
        "accounts:notices",
        _("Notices"),
    ),
    (
        _("Help"),
        _("“Help” above explains the page you are on; the little “?” explains a word."),
        "reports:help",
        _("Help"),
    ),
)


@dataclass(frozen=True)
class Tour:
    """The step before the reader."""

    number: int
    total: int
    title: Any
    text: Any
    url: str
    label: Any


def tour_of(user: User) -> Tour | None:
    """The step that comes next; None once all are gone through, or left."""
    if user.tour_step >= TOUR_STEPS:
        return None
    title, text, route, label = _steps(user)[user.tour_step]
    url = reverse(route) if route else ""
    return Tour(user.tour_step + 1, TOUR_STEPS, title, text, url, label)


def _steps(user: User) -> Sequence[Step]:
    roles = roles_of(user)
    if Role.HR in roles:
        return _OFFICER
    if Role.SUPERIOR in roles:
        return _SUPERIOR
    return _HOLDER if Role.HOLDER in roles and len(roles) == 1 else _READER
