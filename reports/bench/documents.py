"""Everybody's PAK as ZIPs: wall time per document with a process per core, and its memory."""

import os
import tempfile
from datetime import date

from credits.models import Document
from credits.services import documents
from reports.bench.processes import side_by_side
from reports.bench.recalculation import recalculate
from reports.bench.table import Figure

MS = 25
PEAK_MB = 512
YEAR = (date(2025, 1, 1), date(2025, 12, 31))
WORK = "from credits.services.documents import work_on; work_on({batch}, seconds=3600)"


def everybody(people: int) -> list[Figure]:
    """A batch of determinations; also of half the people, to show that memory does not grow."""
    recalculate()
    return [_batch(people // 2), _batch(people)]


def _batch(people: int) -> Figure:
    scope = {"ids": list(range(1, people + 1))}
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as media:
        batch = documents.create_batch(Document.Form.DETERMINATION, *YEAR, scope)
        ran = side_by_side([WORK.format(batch=batch.pk)] * cores, {"MEDIA_ROOT": media})
    made = Document.objects.filter(batch=batch).count()
    each = ran.seconds / max(1, made)
    return Figure(
        "PAK batch",
        people,
        ours_s=round(ran.seconds, 3),
        peak_mb=round(ran.peak_mb, 1),
        target=f"<= {MS} ms each",
        holds=made > 0 and each * 1000 <= MS and ran.peak_mb <= PEAK_MB,
        note=f"{made:,} documents, {each * 1000:.1f} ms each, {cores} processes",
    )
