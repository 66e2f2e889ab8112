"""What CloudFormation is asked for once the SAM transform has run: what no reading of template.yaml shows."""

import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Template
from tests.unit.repository.transformed import transformed


@pytest.fixture(scope="module")
def deployed() -> Template:
    return transformed()


def test_the_page_has_one_stage(deployed: Template) -> None:
    """Beside it SAM makes another, without the throttling, access log and web ACL of this one (D13.9)."""
    [stage] = cloudformation.resources(deployed, "AWS::ApiGateway::Stage").values()
    assert stage["StageName"] == "v1"
    [deployment] = cloudformation.resources(deployed, "AWS::ApiGateway::Deployment").values()
    assert "StageName" not in deployment
