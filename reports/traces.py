"""A ledger entry opened: rule, inputs, the sum, the fact it rests on, who caused it, documents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from credits.explanations import inputs, sum_in_words
from credits.models import Document, LedgerEntry
from credits.selectors import EntryView
from reports.facts import Fact, Origin
from reports.history import Event, said

# The ledger's word for a source: the kind of the fact, its table, the subject of corrections.
SOURCES = {
    "rating": ("rating", "credits_rating", "rating"),
    "opening": ("opening", "credits_openingbalance", "opening"),
    "appointment": ("appointment", "employees_appointment", "appointment"),
    "degree": ("education", "employees_education", "education"),
    "status": ("status", "employees_statusperiod", "status"),
}


@dataclass(slots=True)
class Trace:
    """Why an entry stands, as the page shows it."""

    inputs: list[tuple[str, str]]
    sum: str
    fact: str = ""
    fact_anchor: str = ""
    run: Origin | None = None
    origins: list[Origin] = field(default_factory=list)  # who brought the fact
    documents: list[Document] = field(default_factory=list)
    reverses: int | None = None
    reversed_by: int | None = None


def add_traces(
    shown: Iterable[Event],
    facts: Sequence[Fact],
    origins: Sequence[Origin],
    documents: Sequence[Document],
) -> None:
    """Open the ledger entries among the events that are shown."""
    by_key = {(fact.kind, fact.pk): fact for fact in facts}
    runs = {origin.key: origin for origin in origins if origin.kind == "run"}
    for event in shown:
        if event.view is not None:
            event.trace = _trace(event.view, by_key, runs, origins, documents)


def _trace(
    view: EntryView,
    facts: Mapping[tuple[str, int], Fact],
    runs: Mapping[int, Origin],
    origins: Sequence[Origin],
    documents: Sequence[Document],
) -> Trace:
    entry = view.entry
    trace = Trace(
        inputs=inputs(entry),
        sum=sum_in_words(entry),
        run=runs.get(entry.run_id),
        reverses=entry.reverses_seq,
        reversed_by=view.reversed_by,
        origins=[o for o in origins if _brought(o, entry)],
        documents=[d for d in documents if entry.seq in d.entry_seqs],
    )
    kind = SOURCES.get(entry.source, ("",))[0]
    fact = facts.get((kind, entry.source_id or 0))
    if fact is not None:
        label, text, _detail = said(fact)
        trace.fact, trace.fact_anchor = f"{label}: {text}", f"{kind}-{fact.pk}"
    return trace


def _brought(origin: Origin, entry: LedgerEntry) -> bool:
    """Whether an import or a correction wrote the fact that an entry rests on."""
    if origin.kind == "run" or not entry.source_id or entry.source not in SOURCES:
        return False
    _kind, table, subject = SOURCES[entry.source]
    return origin.key == entry.source_id and origin.table in (table, subject)


def run_ids(shown: Iterable[Event]) -> list[int]:
    """The runs that posted the entries among the events."""
    return sorted({event.view.entry.run_id for event in shown if event.view is not None})


def documents_of(rows: Any) -> list[Document]:
    """Documents with what a trace needs of them, the newest first."""
    return list(rows.defer("content").order_by("-created_at", "-pk")[:DOCUMENTS])


DOCUMENTS = 100  # of one person: three forms a year for a working life
