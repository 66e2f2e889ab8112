"""`endpoint-sweep probe` on simulated accounts: every belief holds there, and a planted lie is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from endpoint_sweep.cli import main
from endpoint_sweep.probe import place
from endpoint_sweep.probe.surroundings import BELIEFS
from tests.laptop.clinic import READS
from tests.laptop.conftest import Laptop
from tests.simulation.member_aws.corrections import cloudwatch
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.wire.protocols import Reply

HOLDS, DIFFERS, UNKNOWN = "holds", "does not hold", "unknown"


def member(world: World, count: int = 1) -> list[str]:
    """Accounts with endpoints and a scan role."""
    hub = world.organization.hub_account
    return [one for one in dict.fromkeys(key[0] for key in sorted(world.endpoints())) if one != hub][:count]


@pytest.fixture
def probe(laptop: Laptop, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """The document, with the beliefs by their facts."""

    def run(*options: str, status: int | None = None) -> dict[str, Any]:
        world = laptop.world
        before = len(world.log)
        asked = [f"--account={one}" for one in member(world, 3)]
        regions = ",".join(world.organization.regions[:2])
        capsys.readouterr()
        done = main(["probe", *asked, "--external-id", world.organization.external_id, "--regions", regions,
                     "--format", "json", *options])  # fmt: skip
        out = capsys.readouterr().out
        changing = [call.name for call in world.log.calls[before:] if not call.operation.startswith(READS)]
        assert changing == [], "a probe only reads"
        document: dict[str, Any] = json.loads(out)
        by_fact = {one["fact"]: one for one in document["beliefs"]}
        assert done == (3 if any(one["outcome"] == DIFFERS or one["failed"] for one in by_fact.values()) else 0)
        return document | {"beliefs": by_fact}

    return run


Probe = Callable[..., dict[str, Any]]


def differing(document: dict[str, Any]) -> set[str]:
    return {fact for fact, one in document["beliefs"].items() if one["outcome"] == DIFFERS}


@pytest.mark.parametrize(("world", "contradicted"), [("default", set()), ("kinds", {"D1.20", "D1.25", "D13.6"})])
def test_the_beliefs_hold_in_the_simulation(
    laptop: Laptop, probe: Probe, world: str, contradicted: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or have nothing to be seen by. The second world has a field that no one knows and mute endpoints, on purpose."""
    monkeypatch.setattr(place, "MOST_DESCRIBED", 1000)  # Which of them are the oldest is a matter of milliseconds.
    laptop.open(world)
    found = probe()
    assert differing(found) == contradicted
    assert len([one for one in found["beliefs"].values() if one["outcome"] == HOLDS]) >= 15


def test_it_names_no_one(laptop: Laptop, probe: Probe) -> None:
    """The result may be sent to others: no account, no endpoint, no tag."""
    world = laptop.open("default")
    world.fault(service="sagemaker", operation="DescribeEndpoint", code="AccessDeniedException", status=403)
    text = json.dumps(probe())
    names = {name for _, _, name in world.endpoints()} | {one.id for one in world.organization.accounts}
    assert [name for name in names if name in text] == []


def rewritten(operation: str, change: Callable[[dict[str, Any]], None]) -> Callable[[World], object]:
    def rewrite(reply: Reply) -> Reply:
        body = json.loads(reply.body)
        if reply.status == 200:
            change(body)
        return replace(reply, body=json.dumps(body).encode())

    return lambda world: world.fault(operation=operation, rewrite=rewrite)


def refusing(operation: str, code: str, resource: str = "*") -> Callable[[World], object]:
    return lambda world: world.fault(operation=operation, code=code, resource=resource)


def newest_first(body: dict[str, Any]) -> None:
    body["Endpoints"] = body["Endpoints"][::-1]


def without_states(body: dict[str, Any]) -> None:
    for row in body["Accounts"]:
        del row["State"]


