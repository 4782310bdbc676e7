"""The direct superior's page: the ratings of his people for a period."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import listed as log_list
from accounts.pages import paged, signed_in
from accounts.policy import guard, visible
from credits.models import Predicate, Rating
from credits.rating_periods import RatingPeriod, offered, read, suggested
from credits.services.periods import PeriodError, closed_over
from credits.services.ratings import RatingRow, Refusal, in_force
from credits.services.superiors import Rated, rate
from employees.importing.sentences import sentence
from employees.models import Appointment, Employee
from employees.services.facts import FactError
from positions.selectors import level_names

PAGE = 50
_NOTHING = ("", "---------")


class RatedForm(forms.Form):
    """One row: another rating, or the acceptance of what waits."""

    predicate = forms.ChoiceField(choices=[_NOTHING, *Predicate.choices], required=False)
    evidence_number = forms.CharField(max_length=120, required=False)
    accept = forms.IntegerField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("accept") and data.get("predicate"):
            self.add_error(None, _("Accept what waits, or enter another rating: not both."))
        if data.get("evidence_number") and not (data.get("predicate") or data.get("accept")):
            self.add_error(None, _("Choose the rating too."))
        return data


@dataclass
class Row:
    """One person with what is known in the period, and the inputs."""

    person: Employee
    form: RatedForm
    held: str = ""
    counting: list[Rating] = field(default_factory=list)
    waiting: list[Rating] = field(default_factory=list)
    returned: list[Rating] = field(default_factory=list)
    acceptable: Rating | None = None
    error: str = ""


@guard("rated", "view")
@require_http_methods(["GET", "POST"])
def rated_page(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    period = read(request.GET.get("period", ""), today) or suggested(today)
    closed = closed_over(period.start, period.end) is not None
    done, status, forms_ = None, 200, {}
    if request.method == "POST":
        forms_ = _forms(request)
        try:
            done = _save(request, period, forms_)
        except PeriodError:
            closed, status = True, 409
        except FactError:
            raise PermissionDenied from None  # what one entered oneself, or the own rating
        else:
            if done is not None and not done.refused:
                return redirect(f"{reverse('credits:rated')}?{request.GET.urlencode()}")
    people = visible(Employee.objects.all(), request.user, "rated", on=period.end)
    listed = paged(request, people.order_by("name", "id"), PAGE)
    log_list(request, "rating", listed["page"])
    context = {
        "list": listed,
        "rows": _rows(request, period, list(listed["page"]), forms_, done),
        "period": period,
        "periods": offered(today),
        "closed": closed,
        "predicates": [_NOTHING, *Predicate.choices],
    }
    return render(request, "credits/rated.html", context, status=status)


def _forms(request: HttpRequest) -> dict[int, RatedForm]:
    """The rows sent, by person: `person` names them, each input ends with its person."""
    found = {}
    for text in request.POST.getlist("person")[: 2 * PAGE]:
        if text.isascii() and text.isdigit():
            found[int(text)] = RatedForm(request.POST, prefix=text)
    return found


def _save(request: HttpRequest, period: RatingPeriod, sent: dict[int, RatedForm]) -> Rated | None:
    """None where a row is not understood: then nothing is written."""
    wrong = [pk for pk, form in sent.items() if not form.is_valid()]  # each says what is wrong
    if wrong:
        return None
    rows = [
        RatingRow(pk, period.start, period.end, data["predicate"], data["evidence_number"])
        for pk, data in ((pk, form.cleaned_data) for pk, form in sent.items())
        if data["predicate"]
    ]
    accepted = [a for form in sent.values() if (a := form.cleaned_data["accept"])]
    reason = _("Entered by the direct superior")
    done = rate(rows, accepted, period.start, period.end, reason, signed_in(request))
    _tell(request, done)
    return done


def _tell(request: HttpRequest, done: Rated) -> None:
    if done.entered:
        text = ngettext(
            "%(n)s rating is entered. It counts once Biro SDM approves it.",
            "%(n)s ratings are entered. They count once Biro SDM approves them.",
            done.entered,
        )
        messages.success(request, text % {"n": done.entered})
    if done.accepted:
        text = ngettext(
            "%(n)s rating is accepted. It counts from the next calculation on.",
            "%(n)s ratings are accepted. They count from the next calculation on.",
            done.accepted,
        )
        messages.success(request, text % {"n": done.accepted})
    if done.refused:
        text = ngettext(
            "%(n)s row was not saved; the reason stands beside it.",
            "%(n)s rows were not saved; the reasons stand beside them.",
            len(done.refused),
        )
        messages.error(request, text % {"n": len(done.refused)})
    if not (done.entered or done.accepted or done.refused):
        messages.info(request, _("Nothing was changed: all of it stands there already."))


def _rows(
    request: HttpRequest,
    period: RatingPeriod,
    people: list[Employee],
    sent: dict[int, RatedForm],
    done: Rated | None,
) -> list[Row]:
    user = signed_in(request)
    rows = {}
    for person in people:
        form = sent.get(person.pk)
        refused = done.refused.get(person.pk) if done else None
        if form is None or (done is not None and refused is None):
            form = RatedForm(prefix=str(person.pk))
        rows[person.pk] = Row(person, form, error=_error(form, refused))
    posts = Appointment.objects.on(period.end).filter(employee__in=people)
    levels = level_names()
    for post in posts.select_related("position"):
        level = levels.get((post.position_id, post.level), "")
        rows[post.employee_id].held = f"{post.position.name} {level}"
    known = Rating.objects.filter(in_force(), employee__in=people)
    known = known.filter(start__lte=period.end, end__gte=period.start)
    for rating in known.select_related("entered_by").order_by("start"):
        row = rows[rating.employee_id]
        kinds = {"approved": row.counting, "entered": row.waiting, "returned": row.returned}
        kinds[rating.state].append(rating)
        inside = period.start <= rating.start and rating.end <= period.end
        others = rating.entered_by_id != user.pk
        if rating.state == Rating.State.ENTERED and inside and others:
            row.acceptable = rating
    return list(rows.values())


def _error(form: RatedForm, refused: Refusal | None) -> str:
    if refused is not None:
        return sentence(refused.code, refused.params)
    if not form.is_bound:
        return ""
    return " ".join(str(e) for errors in form.errors.values() for e in errors)
