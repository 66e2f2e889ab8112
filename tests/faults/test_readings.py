"""What a sweep reads besides the endpoints is really asked in the drawn worlds, so a strike on it strikes."""

from dataclasses import replace

from tests.faults.case import draw
from tests.faults.readings import CALLS, OFF_SOMEWHERE
from tests.faults.test_sample import SAMPLE
from tests.judging.opening import opened


def test_each_call_is_made_and_each_is_struck() -> None:
    """In a world of the sample that has everything; every call of the list is struck in some case of the sample."""
    cases = [draw(seed) for seed in SAMPLE]
    struck = {(one.service, one.operation, one.resource) for case in cases for one in case.strikes}
    assert set(CALLS) - struck == set()
    assert {one.how for case in cases for one in case.strikes} >= {"late", "garbage", "before", "after"}
    case = next(
        case
        for case in cases
        if case.world.routers
        and case.world.cost_role
        and OFF_SOMEWHERE in case.world.regions
        and any(spec.experiments for spec in case.world.endpoints)
    )
    world = replace(
        case.world,
        endpoints=tuple(replace(spec, experiment_status="Running") for spec in case.world.endpoints),
        accounts=tuple(
            replace(one, has_scan_role=one.id != case.world.management_account, has_act_role=True, optimizer=True)
            for one in case.world.accounts
        ),
    )
    with opened(world, MinCoveragePercent="20") as stage:
        sweep = stage.start()
        stage.links(sweep)
        log = stage.world.log
        missing = [
            (service, operation, resource)
            for service, operation, resource in CALLS
            if not log.find(service=service, operation=operation, resource=resource)
        ]
        stage.stop(sweep)
    assert missing == []
