"""docs/configuration.md and parameters.example.toml say what the templates say."""

from endpoint_sweep.settings.cross_checks import cross_check
from endpoint_sweep.settings.deployment import FILE, check, read
from endpoint_sweep.settings.template import parameters_of
from scripts.configuration import DOCUMENT, EXAMPLE, ROOT, TEMPLATES, example, page
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


def test_the_example_is_made_from_the_template() -> None:
    """After a change of a parameter: `make docs`."""
    assert EXAMPLE.read_text(encoding="utf-8") == example()


def test_the_example_can_be_deployed() -> None:
    """It has every parameter, and a copy of it is a deployment."""
    parameters = parameters_of((ROOT / "template.yaml").read_text(encoding="utf-8"))
    text = EXAMPLE.read_text(encoding="utf-8")
    copy = read(text, EXAMPLE.name, parameters)
    check(copy, parameters)
    cross_check(copy.complete(parameters))
    assert all(f"\n{name} = " in text or f"\n# {name} = " in text for name in parameters)


def test_the_answers_stay_out_of_the_repository() -> None:
    """The file of a deployment names people and accounts."""
    assert f"/{FILE}" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
