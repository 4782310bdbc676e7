"""What a password may not be, beyond Django's own rules."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What people of this house reach for first; with digits and signs around it is no better.
_WORDS = {
    "kemnaker", "kemenaker", "kemnakerri", "kementerianketenagakerjaan", "ketenagakerjaan",
    "naker", "sijafung", "jafung", "jabatanfungsional", "angkakredit", "birosdm", "indonesia",
    "indonesiaraya", "merdeka", "jakarta", "pancasila", "bismillah", "rahasia", "katasandi",
    "sandi", "password", "passwordku", "administrator", "admin", "selamatpagi", "pegawai",
}  # fmt: skip


class OfficeWordsValidator:
    """Refuses one word of the house with digits and signs around it ("Kemnaker2024!!")."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = "".join(c for c in password.casefold() if c.isalpha())
        if letters in _WORDS:
            raise ValidationError(
                _("This is a word that others would guess. Use several words."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("Not one common word with digits behind it; several words are better.")
