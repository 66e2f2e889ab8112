"""The tags of a deployment's stack, which CloudFormation gives to its resources (D18.8)."""

import re
from collections.abc import Mapping
from typing import Any

from endpoint_sweep.domain.errors import UsageError

# What every service of the stack takes, without the equals sign, which sam cannot pass on.
_KEY, _VALUE = re.compile(r"[\w .:/+@-]{1,128}"), re.compile(r"[\w .:/+@-]{0,256}")
# A resource has at most 50, and SAM and the template add some of their own.
_MOST = 40


def tags_of(table: Mapping[str, Any]) -> dict[str, str]:
    """As the file of a deployment has them. Raises UsageError for what is neither text nor a whole number."""
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise UsageError(f"the tag {key[:60]} must be a text, not {type(value).__name__}")
    return {key: str(value) for key, value in table.items()}


def check_tags(tags: Mapping[str, str]) -> None:
    """Raises UsageError for what AWS would refuse when the first resource is made."""
    if len(tags) > _MOST:
        raise UsageError(f"there are {len(tags)} tags, and a stack of endpoint-sweep takes {_MOST}")
    seen: set[str] = set()
    for key, value in tags.items():
        if not _KEY.fullmatch(key) or not _VALUE.fullmatch(value) or key != key.strip() or value != value.strip():
            raise UsageError(
                f'the tag "{key[:60]}" must be a key of at most 128 and a value of at most 256 letters, digits, blanks '
                "and . : / + - @ _, without a blank at an end"
            )
        if key.lower().startswith("aws:"):
            raise UsageError(f'the tag "{key[:60]}" must not begin with aws:, which is reserved')
        if key.lower() in seen:
            raise UsageError(f'the tag "{key[:60]}" is given twice; IAM does not tell upper and lower case apart')
        seen.add(key.lower())
