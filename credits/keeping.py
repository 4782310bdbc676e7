"""How long the ZIPs of many forms are kept; the issued forms themselves stay."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.retention import Rule, declare
from credits.models import DocumentBatch, DocumentPart

ENDED = (DocumentBatch.State.DONE, DocumentBatch.State.PARTLY, DocumentBatch.State.CANCELLED)


def register() -> None:
    declare(
        Rule(
            "document_zip",
            _("ZIPs of forms per unit"),
            _("UU 27/2022: no longer needed; the issued forms are kept"),
            timedelta(days=90),
            lambda before: DocumentPart.objects.filter(
                batch__state__in=ENDED, batch__finished_at__lt=before
            ),
            file="file",
        )
    )
