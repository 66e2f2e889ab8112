"""What no linter says about the state machine. Each rule takes a definition and answers with its complaints.

The dialect is what AWS and both local engines run unmodified: JSONPath without variables, STANDARD children.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore import xform_name

type State = dict[str, Any]
type Definition = dict[str, Any]
type Rule = Callable[[Definition], list[str]]

# What Lambda itself says when trying again may help; anything else is our own error and means something.
TRANSIENT = {
    "Lambda.ClientExecutionTimeoutException",
    "ListUnreadable",  # a list of the stack, which is read again
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
SMALLER_RETRY = {"Apply decision"}  # an earlier try may have deleted already: a lost answer is looked after instead
FUNCTION_ARN = "arn:aws:lambda:us-east-1:111111111111:function:"
CALLBACK = "arn:aws:states:::lambda:invoke.waitForTaskToken"
READERS = {"arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2"}
UNSUPPORTED = {  # field: why
    "QueryLanguage": "JSONata runs on no local engine in full",
    "Assign": "variables are null in one engine and an error in the other",
    "Arguments": "JSONata only",
    "Output": "JSONata only",
    "Credentials": "both engines ignore it; functions assume roles themselves",
    "ItemBatcher": "one engine ignores it, the other refuses it",
    "ResultWriter": "neither engine writes its files; children write their own results",
}
PROPER_NOUNS = {"AWS", "S3"}


@dataclass(frozen=True)
class Machine:
    """One `States` block: the top, a Map's processor or a Parallel's branch."""

    start: str
    states: dict[str, State]


def parse(text: str) -> Definition:
    """The file with something in place of each `${Name}`: a function's ARN ends with that name, a number is 60."""
    text = re.sub(r"\$\{(\w+Arn)\}", rf"{FUNCTION_ARN}\1", text.replace("${Partition}", "aws"))
    definition = json.loads(re.sub(r"(:\s*)\$\{\w+\}(?=\s*[,}\]])", r"\g<1>60", text))
    assert isinstance(definition, dict)
    return definition


