"""docs/iam.md is the permissions of the templates."""

from scripts import permissions
from tests.simulation.hub import cloudformation


def test_the_page_is_made_from_the_templates() -> None:
    """`make docs` writes it."""
    assert permissions.DOCUMENT.read_text(encoding="utf-8") == permissions.page()


def test_no_statement_is_left_out() -> None:
    """As many rows as there are actions in the roles of all templates; each says what for."""
    rows = [line for line in permissions.page().partition("## Keys")[0].splitlines() if ":" in line.split(" | ")[0]]
    actions = [
        action
        for path in cloudformation.TEMPLATES
        for _, statement in cloudformation.statements(cloudformation.load(path))
        for action in cloudformation.actions(statement)
    ]
    assert len([row for row in rows if row.startswith("| ")]) == len(actions)


def test_a_sid_becomes_words() -> None:
    assert permissions._words("SeeWhetherADeadSweepStillAsks") == "See whether a dead sweep still asks"
    assert permissions._words("AskWhereSageMakerIs") == "Ask where SageMaker is"
