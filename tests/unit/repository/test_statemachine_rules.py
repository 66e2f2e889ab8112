"""The state machine's definition: a linter's opinion, ours, and proof that each rule notices what it is for."""

import copy
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import ROOT, Template
from tests.unit.repository import statemachine_rules as rules
from tests.unit.repository.statemachine_rules import Definition, Rule, State

DEFINITION = ROOT / "statemachine" / "sweep.asl.json"
VALIDATOR = ROOT / "node_modules" / "asl-validator" / "dist" / "bin" / "asl-validator.js"


@pytest.fixture(scope="module")
def text() -> str:
    return DEFINITION.read_text()


@pytest.fixture
def definition(text: str) -> Definition:
    return rules.parse(text)


@pytest.fixture(scope="module")
def template() -> Template:
    return cloudformation.load(cloudformation.HUB_TEMPLATE)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_definition_keeps_our_rules(rule: Rule, definition: Definition) -> None:
    """The definition has no complaint of any rule."""
    assert rule(definition) == []


def lint(definition: Definition, folder: Path) -> subprocess.CompletedProcess[str]:
    assert VALIDATOR.exists(), "asl-validator is not installed: make setup"
    path = folder / "definition.json"
    path.write_text(json.dumps(definition))
    node = Path(sys.executable).parent / "node"
    return subprocess.run([node, VALIDATOR, "--json-path", path], capture_output=True, text=True, check=False)


def test_linter_accepts_the_definition(definition: Definition, tmp_path: Path) -> None:
    """asl-validator finds nothing."""
    done = lint(definition, tmp_path)
    assert done.returncode == 0, done.stderr


def test_linter_notices_a_broken_definition(definition: Definition, tmp_path: Path) -> None:
    """asl-validator is really asked: a transition into nowhere fails."""
    definition["StartAt"] = "Nowhere"
    assert "Nowhere" in lint(definition, tmp_path).stderr


def first(definition: Definition, kind: str) -> State:
    return next(state for _, state in rules.states(definition) if state["Type"] == kind)


def first_lambda(definition: Definition) -> State:
    return next(state for _, state in rules.tasks(definition) if rules.invoked(state) and "TimeoutSeconds" in state)


