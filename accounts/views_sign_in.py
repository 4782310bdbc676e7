"""Before somebody is in: the second factor, the first password, the forgotten password."""

from typing import Any, cast

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, second_factor, sign_ins, tasks
from accounts.forms import CodeForm, EnrolForm, ForgottenForm, NewPasswordForm
from accounts.models import SignIn, User
from accounts.policy import public
from accounts.second_factor import Answer
from accounts.throttle import too_many

INVITED = "invitation"  # in the session, so that the token stands in one address only
LETTERS, LETTERS_S = 5, 900  # of one address


def next_page(request: HttpRequest) -> str:
    """Where the reader wanted to go, on this site only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else resolve_url(settings.LOGIN_REDIRECT_URL)


def onward(request: HttpRequest, route: str) -> HttpResponse:
    """To another page of signing in, which keeps where the reader wanted to go."""
    return redirect(f"{reverse(route)}?{urlencode({'next': next_page(request)})}")


def step(request: HttpRequest) -> HttpResponse:
    """What is left to do for who gave the password: show the second factor, or set one up."""
    waiting: User = request.pending_user  # type: ignore[attr-defined]
    enrolled = second_factor.has(waiting)
    return onward(request, "accounts:second_factor" if enrolled else "accounts:enrol")


@public
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Ask for the code; only who gave the password comes here."""
    user = cast("User | None", request.pending_user)  # type: ignore[attr-defined]
    if user is None:
        return redirect(next_page(request) if request.user.is_authenticated else "admin:login")
    if not second_factor.has(user):
        return onward(request, "accounts:enrol")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = second_factor.verify(user, form.cleaned_data["code"])
        if answer is Answer.RIGHT:
            sign_ins.confirm(request, cast(SignIn, request.sign_in))  # type: ignore[attr-defined]
            return redirect(next_page(request))
        refuse(form, answer)
    context = {"form": form, "next": next_page(request)}
    return render(request, "accounts/second_factor.html", context)


@public
@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Give up halfway: the admin's own sign-out is for who is in."""
    sign_ins.leave(request)
    return redirect("admin:login")


def refuse(form: CodeForm, answer: Answer) -> None:
    """Say why the code was not taken."""
    if answer is Answer.WAIT:
        form.add_error("code", _("Too many wrong codes. Wait a moment, then try the next one."))
    elif answer is Answer.UNREADABLE:
        form.add_error(
            "code",
            _(
                "The site cannot read your second factor at present. Use a recovery code, or ask"
                " the administrator to reset the second factor."
            ),
        )
    else:
        form.add_error("code", _("This code is wrong, or it was used already."))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up an app: its secret as a picture and as text, confirmed by the first code."""
    waiting = cast("User | None", request.pending_user)  # type: ignore[attr-defined]
    user = waiting or (cast(User, request.user) if request.user.is_authenticated else None)
    if user is None:
        return redirect("admin:login")
    if second_factor.has(user):
        return onward(request, "accounts:second_factor") if waiting else redirect("accounts:own")
    device = second_factor.begun(user)
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        here = cast(SignIn, request.sign_in)  # type: ignore[attr-defined]
        answer, codes = second_factor.confirm(user, form.cleaned_data["code"], here)
        if answer is Answer.RIGHT:
            sign_ins.confirm(request, here)
            request.user = user
            return show_codes(request, codes, next_page(request))
        refuse(form, answer)
    picture = segno.make(device.config_url, error="m")
    context = {
        "form": form,
        "next": next_page(request),
        "picture": picture.svg_data_uri(scale=5, border=3, light="#fff", dark="#000"),
        "secret": _grouped(device.config_url),
        "must": second_factor.required_of(user),
    }
    return render(request, "accounts/enrol.html", context)


def _grouped(url: str) -> str:
    """The secret in groups of four, for who types it."""
    secret = url.partition("secret=")[2].partition("&")[0].rstrip("=").removesuffix("%3D")
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def show_codes(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    """The recovery codes, this once."""
    context = {"codes": codes, "text": "\r\n".join(codes), "next": onward}
    return render(request, "accounts/recovery_codes.html", context)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Axes' answer to too many failures; the same for a name that nobody has."""
    everywhere = getattr(request, "locked_everywhere", False)
    wait = settings.ACCOUNT_COOLOFF_TIME if everywhere else settings.AXES_COOLOFF_TIME
    context = {"minutes": int(wait.total_seconds() // 60), "everywhere": everywhere}
    return render(request, "accounts/locked.html", context, status=429)


# ------------------------------------------------------------------ the first password


@public
@never_cache
@require_http_methods(["GET"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link as it was handed out: its token moves into the session, out of the address."""
    request.session[INVITED] = token
    return redirect("accounts:invited")


@public
@never_cache
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest) -> HttpResponse:
    """Choose the first password; then sign in with it."""
    found = invitations.find(request.session.get(INVITED, ""))
    if found is None:
        return render(request, "accounts/invitation_void.html", status=404)
    form = NewPasswordForm(found.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        del request.session[INVITED]
        if invitations.accept(found, form.cleaned_data["new_password1"]):
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("admin:login")
        return render(request, "accounts/invitation_void.html", status=404)
    return render(request, "accounts/invited.html", {"form": form, "account": found.user})


# ------------------------------------------------------------------ the forgotten password


@public
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter. The answer is the same whoever asks."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if too_many(request, "letters", LETTERS, LETTERS_S):
            return render(request, "accounts/locked.html", {"minutes": LETTERS_S // 60}, status=429)
        tasks.send_reset.delay(form.ids())
        return redirect("accounts:forgotten_sent")
    return render(request, "accounts/forgotten.html", {"form": form})


@public
@require_http_methods(["GET"])
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/forgotten_sent.html")


class _Confirm(PasswordResetConfirmView):
    """Django's own page, whose token moves into the session; every session of the account ends."""

    form_class = NewPasswordForm
    template_name = "accounts/reset_confirm.html"
    success_url = reverse_lazy("admin:login")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        sign_ins.end(form.user)
        messages.success(self.request, _("Your password is set. Sign in with it now."))
        return response


_confirm = _Confirm.as_view()


@public
@never_cache
def reset_confirm(request: HttpRequest, uidb64: str, token: str) -> HttpResponseBase:
    return _confirm(request, uidb64=uidb64, token=token)