def machines(block: Definition) -> Iterator[Machine]:
    yield Machine(block.get("StartAt", ""), block.get("States", {}))
    for state in block.get("States", {}).values():
        for inner in [state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", [])]:
            if inner:
                yield from machines(inner)


def states(definition: Definition) -> Iterator[tuple[str, State]]:
    for machine in machines(definition):
        yield from machine.states.items()


def tasks(definition: Definition) -> Iterator[tuple[str, State]]:
    return ((name, state) for name, state in states(definition) if state.get("Type") == "Task")


def invoked(state: State) -> str | None:
    """The name in `${...}` that stands for the function, called by its ARN or through the callback pattern."""
    arn = str(state.get("Resource"))
    if arn == CALLBACK:
        arn = str(state.get("Parameters", {}).get("FunctionName"))
    return arn.removeprefix(FUNCTION_ARN) if arn.startswith(FUNCTION_ARN) else None


def slug(name: str) -> str:
    """`Scan cell` -> `scan_cell`: the folder, the module and the use case of a state."""
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def logical_id(name: str) -> str:
    return "".join(word.capitalize() for word in slug(name).split("_")) + "Function"


def comment_everywhere(definition: Definition) -> list[str]:
    blocks = [("the state machine", definition), *states(definition)]
    return [f"{name}: no Comment says why it is there" for name, state in blocks if not state.get("Comment")]


def timeout_on_every_task(definition: Definition) -> list[str]:
    return [
        f"{name}: no timeout, so a lost answer is waited for until the execution ends"
        for name, state in tasks(definition)
        if not (state.get("TimeoutSeconds") or state.get("TimeoutSecondsPath"))
    ]


def names_read_well(definition: Definition) -> list[str]:
    found = []
    names = [name for name, _ in states(definition)]
    found += [f"{name}: two states have this name" for name, count in Counter(names).items() if count > 1]
    for name, state in states(definition):
        words = name.removesuffix("?").split()
        if words[:1] != [word.capitalize() for word in words[:1]] or any(
            word != word.lower() and word not in PROPER_NOUNS for word in words[1:]
        ):
            found.append(f"{name}: not in sentence case")
        if (state.get("Type") == "Choice") != name.endswith("?"):
            found.append(f"{name}: a choice is a question, and nothing else is")
        if len(name) > 80:
            found.append(f"{name}: longer than 80 characters")
    return found


def portable_dialect(definition: Definition) -> list[str]:
    found = []
    for name, state in [("the state machine", definition), *states(definition)]:
        found += [f"{name}: {field}: {why}" for field, why in UNSUPPORTED.items() if field in state]
        for path in _paths(state):
            if re.match(r"\$[A-Za-z_]", path):
                found.append(f"{name}: {path} reads a variable")
            if "?(" in path or ".." in path or "(@" in path or ".length()" in path:
                found.append(f"{name}: {path} filters; one engine answers null")
        if state.get("Type") == "Map":
            reader = state.get("ItemReader", {}).get("ReaderConfig", {})
            if reader.get("InputType") == "JSONL" or "ItemsPointer" in reader:
                found.append(f"{name}: its ItemReader asks for what one engine refuses")
    return found


def _paths(value: Any, key: str = "") -> Iterator[str]:
    """JSONPaths in a state, without the states inside it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in {"ItemProcessor", "Iterator", "Branches", "States"}:
                yield from _paths(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, key)
    elif isinstance(value, str) and (key.endswith((".$", "Path")) or key == "Variable"):
        yield value


def one_retry_block(definition: Definition) -> list[str]:
    """Lambda tasks retry alike, with jitter, for transient errors of Lambda only."""
    found = []
    blocks = {name: state.get("Retry") for name, state in tasks(definition) if invoked(state)}
    ordinary = [json.dumps(block, sort_keys=True) for name, block in blocks.items() if name not in SMALLER_RETRY]
    usual = Counter(ordinary).most_common(1)[0][0] if ordinary else "null"
    for name, block in blocks.items():
        if not block and name not in SMALLER_RETRY:
            found.append(f"{name}: no Retry")
        elif name not in SMALLER_RETRY and json.dumps(block, sort_keys=True) != usual:
            found.append(f"{name}: another Retry than everywhere else")
        for entry in block or []:
            strange = sorted(set(entry.get("ErrorEquals", [])) - TRANSIENT)
            if strange:
                found.append(f"{name}: retries {', '.join(strange)}, which is no transient error of Lambda")
            if entry.get("JitterStrategy") != "FULL" or "MaxDelaySeconds" not in entry:
                found.append(f"{name}: a Retry without full jitter or without a longest delay")
    return found


def catch_all_stands_last(definition: Definition) -> list[str]:
    found = []
    for name, state in states(definition):
        for field in ("Retry", "Catch"):
            entries = [entry.get("ErrorEquals", []) for entry in state.get(field, [])]
            for position, errors in enumerate(entries, 1):
                if "States.ALL" in errors and (position < len(entries) or len(errors) > 1):
                    found.append(f"{name}: States.ALL has to stand alone and last in {field}")
    return found


def distributed_maps(definition: Definition) -> list[str]:
    found = []
    for name, state in states(definition):
        config = state.get("ItemProcessor", {}).get("ProcessorConfig", {})
        if config.get("Mode") != "DISTRIBUTED":
            continue
        if config.get("ExecutionType") != "STANDARD":
            found.append(f"{name}: its children are not STANDARD")
        if not isinstance(state.get("ToleratedFailurePercentage"), float):
            found.append(f"{name}: ToleratedFailurePercentage is not written as a float; one engine refuses it")
        if not (state.get("MaxConcurrency") or state.get("MaxConcurrencyPath")):
            found.append(f"{name}: no MaxConcurrency")
    return found


def known_integrations(definition: Definition) -> list[str]:
    """A task invokes a function of ours, or `aws-sdk:service:action` as botocore's models know it."""
    found = []
    session = botocore.session.get_session()
    for name, state in states(definition):
        if state.get("Type") == "Map" and state.get("ItemReader", {}).get("Resource", "") not in {"", *READERS}:
            found.append(f"{name}: its ItemReader is no integration of ours")
        if state.get("Type") != "Task" or invoked(state):
            continue
        resource = str(state.get("Resource"))
        match = re.fullmatch(r"arn:aws:states:::aws-sdk:(\w+):(\w+?)(\.waitForTaskToken)?", resource)
        if match is None:
            found.append(f"{name}: {resource} is no integration of ours")
            continue
        service, action = match.group(1), match.group(2)
        if service not in session.get_available_services():
            found.append(f"{name}: botocore knows no service {service}")
            continue
        known = {xform_name(operation) for operation in session.get_service_model(service).operation_names}
        if xform_name(action) not in known:
            found.append(f"{name}: {service} has no action {action}")
    return found


def everything_is_reachable(definition: Definition) -> list[str]:
    found = []
    for machine in machines(definition):
        reached: set[str] = set()
        ahead = [machine.start]
        while ahead:
            name = ahead.pop()
            if name in reached:
                continue
            if name not in machine.states:
                found.append(f"{name}: a transition leads there, but it is not in that block")
                continue
            reached.add(name)
            ahead += targets(machine.states[name])
        found += [f"{name}: nothing leads there" for name in machine.states if name not in reached]
        if not any(s.get("End") or s.get("Type") in {"Succeed", "Fail"} for s in machine.states.values()):
            found.append(f"the block of {machine.start}: no state ends it")
    return found


def targets(state: State) -> list[str]:
    ahead = [state["Next"]] if "Next" in state else []
    ahead += [state["Default"]] if "Default" in state else []
    ahead += [entry["Next"] for field in ("Choices", "Catch") for entry in state.get(field, [])]
    return ahead


RULES: tuple[Rule, ...] = (
    comment_everywhere,
    timeout_on_every_task,
    names_read_well,
    portable_dialect,
    one_retry_block,
    catch_all_stands_last,
    distributed_maps,
    known_integrations,
    everything_is_reachable,
)
