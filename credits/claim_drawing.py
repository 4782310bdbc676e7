"""docs/claims.md as text: one diagram and one table per path, from the machines themselves."""

from credits.rules.claim_states import MACHINES, Path, Transition, diagram

_TITLES = {
    Path.TEAM: "Assessor team (conventional claims)",
    Path.BUREAU: "Biro SDM (degree, integration, transfer, correction)",
    Path.SUPERIOR: "Direct superior (conversion of a rating)",
}
_HEAD = """# States of a claim

Written by `manage.py draw_claims` from `credits/rules/claim_states.py`; do not edit. Which path a
kind takes is data (`credits/claimpaths`). The acts are done by
`credits.services.claims.acts.perform` alone, which writes an event for each that the database keeps
as it is.
"""


def document() -> str:
    """The whole file."""
    return "\n".join([_HEAD, *(_path(path) for path in Path)])


def _path(path: Path) -> str:
    rows = [_row(transition) for transition in MACHINES[path]]
    table = "\n".join(
        [
            "| act | from | to | by | must hold | reason |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
        ]
    )
    return f"## {_TITLES[path]}\n\n```mermaid\n{diagram(path)}\n```\n\n{table}\n"


def _row(transition: Transition) -> str:
    cells = (
        transition.act,
        ", ".join(sorted(transition.sources)),
        transition.target,
        ", ".join(sorted(transition.actors)),
        ", ".join(transition.conditions),
        "asked" if transition.asks_reason else "",
    )
    return "| " + " | ".join(cells) + " |"