def first_distributed(definition: Definition) -> State:
    maps = (state for _, state in rules.states(definition) if state.get("Type") == "Map")
    return next(state for state in maps if state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED")


def rename_first(definition: Definition, kind: str, new_name: str) -> None:
    for machine in rules.machines(definition):
        for name, state in machine.states.items():
            if state["Type"] == kind:
                machine.states[new_name] = machine.states.pop(name)
                return


def unlimited(definition: Definition) -> None:
    for field in ("MaxConcurrency", "MaxConcurrencyPath"):
        first_distributed(definition).pop(field, None)


def orphan(definition: Definition) -> None:
    definition["States"]["Lonely"] = {"Type": "Pass", "Comment": "nothing leads here", "End": True}


def endless(definition: Definition) -> None:
    for state in definition["States"].values():
        if state.get("End"):
            del state["End"]
            state["Next"] = definition["StartAt"]
        elif state["Type"] in {"Succeed", "Fail"}:
            state.update(Type="Pass", Next=definition["StartAt"])


CATCH_ALL_FIRST = [
    {"ErrorEquals": ["States.ALL"], "Next": "Anywhere"},
    {"ErrorEquals": ["States.Timeout"], "Next": "Anywhere"},
]
RETRY_OF_OUR_ERROR = [{"ErrorEquals": ["PlanChanged"], "JitterStrategy": "FULL", "MaxDelaySeconds": 9}]

DEFECTS: list[tuple[Rule, Callable[[Definition], Any], str]] = [
    (rules.comment_everywhere, lambda d: d.pop("Comment"), "no Comment"),
    (rules.comment_everywhere, lambda d: first(d, "Choice").pop("Comment"), "no Comment"),
    (rules.timeout_on_every_task, lambda d: first_lambda(d).pop("TimeoutSeconds"), "no timeout"),
    (rules.names_read_well, lambda d: rename_first(d, "Task", "ScanCell"), "ScanCell: not in sentence case"),
    (rules.names_read_well, lambda d: rename_first(d, "Task", "scan it"), "scan it: not in sentence case"),
    (rules.names_read_well, lambda d: rename_first(d, "Choice", "Decide"), "Decide: a choice is a question"),
    (rules.names_read_well, lambda d: rename_first(d, "Task", "Why not?"), "Why not?: a choice is a question"),
    (rules.names_read_well, lambda d: rename_first(d, "Task", "Long " * 17), "longer than 80"),
    (rules.portable_dialect, lambda d: d.update(QueryLanguage="JSONata"), "QueryLanguage"),
    (rules.portable_dialect, lambda d: first_lambda(d).update(Assign={"x": 1}), "Assign"),
    (rules.portable_dialect, lambda d: first_lambda(d).update(InputPath="$cells"), "reads a variable"),
    (rules.portable_dialect, lambda d: first_lambda(d).update(Parameters={"a.$": "$.l[?(@.s)]"}), "filters"),
    (rules.portable_dialect, lambda d: first_lambda(d).update(Credentials={}), "Credentials"),
    (rules.portable_dialect, lambda d: first_distributed(d).update(ItemBatcher={}), "ItemBatcher"),
    (
        rules.portable_dialect,
        lambda d: first_distributed(d).update(ItemReader={"ReaderConfig": {"InputType": "JSONL"}}),
        "ItemReader",
    ),
    (rules.one_retry_block, lambda d: first_lambda(d).pop("Retry"), "no Retry"),
    (rules.one_retry_block, lambda d: first_lambda(d)["Retry"][0].update(MaxAttempts=77), "another Retry"),
    (rules.one_retry_block, lambda d: first_lambda(d)["Retry"][0].pop("JitterStrategy"), "full jitter"),
    (rules.one_retry_block, lambda d: first_lambda(d).update(Retry=RETRY_OF_OUR_ERROR), "retries PlanChanged"),
    (rules.catch_all_stands_last, lambda d: first_lambda(d).update(Catch=CATCH_ALL_FIRST), "last in Catch"),
    (
        rules.catch_all_stands_last,
        lambda d: first_lambda(d).update(Retry=[{"ErrorEquals": ["States.ALL", "States.Timeout"]}]),
        "last in Retry",
    ),
    (
        rules.distributed_maps,
        lambda d: first_distributed(d)["ItemProcessor"]["ProcessorConfig"].update(ExecutionType="EXPRESS"),
        "not STANDARD",
    ),
    (rules.distributed_maps, lambda d: first_distributed(d).update(ToleratedFailurePercentage=100), "float"),
    (rules.distributed_maps, unlimited, "no MaxConcurrency"),
    (
        rules.known_integrations,
        lambda d: first_lambda(d).update(Resource="arn:aws:states:::lamda:invoke"),
        "no integration",
    ),
    (
        rules.known_integrations,
        lambda d: first_lambda(d).update(Resource="arn:aws:states:::aws-sdk:sagemaker:delEndpoint"),
        "sagemaker has no action delEndpoint",
    ),
    (
        rules.known_integrations,
        lambda d: first_lambda(d).update(Resource="arn:aws:states:::aws-sdk:sagemakr:deleteEndpoint"),
        "no service sagemakr",
    ),
    (rules.everything_is_reachable, lambda d: d.update(StartAt="Nowhere"), "Nowhere: a transition leads there"),
    (rules.everything_is_reachable, orphan, "Lonely: nothing leads there"),
    (rules.everything_is_reachable, endless, "no state ends it"),
]


@pytest.mark.parametrize(
    ("rule", "spoil", "complaint"), DEFECTS, ids=[f"{rule.__name__}: {complaint}" for rule, _, complaint in DEFECTS]
)
def test_rule_notices_its_defect(
    definition: Definition, rule: Rule, spoil: Callable[[Definition], Any], complaint: str
) -> None:
    """A defect put into a copy of the definition is named by the rule that is there for it."""
    spoiled = copy.deepcopy(definition)
    spoil(spoiled)
    assert any(complaint in found for found in rule(spoiled)), rule(spoiled)


def substitutions(template: Template) -> dict[str, Any]:
    machine = next(iter(cloudformation.resources(template, "AWS::Serverless::StateMachine").values()))
    return dict(machine["DefinitionSubstitutions"])


def unmatched_substitutions(text: str, template: Template) -> set[str]:
    return set(re.findall(r"\$\{(\w+)\}", text)) ^ set(substitutions(template))


def test_every_substitution_is_given_and_used(text: str, template: Template) -> None:
    """`${Name}` in the definition and DefinitionSubstitutions in the template are the same names."""
    assert unmatched_substitutions(text, template) == set()
    assert unmatched_substitutions(text + "${Unheard}", template) == {"Unheard"}


def misnamed_steps(definition: Definition, template: Template) -> list[str]:
    """One word in four places: state, folder, logical id, use case."""
    found = []
    functions = cloudformation.resources(template, "AWS::Serverless::Function")
    known = substitutions(template)
    for name, state in rules.tasks(definition):
        step, logical_id = rules.slug(name), rules.logical_id(name)
        if Path(functions.get(logical_id, {}).get("CodeUri", "")) != Path("functions", step):
            found.append(f"{name}: template.yaml has no {logical_id} with CodeUri functions/{step}")
        if not (ROOT / "functions" / step / "app.py").is_file():
            found.append(f"{name}: there is no functions/{step}/app.py")
        function = rules.invoked(state) or ""
        if logical_id not in json.dumps(known.get(function, "")):
            found.append(f"{name}: it invokes {function}, not {logical_id}")
        try:
            module = importlib.import_module(f"endpoint_sweep.steps.{step}")
        except ModuleNotFoundError:
            found.append(f"{name}: there is no endpoint_sweep.steps.{step}")
        else:
            if not callable(getattr(module, step, None)):
                found.append(f"{name}: endpoint_sweep.steps.{step} has no function {step}")
    return found


def test_one_word_in_four_places(definition: Definition, template: Template) -> None:
    """A state's name leads to its folder, its logical id and its use case."""
    assert misnamed_steps(definition, template) == []


def test_a_renamed_state_is_noticed(definition: Definition, template: Template) -> None:
    """The rule of four places complains in all four when a state is renamed alone."""
    rename_first(definition, "Task", "Ponder")
    complaints = "\n".join(misnamed_steps(definition, template))
    for expected in ("no PonderFunction", "functions/ponder/app.py", "not PonderFunction", "steps.ponder"):
        assert expected in complaints


def test_every_function_folder_is_deployed(template: Template) -> None:
    """No folder under functions/ is dead, and none is missing."""
    functions = cloudformation.resources(template, "AWS::Serverless::Function")
    deployed = {Path(properties["CodeUri"]) for properties in functions.values()}
    folders = {path.parent.relative_to(ROOT) for path in ROOT.glob("functions/*/app.py")}
    assert deployed == folders
