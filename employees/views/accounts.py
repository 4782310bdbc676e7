"""Accounts from the register: who has none, creating them, handing out invitations."""

from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import invitations, tasks
from accounts.access import listed as log_list
from accounts.admin import ROLE_LABELS
from accounts.mail import address
from accounts.models import User
from accounts.pages import attachment, paged, signed_in
from accounts.policy import Role, guard
from employees.services import accounts
from positions.selectors import unit_names

SIZE = 50


class ChoiceForm(forms.Form):
    """Which people: of a unit with those below, of a role by the register."""

    unit = forms.TypedChoiceField(
        label=gettext_lazy("Unit (with those below)"), coerce=int, empty_value=None, required=False
    )
    role = forms.TypedChoiceField(
        label=gettext_lazy("Role by the register"), coerce=Role, empty_value=None, required=False
    )

    def __init__(self, data: Any, units: dict[int, str]) -> None:
        super().__init__(data)
        everything = [("", _("all"))]
        by_name = sorted(units.items(), key=lambda item: item[1])
        self.fields["unit"].choices = everything + [(str(pk), name) for pk, name in by_name]  # type: ignore[attr-defined]
        roles = [(role.value, str(ROLE_LABELS[role])) for role in accounts.register_roles()]
        self.fields["role"].choices = everything + roles  # type: ignore[attr-defined]

    def chosen(self) -> tuple[int | None, Role | None] | None:
        """The unit and the role; None where the form does not make sense."""
        return (self.cleaned_data["unit"], self.cleaned_data["role"]) if self.is_valid() else None


@guard("register_account", "view")
@never_cache
@require_GET
def register_accounts(request: HttpRequest) -> HttpResponse:
    """Who of the choice has no account, and who has not used the invitation yet."""
    today = timezone.localdate()
    units = unit_names(today)
    form = ChoiceForm(request.GET, units)
    choice = form.chosen() or (None, None)
    waiting = accounts.not_entered(*choice, today)
    listed = paged(
        request, accounts.on_record(accounts.without_account(*choice, today), today), SIZE
    )
    people = list(listed["page"])
    log_list(request, "account", people)
    roles = accounts.roles_of_people([person.pk for person in people], today)
    context = {
        "form": form,
        "list": listed,
        "rows": [
            {
                "person": person,
                "unit": units.get(person.unit_now, ""),
                "roles": [ROLE_LABELS[role] for role in roles.get(person.pk, [])],
            }
            for person in people
        ],
        "waiting": waiting.count(),
        "with_address": waiting.exclude(user__email="").count(),
    }
    return render(request, "employees/accounts.html", context)


def _posted(request: HttpRequest) -> tuple[int | None, Role | None] | None:
    return ChoiceForm(request.POST, unit_names(timezone.localdate())).chosen()


def _back(request: HttpRequest) -> HttpResponse:
    query = request.POST.copy()
    kept = {key: query[key] for key in ("unit", "role") if query.get(key)}
    return redirect(reverse("employees:accounts", query=kept or None))


@guard("register_account", "add")
@require_POST
def accounts_create(request: HttpRequest) -> HttpResponse:
    """Create the accounts of the choice, in one act."""
    choice = _posted(request)
    if choice is None:
        return _back(request)
    made = accounts.create(*choice, timezone.localdate(), signed_in(request))
    messages.success(
        request,
        ngettext(
            "%(number)d account is created. Now hand out the invitations.",
            "%(number)d accounts are created. Now hand out the invitations.",
            made,
        )
        % {"number": made},
    )
    return _back(request)


@guard("register_account", "add")
@require_POST
def accounts_synchronise(request: HttpRequest) -> HttpResponse:
    """What happens each night, now."""
    done = accounts.synchronise(timezone.localdate())
    messages.success(
        request,
        _("Roles given: %(given)d, taken: %(taken)d. Accounts closed: %(closed)d.") % done,
    )
    return _back(request)


@guard("register_account", "add")
@require_POST
def accounts_mail(request: HttpRequest) -> HttpResponse:
    """Write to everybody of the choice who has an address and has not entered yet."""
    choice = _posted(request)
    if choice is None:
        return _back(request)
    waiting = accounts.not_entered(*choice, timezone.localdate()).exclude(user__email="")
    ids = [pk for pk in waiting.values_list("user_id", flat=True) if pk is not None]
    tasks.send_invitations.delay(ids, signed_in(request).pk)
    messages.success(
        request,
        ngettext(
            "%(number)d invitation goes out by e-mail.",
            "%(number)d invitations go out by e-mail.",
            len(ids),
        )
        % {"number": len(ids)},
    )
    return _back(request)


@guard("register_account", "add")
@never_cache
@require_POST
def accounts_sheet(request: HttpRequest) -> HttpResponse | FileResponse:
    """New links for everybody of the choice who has not entered yet, as a sheet to hand out.

    The links stand in this sheet alone: making another one voids them.
    """
    choice = _posted(request)
    if choice is None:
        return _back(request)
    today = timezone.localdate()
    people = list(accounts.on_record(accounts.not_entered(*choice, today), today))
    tokens = invitations.invite([person.account for person in people], signed_in(request))
    return attachment(
        lambda path: _write_sheet(path, people, tokens, today), f"undangan-{today:%Y-%m-%d}.xlsx"
    )


def _write_sheet(path: Path, people: list[Any], tokens: dict[int, str], today: date) -> None:
    units = unit_names(today)
    roles = accounts.roles_of_people([person.pk for person in people], today)
    names = dict(User.objects.filter(pk__in=tokens).values_list("pk", "username"))
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet(_("Invitations"))
    bold = book.add_format({"bold": True})
    headings = ((_("Name"), 34), (_("Unit"), 46), (_("Roles"), 40), (_("User name"), 14))
    for column, (heading, width) in enumerate((*headings, (_("Link, for seven days"), 90))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 1)
    invited = [person for person in people if person.account in tokens]
    for row, person in enumerate(invited, 1):
        cells = (
            person.full_name,
            units.get(person.unit_now, ""),
            "; ".join(str(ROLE_LABELS[role]) for role in roles.get(person.pk, [])),
            names[person.account],
            address("accounts:invitation", tokens[person.account]),
        )
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text)
    book.close()
