"""Which groups of measurements there are, and what each needs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.bench import documents, imports, interactive, pages, recalculation, scaling
from reports.bench.database import Databases
from reports.bench.table import Figure


@dataclass
class Wanted:
    """What was asked for on the command line."""

    sizes: Sequence[int]
    repeats: int | None = None
    million: bool = False

    def times(self, people: int) -> int:
        """Repeats at a size: five, three at large sizes."""
        return self.repeats or (3 if people >= recalculation.LARGE else 5)


MINISTRIES = 20_000  # holders of a site that pages must still be quick for


def _recalculation(wanted: Wanted, databases: Databases) -> list[Figure]:
    figures = []
    for people in wanted.sizes:
        databases.use(str(people), people)
        times = wanted.times(people)
        first = recalculation.first_posting(people, times)
        figures += first
        figures += recalculation.nothing_changed(people, times)
        figures += recalculation.some_touched(people, times, first[0].ours_s)
    return figures


def _interactive(wanted: Wanted, databases: Databases) -> list[Figure]:
    people = min(wanted.sizes)
    databases.use(str(people), people)
    return [
        *interactive.statements(people),
        *interactive.one_person(people),
        interactive.core(people, 3 * wanted.times(people)),
    ]


def _scaling(wanted: Wanted, databases: Databases) -> list[Figure]:
    figures, measured = [], []
    largest = max(wanted.sizes)
    sizes = [max(1, largest // 10), largest] + ([1_000_000] if wanted.million else [])
    for people in sizes:
        databases.use(str(people), people)
        measured.append(scaling.memory_and_workers(people))
        figures += measured[-1]
    for small, large in pairwise(row[0] for row in measured):
        figures += scaling.growth(small, large)
    people = sizes[0]
    databases.use(str(people), people)
    figures.append(scaling.broker(people))
    databases.use("unanalysed", people, analyse=False)
    for analysed_empty in (False, True):
        figures.append(scaling.misleading_statistics(people, analysed_empty=analysed_empty))
    return figures


def _pages(wanted: Wanted, databases: Databases) -> list[Figure]:
    figures = []
    for people in sorted({min(wanted.sizes), min(MINISTRIES, max(wanted.sizes))}):
        databases.use(str(people), people)
        figures += pages.pages(people, wanted.times(people))
    return figures


def _documents(wanted: Wanted, databases: Databases) -> list[Figure]:
    people = min(wanted.sizes)
    databases.use(str(people), people)
    return documents.everybody(people)


def _imports(wanted: Wanted, databases: Databases) -> list[Figure]:
    figures = []
    for rows in wanted.sizes:
        databases.use(f"import_{rows}", 0)
        figures.append(imports.recap(rows))
    return figures


GROUPS: dict[str, Callable[[Wanted, Databases], list[Figure]]] = {
    "recalculation": _recalculation,
    "interactive": _interactive,
    "scaling": _scaling,
    "pages": _pages,
    "documents": _documents,
    "imports": _imports,
}


def measure(wanted: Wanted, groups: Sequence[str]) -> Iterator[tuple[str, list[Figure]]]:
    """Measure groups one after the other, each as its name and figures, as soon as it is done.

    The databases made for it are dropped at the end.
    """
    databases = Databases()
    try:
        for group in groups:
            yield group, GROUPS[group](wanted, databases)
    finally:
        databases.drop()
