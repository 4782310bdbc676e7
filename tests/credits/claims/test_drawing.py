"""docs/claims.md says what the machines say."""

from django.core.management import call_command

from credits.claim_drawing import document
from credits.rules.claim_states import MACHINES, Path


def test_the_drawing_is_current() -> None:
    call_command("draw_claims", "--check")


def test_every_act_is_drawn() -> None:
    text = document()
    assert text.count("```mermaid") == len(Path)
    for path in Path:
        for transition in MACHINES[path]:
            assert f"| {transition.act} | " in text
