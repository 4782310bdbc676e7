"""The letters of the system. Their subjects name nobody."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Notice, User
from accounts.notices import text_of


def address(route: str, *arguments: str) -> str:
    """A page's address from outside."""
    return settings.PUBLIC_URL.rstrip("/") + reverse(route, args=arguments)


def send_invitation(user: User, token: str) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        text = render_to_string(
            "accounts/mail_invitation.txt",
            {"user": user, "link": address("accounts:invitation", token)},
        )
        send_mail(_("Your invitation to SIJAFUNG"), text, None, [user.email])


def send_reset(user: User) -> None:
    """The link to set a new password; it dies with the password it replaces, or in an hour."""
    number = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    with translation.override(user.language or settings.LANGUAGE_CODE):
        text = render_to_string(
            "accounts/mail_reset.txt",
            {"user": user, "link": address("accounts:reset_confirm", number, token)},
        )
        send_mail(_("A new password for SIJAFUNG"), text, None, [user.email])


DIGEST_LINES = 20  # notices said in one letter; the rest is counted


def send_digest(user: User, notices: list[Notice]) -> None:
    """What the product told a user, in one letter. Neither subject nor text names a person."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        number = len(notices)
        text = render_to_string(
            "accounts/mail_digest.txt",
            {
                "user": user,
                "lines": [text_of(notice) for notice in notices[:DIGEST_LINES]],
                "more": max(number - DIGEST_LINES, 0),
                "link": address("accounts:notices"),
            },
        )
        subject = ngettext(
            "SIJAFUNG: %(n)s notice for you", "SIJAFUNG: %(n)s notices for you", number
        )
        send_mail(subject % {"n": number}, text, None, [user.email])
