"""The forms of signing in and of the own account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
    SetPasswordForm,
)
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Any name of the account; one sentence whatever was wrong."""

    error_messages = {
        "invalid_login": _("This name and this password do not fit together."),
        "inactive": _("This name and this password do not fit together."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["username"]
        name.label = _("User name, NIP or e-mail")
        name.max_length = 254  # type: ignore[attr-defined]
        name.widget.attrs |= {"maxlength": 254, "autocomplete": "username"}


class CodeForm(forms.Form):
    """Six digits of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}
        ),
    )


class EnrolForm(CodeForm):
    """Six digits of the app that was just set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The six digits that the app shows now")
        # No autofocus: on a telephone it would scroll the picture away.
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": False}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Kept with the change, for the auditor.")
    )


class OwnPasswordForm(PasswordChangeForm):
    """The old one, and the new one twice."""


class NewPasswordForm(SetPasswordForm):
    """A first or a forgotten password."""


class ForgottenForm(PasswordResetForm):
    """Whose letter is to be sent; the same answer whether there is such an account or not."""

    def ids(self) -> list[int]:
        """The accounts that get a letter: active, with a password of their own, once only."""
        users = list(self.get_users(self.cleaned_data["email"]))
        return [user.pk for user in users] if len(users) == 1 else []
