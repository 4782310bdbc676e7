"""Pure packages load without Django, also indirectly."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = [
    "credits/rules",
    "credits/documents",
    "careers/rules",
    "assessors/rules.py",
    "assessors/conflicts.py",
    "positions/ladder.py",
    "employees/nip.py",
    "employees/sheets",
    "reports/golden.py",
]


def modules_of(place: str) -> list[str]:
    path = ROOT / place
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in files
    ]


@pytest.mark.parametrize("place", PURE)
def test_a_pure_package_does_not_load_django(place):
    modules = modules_of(place)
    assert modules
    script = (
        f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\n"
        "sys.exit('django' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
