"""What the SAM transform makes of the hub's template: CloudFormation gets this, not what is in template.yaml."""

import copy
import os
from typing import Any
from unittest.mock import patch

from samtranslator.translator.arn_generator import ArnGenerator
from samtranslator.translator.transform import transform

type Template = dict[str, Any]

# SAM CLI uploads local files before the transform, which takes only addresses in S3.
_LOCAL = ("CodeUri", "ContentUri", "DefinitionUri")
# What has no default.
NEEDED = {"OrganizationId": "o-abcdefghij", "Sender": "finops@example.com"}


class _NoManagedPolicies:
    """Names of managed policies, which the template does not use."""

    @staticmethod
    def load() -> dict[str, str]:
        return {}


def transformed(template: Template, region: str, **parameters: str) -> Template:
    """The template after the transform, deployed to a region with these parameters and otherwise with the defaults.

    The template that is given stays as it is.
    """
    given = copy.deepcopy(template)
    for resource in given["Resources"].values():
        for name in _LOCAL:
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = "s3://artifacts/uploaded"
    # SAM remembers the first region that it was asked about.
    with (
        patch.dict(os.environ, {"AWS_DEFAULT_REGION": region}),
        patch.object(ArnGenerator, "BOTO_SESSION_REGION_NAME", region),
    ):
        made: Template = transform(given, NEEDED | parameters, _NoManagedPolicies())
    return made
