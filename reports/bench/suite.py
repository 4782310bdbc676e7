"""Which groups of measurements there are, and what each needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.bench import recalculation
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


GROUPS: dict[str, Callable[[Wanted, Databases], list[Figure]]] = {
    "recalculation": _recalculation,
}


def measure(wanted: Wanted, groups: Sequence[str], tell: Callable[[str], object]) -> list[Figure]:
    """Measure groups one after the other; the databases made for it are dropped at the end."""
    databases = Databases()
    figures = []
    try:
        for group in groups:
            tell(f"measuring {group}")
            figures += GROUPS[group](wanted, databases)
    finally:
        databases.drop()
    return figures
