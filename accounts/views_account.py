"""The own account: password, second factor, devices; and what an administrator does to others'."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import second_factor, sign_ins
from accounts.forms import CodeForm, OwnPasswordForm, ReasonForm
from accounts.models import SignIn, User
from accounts.pages import signed_in
from accounts.policy import guard, visible
from accounts.second_factor import Answer
from accounts.views_sign_in import refuse, show_codes


def _here(request: HttpRequest) -> SignIn:
    return cast(SignIn, request.sign_in)  # type: ignore[attr-defined]


@guard("own_account", "view")
@never_cache
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    has = second_factor.has(user)
    context = {
        "has_factor": has,
        "must_have_factor": second_factor.required_of(user),
        "recovery_left": second_factor.recovery_left(user) if has else 0,
        "here": _here(request),
        "devices": sign_ins.open_of(user),
    }
    return render(request, "accounts/own.html", context)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """A new password; every other session of the account ends (AZ155)."""
    user = signed_in(request)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        sign_ins.end(user, but=_here(request))
        messages.success(request, _("Your password is changed. Other devices were signed out."))
        return redirect("accounts:own")
    return render(request, "accounts/password.html", {"form": form})


@guard("own_account", "change")
@require_POST
def end_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one of the own devices out."""
    user = signed_in(request)
    get_object_or_404(sign_ins.open_of(user), pk=pk)
    sign_ins.end(user, pk=pk)
    messages.success(request, _("The device is signed out."))
    return redirect("accounts:own")


@guard("own_account", "change")
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign all of the own devices out but this one."""
    ended = sign_ins.end(signed_in(request), but=_here(request))
    messages.success(
        request,
        ngettext(
            "%(number)d other device is signed out.",
            "%(number)d other devices are signed out.",
            ended,
        )
        % {"number": ended},
    )
    return redirect("accounts:own")


@guard("own_account", "change")
@never_cache
@require_http_methods(["GET", "POST"])
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old, for who shows a code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer, codes = second_factor.renew_codes(signed_in(request), form.cleaned_data["code"])
        if answer is Answer.RIGHT:
            return show_codes(request, codes, "")
        refuse(form, answer)
    context = {"form": form, "title": _("New recovery codes"), "act": _("Make new codes")}
    return render(request, "accounts/code.html", context)


@guard("own_account", "change")
@never_cache
@require_http_methods(["GET", "POST"])
def give_up(request: HttpRequest) -> HttpResponse:
    """Go on without a second factor, where the role allows it."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = second_factor.give_up(signed_in(request), form.cleaned_data["code"])
        if answer is Answer.RIGHT:
            messages.success(request, _("The second factor is removed."))
            return redirect("accounts:own")
        refuse(form, answer)
    context = {"form": form, "title": _("Remove the second factor"), "act": _("Remove")}
    return render(request, "accounts/code.html", context)


@guard("account", "change")
@require_http_methods(["GET", "POST"])
def factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away somebody's lost second factor, with a reason. Not the own one."""
    actor = signed_in(request)
    accounts = visible(User.objects.exclude(pk=actor.pk), actor, "account")
    if not actor.is_superuser:
        accounts = accounts.filter(is_superuser=False)
    account = get_object_or_404(accounts, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_factor.reset(account, form.cleaned_data["reason"], actor)
        messages.success(request, _("The second factor is reset. Other devices were signed out."))
        return redirect("admin:accounts_user_change", pk)
    return render(request, "accounts/factor_reset.html", {"form": form, "account": account})
