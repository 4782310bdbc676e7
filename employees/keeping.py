"""How long the working copies of imports are kept. The periods are ours, to be confirmed by
Biro SDM against the ministry's retention schedule."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.retention import Rule, declare
from employees.models import ImportBatch, ImportRow

State = ImportBatch.State
ENDED = (State.APPLIED, State.UNDONE)
GIVEN_UP = (State.MAPPING, State.PREVIEW, State.REFUSED, State.FAILED, State.DISCARDED)


def register() -> None:
    declare(
        Rule(
            "import_file",
            _("Uploaded sheets of imports that nobody finished"),
            _("UU 27/2022: no longer needed"),
            timedelta(days=30),
            lambda before: ImportBatch.objects.filter(state__in=GIVEN_UP, state_at__lt=before),
            file="file",
        )
    )
    declare(
        Rule(
            "import_row",
            _("Rows of sheets, beside what was taken from them"),
            _("UU 27/2022: no longer needed"),
            timedelta(days=365),
            lambda before: ImportRow.objects.filter(
                batch__state__in=(*ENDED, *GIVEN_UP), batch__state_at__lt=before
            ),
        )
    )
