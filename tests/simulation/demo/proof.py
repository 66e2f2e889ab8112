"""Before and after: exactly what was approved is gone, and nothing else changed."""

from typing import Any

from rich.console import Console

from tests.simulation.demo.sweep import DemoError


def prove(console: Console, before: dict[str, Any], after: dict[str, Any], approved: set[str]) -> None:
    """Checks that exactly the approved endpoints are gone and everything else in every member account is unchanged."""
    gone, changed = _difference(before, after)
    if gone != approved or changed:
        raise DemoError(f"not as approved: gone {sorted(gone ^ approved)[:5]}, changed {sorted(changed)[:5]}")
    left = sum(len(cell["endpoints"]) for regions in after.values() for cell in regions.values())
    console.print(
        f"Compared the whole world before and after: exactly the {len(gone)} approved endpoints are gone, "
        f"{left} are left, those that could not be scanned included, and nothing else in any member account changed.\n"
    )


def _difference(before: dict[str, Any], after: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Returns the endpoints that are gone, and the paths of everything else that differs."""
    gone, changed = set(), set()
    for account in before.keys() | after.keys():
        for region in before.get(account, {}).keys() | after.get(account, {}).keys():
            old, new = before.get(account, {}).get(region, {}), after.get(account, {}).get(region, {})
            removed = old.get("endpoints", {}).keys() - new.get("endpoints", {}).keys()
            gone |= {f"{account}/{region}/{name}" for name in removed}
            for kind in old.keys() | new.keys():
                differing = _entries(old.get(kind)) ^ _entries(new.get(kind))
                names = {name for name, _ in differing if not _went_along(kind, name, removed)}
                changed |= {f"{account}/{region}/{kind}/{name}" for name in names}
    return gone, changed


def _entries(things: Any) -> set[tuple[str, str]]:
    """Name and content of each."""
    if isinstance(things, dict):
        return {(str(name), repr(content)) for name, content in things.items()}
    return {(str(thing), "") for thing in things or ()}


def _went_along(kind: str, name: str, removed: set[str]) -> bool:
    """Whether it went with an endpoint that is gone: SageMaker deregisters its scaling with it (D3.5, D3.6)."""
    if kind == "endpoints":
        return name in removed
    scaling = kind in ("scalable_targets", "scaling_policies", "scheduled_actions")
    return scaling and any(name.startswith(f"endpoint/{one}/") for one in removed)
