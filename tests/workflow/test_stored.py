"""Everything that whole sweeps leave behind is in the table of docs/safety.md, with what proves it."""

from tests.judging.stage import ADA, GRACE, Stage
from tests.unit.repository.stored import kinds

# What these sweeps have no cause to write.
ELSEWHERE = {"Inference components sent for deletion", "Why a sweep failed"}


def places(stage: Stage) -> set[str]:
    rows = {f"{item['pk']['S']} {item['sk']['S']}" for item in stage.hub.items()}
    lists = {value for name, value in stage.hub.environment().items() if name.endswith("_PARAMETER")}
    return rows | lists | {name.partition("@")[0] for name in stage.objects()}


def test_nothing_is_stored_that_the_table_does_not_tell(stage: Stage) -> None:
    """After three sweeps, one of them kept, one stopped while it waited, one that deletes and snoozes: whatever lies
    there is exactly one kind of the table, and every kind is there.
    """
    keeping = stage.start()
    assert stage.decide(stage.links(keeping)[GRACE]).status == 303
    stage.end(keeping)
    stopped = stage.start()
    stage.links(stopped)
    found = places(stage)
    stage.stop(stopped)
    deleting = stage.start()
    assert stage.decide(stage.links(deleting)[ADA], "resnet-demo", snoozes={"churn-poc": 7}).status == 303
    stage.end(deleting)
    told = {place: [kind.what for kind in kinds() if kind.holds(place)] for place in found | places(stage)}
    assert {place: names for place, names in told.items() if len(names) != 1} == {}
    assert {kind.what for kind in kinds()} - {name for names in told.values() for name in names} == ELSEWHERE
