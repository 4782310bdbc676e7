"""Texts of Django's own pages, marked here so that our Indonesian stands in place of Django's.

A catalogue of the project wins over one of an application (Django, "How Django discovers
translations"). The words must be Django's, letter by letter; a test compares them.
"""

from django.utils.translation import gettext_noop as _

TEXTS = (
    _("Your password can’t be too similar to your other personal information."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be entirely numeric."),
    _("The password is too similar to the %(verbose_name)s."),
    _("This password is too common."),
    _("This password is entirely numeric."),
    _("Old password"),
    _("New password confirmation"),
    _("Password confirmation"),
    _("Enter the same password as before, for verification."),
    _("Reset password"),
    _("Password-based authentication"),
    _(
        "Whether the user will be able to authenticate using a password or not. "
        "If disabled, they may still be able to authenticate using other backends, "
        "such as Single Sign-On or LDAP."
    ),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
    _("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _("Enter a new password for the user <strong>%(username)s</strong>."),
)
