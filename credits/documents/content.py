"""What the three official forms state, as frozen data.

The forms are those of Peraturan BKN 3/2023, annex: Konversi Predikat Kinerja ke Angka Kredit,
Akumulasi Angka Kredit, Penetapan Angka Kredit (handbook rules R-012, R-013). A document is
rendered from such a content alone, so the content is what an issued document stores:
`to_json()` is plain JSON (dates ISO, exact amounts as text such as "25/12"), `from_json()`
gives an equal content back.

Pure: no Django. Amounts are exact `Fraction` credit points; nothing here rounds.
"""

from __future__ import annotations

import dataclasses
import types
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints

SCHEMA = 1


class ContentError(ValueError):
    """A content that contradicts itself, or JSON that is not a content of this schema."""


class Capacity(StrEnum):
    """In which capacity somebody signs (handbook, documents 5).

    `offices` of the signatory, from the authority down to the signer: OWN, PLT and PLH take
    one office; AN two ("a.n." first, own second); UB three (authority, delegate, signer) or
    two (delegate, signer).
    """

    OWN = "own"
    AN = "an"
    UB = "ub"
    PLT = "plt"
    PLH = "plh"


_OFFICES = {
    Capacity.OWN: (1,),
    Capacity.PLT: (1,),
    Capacity.PLH: (1,),
    Capacity.AN: (2,),
    Capacity.UB: (2, 3),
}


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """Who signs, as at the time of signing; never looked up again later.

    Raises ContentError where the number of offices does not fit the capacity.
    """

    name: str
    nip: str
    offices: tuple[str, ...] = ("Pejabat Penilai Kinerja",)
    capacity: Capacity = Capacity.OWN
    rank: str = ""

    def __post_init__(self) -> None:
        if len(self.offices) not in _OFFICES[self.capacity]:
            raise ContentError(
                f"capacity {self.capacity} does not take {len(self.offices)} offices"
            )


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The block about the person. An empty text or None prints as a dash.

    `education` and the grade service (years, months) are rows only where given. `nip_label`
    is "NIP", or "NI PPPK" for contract employees; `rank` is the printed name of the pangkat
    ("Penata Tingkat I"), `grade` its golongan ruang ("III/d").
    """

    name: str
    nip: str
    position: str
    unit: str
    agency: str
    nip_label: str = "NIP"
    karpeg: str = ""
    rank: str = ""
    grade: str = ""
    rank_since: date | None = None
    birth_place: str = ""
    birth_date: date | None = None
    sex: str = ""
    education: str = ""
    position_since: date | None = None
    service_years: int | None = None
    service_months: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConversionLine:
    """One segment: months of one predikat at one coefficient.

    Amount = months/12 x percent/100 x coefficient (PerBKN 3/2023 art. 13; R-008); raises
    ContentError where the amount handed in is another, so that a paper cannot state a product
    that its own factors contradict. `level` is the jenjang; the form shows it where the
    jenjang changed inside the period (E-08). `percent` 150 means 150 %.
    """

    start: date
    end: date
    months: int
    predikat: str
    percent: Fraction
    coefficient: Fraction
    amount: Fraction
    level: str = ""

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ContentError("a line ends before it starts")
        if not 0 <= self.months <= 12:
            raise ContentError(f"{self.months} months in one line")
        if self.amount != Fraction(self.months, 12) * self.percent / 100 * self.coefficient:
            raise ContentError("the amount of a line is not months/12 x percent x coefficient")


class RowKind(StrEnum):
    """Rows of the Penetapan, in the order of the form (R-013)."""

    BASE = "base"
    FORMER_POSITION = "former_position"
    ADJUSTMENT = "adjustment"
    CONVERSION = "conversion"
    EDUCATION = "education"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class DeterminationRow:
    """One row; None leaves a cell empty ("-"). `label` names a row of kind OTHER."""

    kind: RowKind
    old: Fraction | None = None
    new: Fraction | None = None
    note: str = ""
    label: str = ""

    @property
    def total(self) -> Fraction:
        """Exact sum of the old and the new amount."""
        return (self.old or Fraction(0)) + (self.new or Fraction(0))


class Absence(StrEnum):
    """Why there is no next rank or next level to reach."""

    TOP = "top"
    PPPK = "pppk"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, kw_only=True)
class Target:
    """The next rung: `minimum` cumulative AK in the present jenjang, `to` as printed.

    `to` of a rank is "Penata Tingkat I, III/d", of a level "Mediator Hubungan Industrial Ahli
    Madya". `after_level`: a rank beyond the present jenjang, which needs the level promotion
    first (R-026).
    """

    minimum: Fraction
    to: str
    after_level: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """What all three forms share.

    `number` empty: dots are printed. `place`, `dated` and `signatory` are the signature block;
    any of number, dated, signatory missing makes the paper a draft, and it is marked so.
    `original_to` and `copies` are the ASLI and Tembusan lists; `letterhead` the lines of the
    kop, first the largest. `sample` marks invented people. `decimals` is how AK is printed
    (half-up), see E-23. `footer` is a small line at the foot, for a document reference.
    `verify_url` is the public address at which the paper can be checked, printed as a QR code.
    `determined`: an officer determines the PAK (conventional, integration), not the superior.
    """

    FORM: ClassVar[str] = ""

    identity: Identity
    period_start: date
    period_end: date
    number: str = ""
    place: str = ""
    dated: date | None = None
    signatory: Signatory | None = None
    original_to: str = ""
    copies: tuple[str, ...] = ()
    letterhead: tuple[str, ...] = ()
    footer: str = ""
    verify_url: str = ""
    decimals: int = 3
    sample: bool = False
    determined: bool = False

    def __post_init__(self) -> None:
        if self.period_end < self.period_start:
            raise ContentError("the period ends before it starts")
        if not 0 <= self.decimals <= 6:
            raise ContentError(f"{self.decimals} decimals")

    @property
    def is_draft(self) -> bool:
        """True until number, date and signatory stand on the paper."""
        return not (self.number.strip() and self.dated and self.signatory)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values only; `from_json` reads it back to an equal content."""
        return {"schema": SCHEMA, "form": self.FORM} | _dump_fields(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The content that `to_json` wrote. Raises ContentError on anything else."""
        rest = dict(data)
        if rest.pop("schema", None) != SCHEMA:
            raise ContentError("unknown schema of a document content")
        if rest.pop("form", None) != cls.FORM:
            raise ContentError(f"not the content of a {cls.FORM}")
        content: Self = _load_dataclass(cls, rest)
        return content


@dataclass(frozen=True, kw_only=True)
class ConversionForm(Form):
    """KONVERSI PREDIKAT KINERJA KE ANGKA KREDIT: one period, normally one line."""

    FORM: ClassVar[str] = "conversion"

    lines: tuple[ConversionLine, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.lines:
            raise ContentError("a conversion needs at least one line")

    @property
    def total(self) -> Fraction:
        """Exact sum of the lines."""
        return sum((line.amount for line in self.lines), Fraction(0))


@dataclass(frozen=True, kw_only=True)
class AccumulationForm(ConversionForm):
    """AKUMULASI ANGKA KREDIT: the lines of all periods in order, and their sum."""

    FORM: ClassVar[str] = "accumulation"


@dataclass(frozen=True, kw_only=True)
class DeterminationForm(Form):
    """PENETAPAN ANGKA KREDIT: rows, thresholds, and the conclusion that follows from them.

    Exactly one of `rank`/`rank_absent`, and of `level`/`level_absent`, is given. The
    conclusion is not a field: `conclusion.conclude()` derives it from the figures.
    """

    FORM: ClassVar[str] = "determination"

    rows: tuple[DeterminationRow, ...]
    rank: Target | None = None
    rank_absent: Absence | None = None
    level: Target | None = None
    level_absent: Absence | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        kinds = [row.kind for row in self.rows if row.kind is not RowKind.OTHER]
        if len(kinds) != len(set(kinds)):
            raise ContentError("a row of the determination is given twice")
        if (self.rank is None) == (self.rank_absent is None):
            raise ContentError("a determination states either the next rank or why there is none")
        if (self.level is None) == (self.level_absent is None):
            raise ContentError("a determination states either the next level or why there is none")

    @property
    def total(self) -> Fraction:
        """JUMLAH ANGKA KREDIT KUMULATIF, exact."""
        return sum((row.total for row in self.rows), Fraction(0))


# --- the conventional regime: what is claimed, what was found, what is determined ---------------


class Group(StrEnum):
    """Rows of a conventional PAK: 1 UTAMA (a to c), 2 PENUNJANG."""

    EDUCATION = "pendidikan"
    DUTIES = "utama"
    PROFESSION = "profesi"
    SUPPORT = "penunjang"


@dataclass(frozen=True, kw_only=True)
class ClaimedItem:
    """An activity as claimed and, on the HAPAK, as decided; amounts are the claimant's share.

    `unit` is what one product is worth. `decided_quantity` None: not decided yet.
    """

    number: int
    group: Group
    sub_element: str
    activity: str
    product: str
    quantity: int
    unit: Fraction
    points: Fraction
    decided_quantity: int | None = None
    decided_points: Fraction | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposalForm(Form):
    """DUPAK: what a submitted claim states, item by item.

    `submitted_on`: the day on which it was handed in, by whoever stands in the signature block.
    """

    FORM: ClassVar[str] = "dupak"

    items: tuple[ClaimedItem, ...]
    submitted_on: date | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if len({i.number for i in self.items}) != len(self.items):
            raise ContentError("an item is stated twice")

    @property
    def is_draft(self) -> bool:
        """A DUPAK is what was submitted: it takes no number of its own."""
        return self.submitted_on is None

    @property
    def total(self) -> Fraction:
        """Exact sum of the items as claimed."""
        return sum((item.points for item in self.items), Fraction(0))


@dataclass(frozen=True, kw_only=True)
class FindingForm(ProposalForm):
    """HAPAK: what the team found on each item, and what of the sum counts.

    `counted` is the main elements and, up to its cap, the support (R-051, R-052); never more than
    the sum of what was found.
    """

    FORM: ClassVar[str] = "hapak"

    counted: Fraction
    session: str = ""  # day and number of the plenary, as printed

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(item.decided_points is None for item in self.items):
            raise ContentError("an item without a decision")
        if self.counted > self.found:
            raise ContentError("more counts than was found")

    @property
    def is_draft(self) -> bool:
        """As the other forms that an official signs."""
        return not (self.number.strip() and self.dated and self.signatory)

    @property
    def found(self) -> Fraction:
        """Exact sum of what the team found."""
        return sum((item.decided_points or Fraction(0) for item in self.items), Fraction(0))

    @property
    def total(self) -> Fraction:
        """What counts."""
        return self.counted


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """A row of the conventional PAK: LAMA and BARU of one group."""

    group: Group
    old: Fraction = Fraction(0)
    new: Fraction = Fraction(0)

    @property
    def total(self) -> Fraction:
        """JUMLAH of the row."""
        return self.old + self.new


@dataclass(frozen=True, kw_only=True)
class ConventionalForm(Form):
    """PENETAPAN ANGKA KREDIT of the conventional regime: LAMA / BARU / JUMLAH (R-050 to R-052).

    `base`: cumulative points that carry the grade held; the LAMA of the rows are points determined
    since. `minimum` of the next grade, of which `main_minimum` must come from the main elements and
    at most `support_maximum` from the support; all three None at the top of the ladder. The
    conclusion is no field: `conclusion.conventional()` derives it from the figures (fault B10).
    """

    FORM: ClassVar[str] = "conventional"

    grade: str
    base: Fraction
    rows: tuple[GroupRow, ...]
    next_rank: str = ""  # "Penata, III/c"
    minimum: Fraction | None = None
    main_minimum: Fraction | None = None
    support_maximum: Fraction | None = None
    replaces: str = ""  # number of the PAK that this one takes the place of

    def __post_init__(self) -> None:
        super().__post_init__()
        if {row.group for row in self.rows} != set(Group) or len(self.rows) != len(Group):
            raise ContentError("a conventional PAK states each group once")
        limits = (self.minimum, self.main_minimum, self.support_maximum)
        if len({limit is None for limit in limits}) > 1 or (self.minimum is None) == bool(
            self.next_rank
        ):
            raise ContentError("the limits of the next grade are given together or not at all")

    @property
    def main(self) -> Fraction:
        """JUMLAH of the main elements."""
        return sum((r.total for r in self.rows if r.group is not Group.SUPPORT), Fraction(0))

    @property
    def support(self) -> Fraction:
        """JUMLAH of the support."""
        return sum((r.total for r in self.rows if r.group is Group.SUPPORT), Fraction(0))

    @property
    def total(self) -> Fraction:
        """JUMLAH ANGKA KREDIT KUMULATIF, exact."""
        return self.base + self.main + self.support


Content = (
    ConversionForm
    | AccumulationForm
    | DeterminationForm
    | ProposalForm
    | FindingForm
    | ConventionalForm
)

_FORMS: dict[
    str,
    type[ConversionForm] | type[DeterminationForm] | type[ProposalForm] | type[ConventionalForm],
] = {
    form.FORM: form
    for form in (
        ConversionForm,
        AccumulationForm,
        DeterminationForm,
        ProposalForm,
        FindingForm,
        ConventionalForm,
    )
}


def from_json(data: dict[str, Any]) -> Content:
    """The content of whichever form the JSON names. Raises ContentError."""
    form = _FORMS.get(str(data.get("form")))
    if form is None:
        raise ContentError("unknown form")
    return form.from_json(data)


# --- a small codec: only the types that stand above -----------------------------------------


def _dump(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _dump_fields(value)
    if isinstance(value, tuple):
        return [_dump(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _dump_fields(value: Any) -> dict[str, Any]:
    return {field.name: _dump(getattr(value, field.name)) for field in dataclasses.fields(value)}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _load_dataclass(kind: type[Any], data: Any) -> Any:
    if not isinstance(data, dict):
        raise ContentError(f"{kind.__name__}: an object is expected")
    hints = _hints(kind)  # type: ignore[arg-type]  # typeshed: a class is hashable
    names = {field.name for field in dataclasses.fields(kind)}
    if unknown := set(data) - names:
        raise ContentError(f"{kind.__name__}: unknown {sorted(unknown)}")
    try:
        return kind(**{name: _load(hints[name], value) for name, value in data.items()})
    except TypeError as error:
        raise ContentError(f"{kind.__name__}: {error}") from error


def _load(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        # Every union here is "X | None".
        inner = next(arg for arg in get_args(hint) if arg is not type(None))
        return None if value is None else _load(inner, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise ContentError("a list is expected")
        return tuple(_load(get_args(hint)[0], item) for item in value)
    if dataclasses.is_dataclass(hint):
        return _load_dataclass(hint, value)  # type: ignore[arg-type]
    return _load_scalar(hint, value)


def _load_scalar(hint: Any, value: Any) -> Any:
    try:
        if hint is Fraction:
            return Fraction(_expect(str, value))
        if hint is date:
            return date.fromisoformat(_expect(str, value))
        if issubclass(hint, StrEnum):
            return hint(value)
    except (ValueError, ZeroDivisionError) as error:
        raise ContentError(f"{hint.__name__}: {value!r}") from error
    return _expect(hint, value)


def _expect(kind: type, value: Any) -> Any:
    # type() and not isinstance(): True must not pass for a count of months.
    if type(value) is not kind:
        raise ContentError(f"{kind.__name__} is expected, not {type(value).__name__}")
    return value
