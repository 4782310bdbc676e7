"""Form fields that read what officers type: a NIP, a person, a day, an amount, a scan."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from employees import messages
from employees.models import Employee
from employees.nip import display, normalise
from employees.scans import file_ending
from employees.sheets.amounts import read_text

SHOWN = 5  # people of the same name that an error lists
MIB = 1024 * 1024
SCAN_LIMIT_MIB = 10


class DayField(forms.DateField):
    """A day as officers write it: the day first, 05-04-2021 or 5/4/2021.

    Not the browser's own calendar: in an English one that reads month first.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d"])
        attrs = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "placeholder": gettext_lazy("dd-mm-yyyy"),
            "class": "day",
        }
        kwargs.setdefault("widget", forms.DateInput(format="%d-%m-%Y", attrs=attrs))
        super().__init__(**kwargs)


class NipField(forms.CharField):
    """A NIP as typed or pasted (groups, blanks, apostrophe); cleaned to its 18 digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 40} | kwargs))
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "class": "nip"}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return _nip(text) if text else ""


def _nip(text: str) -> str:
    number, notes = normalise(text)
    if number is None:
        raise ValidationError(messages.sentence(notes[0].code, notes[0].params))
    return number


class PersonField(forms.CharField):
    """One person, by NIP or by name. Cleaned to the Employee, or None where nothing is typed.

    `people`: those who may be meant; a form sets it to the reader's own scope.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 200} | kwargs))
        self.people: QuerySet[Employee] | None = None
        self.widget.attrs |= {"autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = Employee.everyone.filter(pk=value).first()
        return display(value.nip) if isinstance(value, Employee) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if any(char.isdigit() for char in text):
            person = self._people().filter(nip=_nip(text)).first()
            if person is None:
                raise ValidationError(_("Nobody with this NIP is on record."))
            return person
        return self._by_name(text)

    def _people(self) -> "QuerySet[Employee]":
        return Employee.objects.all() if self.people is None else self.people

    def _by_name(self, text: str) -> Employee:
        found = list(self._people().filter(name__icontains=text)[: SHOWN + 1])
        exact = [p for p in found if p.name.casefold() == text.casefold()]
        if len(found) == 1 or len(exact) == 1:
            return (exact or found)[0]
        if not found:
            raise ValidationError(_("Nobody of this name is on record. Check it, or use the NIP."))
        people = "; ".join(f"{p.full_name} ({display(p.nip)})" for p in found[:SHOWN])
        more = " …" if len(found) > SHOWN else ""
        raise ValidationError(
            _("Several people may be meant: %(people)s. Write the NIP.") % {"people": people + more}
        )


class AmountField(forms.CharField):
    """Credit points: "37,5" and "37.5" alike; "1.904" is asked, not guessed. Exact Decimal."""

    DECIMALS = 4

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 40} | kwargs))
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "class": "num"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        amount, notes = read_text(text, self.DECIMALS)
        if amount is None:
            raise ValidationError(_amount_sentence(notes[0].code, dict(notes[0].params)))
        return Decimal(amount)


def _amount_sentence(code: str, params: dict[str, Any]) -> str:
    if code == "amount_ambiguous":
        return _("Is “%(value)s” meant as %(small)s or as %(large)s? Write it in that way.") % {
            "value": params["value"],
            "small": params["small"].replace(".", ",") + "0",
            "large": params["large"],
        }
    return messages.sentence(code, params)


class ScanField(forms.FileField):
    """A scan as PDF, JPEG or PNG, judged by its first bytes; stored under a name of our own."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return None
        if (file.size or 0) > SCAN_LIMIT_MIB * MIB:
            raise ValidationError(
                _("The scan is larger than %(limit)s MiB. Scan it at a lower resolution.")
                % {"limit": SCAN_LIMIT_MIB}
            )
        head = file.read(16)
        file.seek(0)
        ending = file_ending(head)
        if ending is None:
            raise ValidationError(_("This is no PDF, JPEG or PNG file. Scan it as one of these."))
        file.name = f"{uuid.uuid4().hex}.{ending}"
        return file
