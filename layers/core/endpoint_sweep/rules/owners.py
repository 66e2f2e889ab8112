"""Who owns a resource, by its tags. No I/O."""

from collections.abc import Mapping

OWNER_TAGS = ("owner", "team", "contact", "createdby", "created-by", "email")


def owner_of(tags: Mapping[str, str]) -> str | None:
    """The first tag that names an owner, in the order of OWNER_TAGS, in any letter case."""
    lower = {key.lower(): value for key, value in sorted(tags.items())}
    return next((lower[key] for key in OWNER_TAGS if lower.get(key)), None)
