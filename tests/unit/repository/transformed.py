"""The hub template as CloudFormation gets it: what the SAM transform makes of it.

The transform replaces some references to parameters by their values, as text, before CloudFormation sees them.
"""

import copy
import os
from unittest.mock import patch

from samtranslator.translator.transform import transform

from tests.simulation.hub.cloudformation import HUB_TEMPLATE, Template, load

# SAM CLI uploads local files before the transform, which takes only addresses in S3.
_LOCAL = ("CodeUri", "ContentUri", "DefinitionUri")
_NEEDED = {"OrganizationId": "o-abcdefghij", "Sender": "finops@example.com"}


class _NoManagedPolicies:
    """Names of managed policies, which the template does not use."""

    @staticmethod
    def load() -> dict[str, str]:
        return {}


def transformed(**parameters: str) -> Template:
    """The template after the transform, deployed with these parameters and otherwise with the defaults."""
    template = copy.deepcopy(load(HUB_TEMPLATE))
    for resource in template["Resources"].values():
        for name in _LOCAL:
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = "s3://artifacts/uploaded"
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "eu-west-1"}):
        made: Template = transform(template, _NEEDED | parameters, _NoManagedPolicies())
    return made
