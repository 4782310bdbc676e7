"""The figures of a benchmark, as a table for people and as JSON for scripts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

HEADINGS = ("name", "n", "ours", "floor", "ratio", "peak MB", "queries", "target", "", "note")


@dataclass
class Figure:
    """One measurement: seconds, peak resident memory in MB (10^6 bytes), statements.

    `target` says in words what is asked (design/targets.md); `holds` whether it is met, None
    where nothing is asked.
    """

    name: str
    n: int
    ours_s: float | None = None
    floor_s: float | None = None
    ratio: float | None = None
    peak_mb: float | None = None
    queries: int | None = None
    target: str = ""
    holds: bool | None = None
    note: str = ""


def compared(
    name: str,
    n: int,
    ours: Sequence[float],
    floor: Sequence[float],
    limit: float | None = None,
    note: str = "",
) -> Figure:
    """A figure from interleaved repeats: medians, and the median of the ratios per repeat."""
    ratio = median(o / f for o, f in zip(ours, floor, strict=True))
    return Figure(
        name,
        n,
        ours_s=round(median(ours), 6),
        floor_s=round(median(floor), 6),
        ratio=round(ratio, 3),
        target=f"<= {limit:g} x floor" if limit else "",
        holds=ratio <= limit if limit else None,
        note=note,
    )


def write_json(path: Path, figures: Iterable[Figure]) -> None:
    """Write the figures as a list of objects, null where a key does not apply."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")


def lines(figures: Sequence[Figure]) -> list[str]:
    """The table, one line per figure under the headings."""
    rows = [HEADINGS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    return [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        f"{figure.n:,}",
        _seconds(figure.ours_s),
        _seconds(figure.floor_s),
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        "" if figure.peak_mb is None else f"{figure.peak_mb:.0f}",
        "" if figure.queries is None else str(figure.queries),
        figure.target,
        {True: "ok", False: "FAIL", None: ""}[figure.holds],
        figure.note,
    )


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.3g} ms"
