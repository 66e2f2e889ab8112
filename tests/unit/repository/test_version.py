"""One version everywhere: of the package, of the stack, of the packaged application."""

from endpoint_sweep import __version__
from tests.simulation.hub.cloudformation import Template


def test_the_stack_tells_the_version_of_its_code(hub: Template) -> None:
    """Who looks at a stack learns what was deployed."""
    assert hub["Outputs"]["Version"]["Value"] == __version__
    assert hub["Metadata"]["AWS::ServerlessRepo::Application"]["SemanticVersion"] == __version__
