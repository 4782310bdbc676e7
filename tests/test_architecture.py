"""What the import contracts cannot see: relations named by strings, and sentences for codes."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from employees.forms_entry import refusal

ROOT = Path(__file__).parent.parent
LAYERS = ["accounts", "positions", "employees", "credits", "assessors", "careers", "reports"]
CODE = re.compile(r"\b(?:FactError|Refusal)\(\s*\"([a-z_]+)\"")


def codes() -> list[str]:
    """Every code with which a service refuses a fact."""
    files = [*ROOT.glob("employees/services/*.py"), *ROOT.glob("credits/services/*.py")]
    return sorted({code for file in files for code in CODE.findall(file.read_text())})


def test_relations_point_downwards_too() -> None:
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in LAYERS
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model._meta.app_label in LAYERS
        and LAYERS.index(field.related_model._meta.app_label) > LAYERS.index(model._meta.app_label)
    ]
    assert wrong == []


@pytest.mark.parametrize("code", codes())
def test_every_refusal_has_a_sentence(code: str) -> None:
    names = ("start", "end", "day", "level", "position", "detail", "months", "first_end",
             "second_start", "row", "nip")  # fmt: skip
    said = refusal(code, dict.fromkeys(names, "2025-01-01"))
    assert " " in said, f"{code} is shown as it is"
