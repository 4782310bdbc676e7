"""A password that says nothing about the person whose it is."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from employees.models import Employee

SHORTEST_NAME = 4  # letters: "Adi" occurs in too many words
NIP_PART = 8  # digits of it in a row
_DATES = ("%d%m%Y", "%Y%m%d", "%d%m%y", "%y%m%d")


class PersonValidator:
    """Refuses the NIP or a part of it, the birth date, and a name with little around it."""

    def validate(self, password: str, user: Any = None) -> None:
        person = Employee.objects.filter(user=user).first() if user and user.pk else None
        if person is None:
            return
        if _has_number(password, person.nip, person.birth_date) or _is_name(password, person.name):
            raise ValidationError(
                _("The password may not contain your NIP, your birth date, or be your name."),
                code="password_personal",
            )

    def get_help_text(self) -> str:
        return _("Not your NIP, your name or your birth date.")


def _has_number(password: str, nip: str, born: date | None) -> bool:
    digits = re.sub(r"[^0-9]", "", password)
    parts = {nip[at : at + NIP_PART] for at in range(len(nip) - NIP_PART + 1)}
    if born is not None:
        parts |= {born.strftime(form) for form in _DATES}
    return any(part in digits for part in parts)


def _is_name(password: str, name: str) -> bool:
    """Whether nothing is left of the letters but names."""
    letters = "".join(c for c in password.casefold() if c.isalpha())
    words = [word for word in name.casefold().split() if len(word) >= SHORTEST_NAME]
    for word in sorted(words, key=len, reverse=True):
        if word in letters:
            letters = letters.replace(word, "")
            if len(letters) < SHORTEST_NAME:
                return True
    return False
