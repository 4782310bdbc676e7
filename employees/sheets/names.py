"""Names apart from academic titles (gelar): sort and search go without them."""

import re

_FRONT = re.compile(
    r"(?:(?:prof|dr|drs|dra|drg|drh|ir|apt|ns|kh|h|hj|hc)\.|(?:prof|drs|dra|drg|drh)(?=\s)"
    r"|\(h\.?c\.?\)|\(hc\))\s*",
    re.IGNORECASE,
)
# S.H., M.Si, A.Md.Kom., Ph.D., S.Sos.: an initial of a degree, then a dotted part.
_DEGREE = re.compile(r"(?:S|M|Sp|Ph|A\.Md|A\.Ma|Lic|D)(?:\.[A-Za-z]{1,8})+\.?|A\.M[da]\.?")
_BARE_DEGREE = re.compile(r"[A-Z][A-Za-z]{0,2}[A-Z]{1,4}|Ak|CA|QIA|Psikolog|Apt|Ners|Ns")


def split_titles(name: str) -> tuple[str, str, str]:
    """(front titles, name, back titles); the three joined hold every letter of `name`.

    "Dr. Budi Santoso, S.H., M.H." -> ("Dr.", "Budi Santoso", "S.H., M.H."). What follows a
    comma counts as titles only where it looks like some; otherwise it stays in the name.
    """
    if name[:1] in "\t\r":  # the start of a formula: stored as it came
        return "", name, ""
    rest = " ".join(name.split())
    front_end = 0
    while match := _FRONT.match(rest, front_end):
        front_end = match.end()
    front, rest = rest[:front_end].strip(), rest[front_end:]
    head, comma, tail = rest.partition(",")
    if comma and all(_is_title(part) for part in tail.split(",") if part.strip(" .")):
        rest, back = head.strip(), tail.strip(" ,")
    else:
        rest, back = _dotted_tail(rest)
    return (front, rest, back) if rest else ("", " ".join(name.split()), "")


def _is_title(part: str) -> bool:
    words = part.split()
    return bool(words) and all(
        "." in word or word.startswith("(") or _BARE_DEGREE.fullmatch(word) for word in words
    )


def _dotted_tail(rest: str) -> tuple[str, str]:
    """Degrees without a comma before them: "Budi Santoso S.H. M.H."."""
    if "," in rest:
        return rest.strip(), ""
    words = rest.split()
    keep = len(words)
    while keep > 1 and _DEGREE.fullmatch(words[keep - 1]):
        keep -= 1
    return " ".join(words[:keep]), " ".join(words[keep:])
