"""Addresses in the AWS console. A name gets into one only if it has the form that AWS demands of it (S1.13)."""

import re
from urllib.parse import quote

from endpoint_sweep.domain.model import Finding
from endpoint_sweep.domain.resource import ENDPOINT

_DOMAINS = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
}
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,5}(-[a-z]{2,12}){1,3}-[0-9]{1,2}", re.ASCII)
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_STACK = "aws:cloudformation:stack-id"
_STACK_ID = re.compile(
    r"arn:aws[a-z-]*:cloudformation:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):stack/[a-zA-Z0-9-]{1,128}/[a-f0-9-]{1,64}",
    re.ASCII,
)


def endpoint_address(finding: Finding) -> str:
    """Of an endpoint in its account's console, or empty. The browser must be signed in to that account."""
    is_plain = _NAME.fullmatch(finding.name) and _REGION.fullmatch(finding.region)
    root = _root(finding) if is_plain and finding.type == ENDPOINT else ""
    return f"{root}/sagemaker/home?region={finding.region}#/endpoints/{finding.name}" if root else ""


def stack_address(finding: Finding) -> str:
    """Of the CloudFormation stack that made it, or empty. A tag that names another account or region is ignored."""
    stack = finding.tags.get(_STACK, "")
    named = _STACK_ID.fullmatch(stack)
    if not named or (named["account"], named["region"]) != (finding.account, finding.region):
        return ""
    root = _root(finding)
    where = f"#/stacks/stackinfo?stackId={quote(stack, safe='')}"
    return f"{root}/cloudformation/home?region={finding.region}{where}" if root else ""


def _root(finding: Finding) -> str:
    """Empty for a partition whose console is not known."""
    domain = _DOMAINS.get(finding.arn.split(":")[1] if finding.arn.count(":") > 1 else "")
    is_plain = _REGION.fullmatch(finding.region) and _ACCOUNT.fullmatch(finding.account)
    return f"https://{finding.region}.{domain}" if domain and is_plain else ""
