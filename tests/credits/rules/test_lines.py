"""What a ledger line is to the chain and to COPY."""

from hypothesis import given
from hypothesis import strategies as st

from credits.rules.chain import joined
from credits.rules.lines import Terms, reversal_of, terms_of

WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
DAYS = st.dates().map(lambda day: day.isoformat())


@st.composite
def stated(draw: st.DrawFn) -> tuple[str | int | None, ...]:
    """Values in the order of the ledger's columns."""
    words = [draw(WORDS) for _ in range(7)]
    whole = st.integers(-(10**12), 10**12)
    return (
        words[0], draw(DAYS), draw(whole), *words[1:7], draw(st.none() | st.integers(0, 12)),
        draw(whole), draw(st.integers(-150, 150)), draw(st.none() | DAYS), draw(st.none() | DAYS),
        "rating",
    )  # fmt: skip


def read_copy(row: str) -> list[str | None]:
    """A row of COPY's text format read by its rules (PostgreSQL manual, COPY, "Text Format")."""
    letters = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
    values: list[str | None] = []
    for cell in row.split("\t"):
        if cell == r"\N":
            values.append(None)
            continue
        parts = iter(cell)
        values.append("".join(letters[next(parts)] if c == "\\" else c for c in parts))
    return values


@given(stated())
def test_copy_reads_what_is_stated(values: tuple[str | int | None, ...]):
    row = terms_of(*values).row
    assert "\n" not in row
    assert "\r" not in row
    assert read_copy(row) == [None if v is None else str(v) for v in values]


@given(stated())
def test_the_chain_takes_the_values_joined(values: tuple[str | int | None, ...]):
    assert terms_of(*values).text == joined(values)


@given(stated())
def test_terms_are_equal_when_they_state_the_same(values: tuple[str | int | None, ...]):
    one, other = Terms(*values), Terms(*values)  # type: ignore[arg-type]
    assert one == other
    assert hash(one) == hash(other)
    assert one.stated() == values


@given(stated())
def test_a_reversal_takes_back_the_amount_and_nothing_else(values: tuple[str | int | None, ...]):
    terms = terms_of(*values)
    undone = reversal_of(terms)
    assert undone.amount_units == -terms.amount_units
    assert undone.percent == -terms.percent
    assert reversal_of(undone) == terms
    kept = [n for n in range(len(values)) if n not in (2, 11)]
    assert [undone.stated()[n] for n in kept] == [values[n] for n in kept]
