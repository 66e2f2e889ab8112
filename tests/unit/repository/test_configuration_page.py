"""docs/configuration.md says what the templates say."""

from scripts.configuration import DOCUMENT, ROOT, TEMPLATES, page
from tests.simulation.hub.cloudformation import load


def test_the_page_is_made_from_the_templates() -> None:
    """After a change of a parameter: `make docs`."""
    assert DOCUMENT.read_text(encoding="utf-8") == page()


def test_no_parameter_is_left_out() -> None:
    """Each belongs to a group, and so has a row."""
    text = page()
    for _, name in TEMPLATES:
        for parameter in load(ROOT / name)["Parameters"]:
            assert f"| `{parameter}` |" in text
