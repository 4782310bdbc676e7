"""Choosing evidence: files that lie in a person's vault, and new ones from disk or camera.

The form around it needs `enctype="multipart/form-data"` and `request.FILES`. The field cleans to
`Chosen`; `chosen.store(actor)` takes the new files in and gives all, for an item or a claim:

    class ItemForm(forms.Form):
        def __init__(self, *args, claimant, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["files"] = EvidenceChoiceField(claimant)

    item.files.set(form.cleaned_data["files"].store(request.user))
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.pages import as_uuid
from credits import claim_words
from credits.models import EvidenceFile
from credits.services import evidence
from credits.services.claims.errors import ClaimError
from employees.models import Employee

ACCEPT = "application/pdf,image/jpeg,image/png"
AT_ONCE = 20  # files of one upload


class _OwnTemplate:
    """A widget whose template stands among the project's own."""

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        return render_to_string(template_name, context)


class ManyFiles(_OwnTemplate, forms.ClearableFileInput):
    """Several files at once; a phone offers its files and, by the second input, its camera."""

    template_name = "credits/claims/many_files.html"
    allow_multiple_selected = True

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        context["accept"] = ACCEPT
        context["limit"] = evidence.limit_mib()
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        if isinstance(files, MultiValueDict):
            return [f for key in (name, f"{name}_camera") for f in files.getlist(key)]
        one = files.get(name)
        return [one] if one else []

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}_camera" not in files


def checked(uploads: Sequence[UploadedFile]) -> list[evidence.Checked]:
    """Judge all uploads; ValidationError names each that is refused, with its remedy."""
    if len(uploads) > AT_ONCE:
        raise ValidationError(
            _("These are more than %(limit)s files. Upload them in several goes."),
            params={"limit": AT_ONCE},
        )
    good, problems = [], []
    for file in uploads:
        try:
            good.append(evidence.check(file))
        except ClaimError as refused:
            problems.append(claim_words.problem(refused))
    if problems:
        raise ValidationError(problems)
    return good


class UploadsField(forms.Field):
    """Files for the vault. Cleaned to a list of `evidence.Checked`."""

    widget = ManyFiles

    def clean(self, value: Any) -> list[evidence.Checked]:
        if not value:
            if self.required:
                raise ValidationError(_("Choose at least one file."))
            return []
        return checked(value)


@dataclass(frozen=True)
class Chosen:
    """Files of the vault that were ticked, and new ones that were judged but not yet taken in."""

    employee: Employee
    files: tuple[EvidenceFile, ...] = ()
    uploads: tuple[evidence.Checked, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.uploads)

    def store(self, actor: User | None) -> list[EvidenceFile]:
        """Take the new files in; all, each once. Raises ClaimError where a scanner refuses."""
        new = [evidence.upload(self.employee, one, actor) for one in self.uploads]
        return list({row.pk: row for row in (*self.files, *new)}.values())


class EvidenceChoiceWidget(_OwnTemplate, forms.Widget):
    """Ticks for what the vault holds, and the inputs of `ManyFiles` for what is new."""

    template_name = "credits/claims/evidence_choice.html"
    rows: Sequence[EvidenceFile] = ()
    needs_multipart_form = True

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.new = ManyFiles()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        ticked = set(_ids(value))
        context["rows"] = [(row, row.public_id in ticked) for row in self.rows]
        ids = {"id": self.id_for_label(context["widget"]["attrs"].get("id", f"id_{name}"))}
        new = self.new.get_context(f"{name}_new", None, ids)
        return context | {"new": new["widget"], "accept": new["accept"], "limit": new["limit"]}

    def id_for_label(self, id_: str | None) -> str:
        return f"{id_}_new"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        ticked = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
        return ticked, self.new.value_from_datadict(data, files, f"{name}_new")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # nothing ticked sends nothing


def _ids(value: Any) -> Iterable[UUID]:
    """The ids that an initial value (rows, ids) or a posted one (texts, uploads) ticks."""
    ticked = value[0] if isinstance(value, tuple) else value or ()
    for one in ticked:
        found = getattr(one, "public_id", None) or as_uuid(str(one))
        if found:
            yield found


class EvidenceChoiceField(forms.Field):
    """Files of one person: of the vault, and new ones. Cleaned to `Chosen`.

    `initial`: rows of EvidenceFile that are ticked. Another person's files do not exist here.
    One statement.
    """

    widget = EvidenceChoiceWidget

    def __init__(self, employee: Employee, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"label": _("Evidence"), "required": False}
        super().__init__(**(defaults | kwargs))
        self.employee = employee
        rows = EvidenceFile.objects.filter(employee=employee, removed_at__isnull=True)
        self.rows: Mapping[UUID, EvidenceFile] = {row.public_id: row for row in rows}
        self.widget.rows = list(self.rows.values())

    def clean(self, value: Any) -> Chosen:
        ticked, uploads = value or ((), ())
        ids = [as_uuid(str(one)) for one in ticked]
        if any(one not in self.rows for one in ids):
            raise ValidationError(
                _("A chosen file is no longer in the vault. Open the page anew and choose again.")
            )
        files = tuple(self.rows[one] for one in ids if one)
        chosen = Chosen(self.employee, files, tuple(checked(uploads)))
        if self.required and not chosen:
            raise ValidationError(_("Choose a file, or upload one."))
        return chosen

    def has_changed(self, initial: Any, data: Any) -> bool:
        ticked, uploads = data or ((), ())
        return bool(uploads) or set(_ids((ticked, ()))) != set(_ids(initial))
