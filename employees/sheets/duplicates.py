"""The same row twice, and the same key with different content, in memory of a hash per row."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from employees.sheets.columns import Note
from employees.sheets.reader import Row


@dataclass
class Conflicts:
    """Filled while rows pass mark_duplicates; complete once they are exhausted."""

    _first: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    _groups: dict[bytes, list[int]] = field(default_factory=dict)

    def add(self, key: Hashable, content: bytes, number: int) -> None:
        """Note the row `number` under `key`; another content under the same key is a conflict."""
        digest = _digest(repr(key))
        first = self._first.setdefault(digest, (number, content))
        if first[1] != content:
            self._groups.setdefault(digest, [first[0]]).append(number)

    def groups(self) -> list[tuple[int, ...]]:
        """Numbers of the rows that contradict each other, one tuple per key, first row first.

        All of them are to be refused, also the first, which has passed already; rows marked as
        duplicates of one of them go with it.
        """
        return [tuple(numbers) for numbers in self._groups.values()]


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def mark_duplicates(
    rows: Iterable[Row], key: Callable[[Row], Hashable | None], conflicts: Conflicts | None = None
) -> Iterator[Row]:
    """Pass the rows on; an identical later row gets `duplicate_of` and a warning.

    `key` says whose fact a row states (person and period); None leaves a row out. Refused rows
    pass untouched. `conflicts` collects rows with one key and different content.
    """
    seen: dict[bytes, int] = {}
    for row in rows:
        subject = None if row.errors else key(row)
        if subject is not None:
            content = _digest(repr(sorted(row.values.items())))
            before = seen.setdefault(content, row.number)
            if before != row.number:
                row.duplicate_of = before
                row.warnings.append(Note("duplicate_row", {"row": before}))
            elif conflicts is not None:
                conflicts.add(subject, content, row.number)
        yield row
