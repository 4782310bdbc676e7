"""What is drawn, not written, stands out 3:1 from what lies beside it (WCAG 2.2, 1.4.11).

axe judges text alone; focus rings, borders of fields and bars are judged here, from the sheet.
"""

import re

import pytest

from config.messages import ROOT

SHEET = (ROOT / "static/app.css").read_text("utf-8")
DARK = SHEET.index("@media (prefers-color-scheme: dark)")
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
LEVEL = re.compile(r"\.level--(\d) \{ fill: (#[0-9a-f]{6}); \}")
BESIDE = {
    "focus": ("card", "paper", "head-bg", "indigo-soft", "soga-soft", "ok-soft", "bad-soft"),
    "line-strong": ("card", "paper"),
    "indigo": ("bar-bg", "card"),
    "ok": ("bar-bg", "card"),
}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rings_borders_and_bars_stand_out(scheme: str) -> None:
    light, fills = dict(COLOUR.findall(SHEET[:DARK])), LEVEL.findall(SHEET)
    dark = light | dict(COLOUR.findall(SHEET[DARK : DARK + 2000]))
    colours, levels = (light, fills[:4]) if scheme == "light" else (dark, fills[4:])
    assert len(levels) == 4
    pairs = [
        (colours[name], colours[other], f"{name} on {other}")
        for name, others in BESIDE.items()
        for other in others
    ]
    pairs += [(fill, colours["card"], f"level {n} on card") for n, fill in levels]
    assert [said for one, other, said in pairs if contrast(one, other) < 3] == []