LIES: dict[str, Callable[[World], object]] = {
    "D0.1": rewritten("ListAccounts", without_states),
    "D0.2": lambda world: world.switch("paths", on=False),
    "D2.1": rewritten("ListEndpoints", newest_first),
    "D2.8": rewritten("ListEndpoints", lambda body: body["Endpoints"][0].update(EndpointStatus="Resting")),
    "D3.2": refusing("DescribeEndpoint", "ResourceNotFound", "endpoint-sweep-probe-*"),
    "D6.3": rewritten("ListRegions", lambda body: body["Regions"].pop()),
    "D8.1": lambda world: world.set_price("ml.m5.xlarge", "9.9900000000"),
    "D13.6": rewritten("DescribeEndpoint", lambda body: body.update(Standby={"Role": "failover"})),
    "D13.31": refusing("GetEndpointPolicy", "ResourceNotFound"),
    "D13.32": refusing("ListInferenceRouters", "ResourceNotFound"),
}


@pytest.mark.parametrize("fact", LIES)
def test_a_lie_is_named(laptop: Laptop, probe: Probe, fact: str) -> None:
    """And no other belief is taken for one."""
    LIES[fact](laptop.open("default"))
    assert differing(probe()) == {fact}


def test_silence_without_zeros_is_named(laptop: Laptop, probe: Probe) -> None:
    """D1.25 and D13.2 are told apart: nothing at all is as good as zeros, if it is known."""
    laptop.open(replace(build("default"), silence="nothing"))
    assert differing(probe()) == {"D1.25"}


def test_metrics_that_lie_are_named(laptop: Laptop, probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudWatch in units and a memory of its own."""
    laptop.open("default")
    whole = cloudwatch._series
    monkeypatch.setattr(cloudwatch, "_series", lambda cell, key, _: whole(cell, key, None))
    assert differing(probe()) == {"D1.24"}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_what_is_refused_is_not_told(laptop: Laptop, probe: Probe, code: str) -> None:
    """It refutes nothing, and the others are told all the same."""
    world = laptop.open("default")
    world.fault(operation="ListInferenceRouters", code=code, status=403 if "Access" in code else 400)
    found = probe()["beliefs"]
    assert (found["D13.32"]["outcome"], found["D3.2"]["outcome"]) == (UNKNOWN, HOLDS)
    assert code in found["D13.32"]["notes"][0]


def test_a_closed_account_hides_no_other(laptop: Laptop, probe: Probe) -> None:
    """Its beliefs are not read there, by the code; what the others show counts."""
    world = laptop.open("default")
    world.set_roles(member(world)[0], [])
    found = probe()["beliefs"]
    assert (found["D3.2"]["outcome"], found["D3.2"]["of"]) == (HOLDS, 4)
    assert found["D3.2"]["notes"] == ["not read: AccessDenied (2 times)"]


def test_an_answer_of_another_shape_hides_no_other(laptop: Laptop, probe: Probe) -> None:
    laptop.open("default").fault(operation="ListAccounts", rewrite=lambda reply: replace(reply, body=b"[]"))
    found = probe()["beliefs"]
    assert (found["D0.1"]["outcome"], found["D3.2"]["outcome"]) == (UNKNOWN, HOLDS)


def test_a_table_for_people(laptop: Laptop, capsys: pytest.CaptureFixture[str]) -> None:
    world = laptop.open("default")
    [account] = member(world)
    external = world.organization.external_id
    main(["probe", "--account", account, "--external-id", external, "--regions", world.organization.regions[0]])
    told = capsys.readouterr()
    assert "Running instances leave samples of their CPU" in told.out
    assert "0 do not" in told.out
    assert told.err == "1 of 1 account-region pairs\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--account", "12"], "--account must be a 12-digit account id"),
        (["--regions", "us-esat-1"], "us-east-1"),
        (["--output", "/no/such/folder/file"], "the folder /no/such/folder does not exist"),
    ],
)
def test_bad_usage(laptop: Laptop, capsys: pytest.CaptureFixture[str], options: list[str], words: str) -> None:
    """The option and the fix are named."""
    laptop.open("default")
    assert main(["probe", *options]) == 2
    assert words in capsys.readouterr().err


def test_a_file(laptop: Laptop, probe: Probe, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world = laptop.open("default")
    [account] = member(world)
    target = tmp_path / "probe.json"
    main(["probe", "--account", account, "--external-id", world.organization.external_id, "--format", "json",
          "--output", str(target)])  # fmt: skip
    assert len(json.loads(target.read_text())["beliefs"]) > len(BELIEFS)
