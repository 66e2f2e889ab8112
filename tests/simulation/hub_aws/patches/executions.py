"""What MiniStack's Step Functions gets wrong."""

import contextvars
import json
import threading
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions, iam_evaluator, responses
from ministack.services import lambda_svc
from ministack.services import stepfunctions as sfn

from tests.simulation.hub_aws import hearing

RecordInvocation = Callable[[str, str, str, int], None]  # caller ARN, function ARN, decision, status

_execution: contextvars.ContextVar[str] = contextvars.ContextVar("execution", default="")
_spent_tokens: set[str] = set()


class ExecutionClosedError(Exception):
    """The execution was stopped or timed out: no Retry or Catch of it may run."""


def honour_timeout_paths() -> None:
    """Stock ignores `TimeoutSecondsPath`: a task with it waits for 27 hours."""
    execute = sfn._execute_task

    def execute_task(state: dict[str, Any], raw_input: Any, execution: Any, ctx: Any) -> Any:
        _refuse_if_closed()
        if "TimeoutSecondsPath" in state:
            effective = sfn._apply_input_path(state, raw_input, ctx)
            seconds = sfn._resolve_path_or_ctx(state["TimeoutSecondsPath"], effective, ctx)
            if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 1:
                raise sfn._ExecutionError("States.Runtime", f"TimeoutSecondsPath gave {seconds!r}, not an integer > 0")
            state = {**state, "TimeoutSeconds": seconds}
        return execute(state, raw_input, execution, ctx)

    sfn._execute_task = execute_task


def close_executions() -> None:
    """Stock ignores the machine's `TimeoutSeconds`, lets a stopped execution start tasks, and overwrites ABORTED."""
    run, stop, fail = sfn._run_execution, sfn._stop_execution, sfn._fail_execution

    def run_execution(arn: str) -> None:
        _execution.set(arn)
        machine = sfn._state_machines.get(sfn._executions.get(arn)["stateMachineArn"]) or {}
        seconds = json.loads(machine.get("definition", "{}")).get("TimeoutSeconds")
        timer = threading.Timer(seconds, contextvars.copy_context().run, (time_out, arn)) if seconds else None
        if timer:
            timer.daemon = True
            timer.start()
        try:
            run(arn)
        finally:
            if timer:
                timer.cancel()

    def time_out(arn: str) -> None:
        execution = sfn._executions.get(arn)
        if execution["status"] == "RUNNING":
            execution.update(status="TIMED_OUT", stopDate=sfn.now_iso())
            sfn._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
            _wake(arn)
            sfn._emit_execution_status_event(execution)

    def stop_execution(data: dict[str, Any]) -> Any:
        answer = stop(data)
        _wake(data.get("executionArn", ""))
        return answer

    def fail_execution(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    sfn._run_execution, sfn._stop_execution, sfn._fail_execution = run_execution, stop_execution, fail_execution


def _refuse_if_closed() -> None:
    execution = sfn._executions.get(_execution.get()) if _execution.get() else None
    if execution and execution["status"] != "RUNNING":
        raise ExecutionClosedError(execution["executionArn"])


def _wake(arn: str) -> None:
    execution = sfn._executions.get(arn)
    if execution is None or execution["status"] == "RUNNING":
        return
    for token, info in list(sfn._task_tokens.items()):
        if info.get("execution") == arn:
            _spent_tokens.add(token)
            sfn._task_tokens.pop(token, None)
            info["event"].set()


def answer_tokens_like_aws() -> None:
    """Stock swallows the failure of a token task's function, and answers 200 for the token of a stopped task.

    AWS fails the task at once, and answers TaskTimedOut for a token whose task is closed, InvalidToken for garbage.
    """
    stock = sfn._invoke_with_callback

    def invoke_with_callback(resource: str, params: Any, token: str, state: dict[str, Any]) -> Any:
        if "states:::lambda:invoke" not in resource:
            return stock(resource, params, token, state)
        function = sfn._resolve_lambda_function_ref(params.get("FunctionName", ""), optimized=True)
        info: dict[str, Any] = {"event": threading.Event(), "result": None, "error": None, "heartbeat": None}
        info["execution"] = _execution.get()
        hearing.token(token)
        _spent_tokens.discard(token)  # Stock keeps one token for all attempts of a Retry.
        sfn._task_tokens[token] = info
        try:
            sfn._call_lambda(function, params.get("Payload"))
            if not info["event"].wait(state.get("TimeoutSeconds", 99_999)):
                raise sfn._ExecutionError("States.Timeout", "Task timed out waiting for callback")
        finally:
            _spent_tokens.add(token)
            sfn._task_tokens.pop(token, None)
        _refuse_if_closed()
        if error := info["error"]:
            raise sfn._ExecutionError(error["Error"], error["Cause"])
        return json.loads(info["result"])

    def answering(handler: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
        def answer(data: dict[str, Any]) -> Any:
            info = sfn._task_tokens.get(data.get("taskToken"))
            if data.get("taskToken") in _spent_tokens or (info and info["event"].is_set()):
                message = "Task Timed Out: 'Provided task does not exist anymore'"
                return responses.error_response_json("TaskTimedOut", message, 400)
            if info is None:
                return responses.error_response_json("InvalidToken", "Invalid Token: 'Invalid token'", 400)
            return handler(data)

        return answer

    sfn._invoke_with_callback = invoke_with_callback
    for name in ("_send_task_success", "_send_task_failure", "_send_task_heartbeat"):
        setattr(sfn, name, answering(getattr(sfn, name)))


def enforce_state_machine_roles(record_invocation: RecordInvocation) -> None:
    """Stock lets a state machine whose role has no policy invoke functions, read items and start children."""
    call, read_items, run_map = sfn._call_lambda, sfn._read_map_items, sfn._run_distributed_map

    def call_lambda(function_ref: str, event: Any) -> Any:
        _refuse_if_closed()
        _, config, name = lambda_svc._get_func_record_for_ref(function_ref)
        function_arn, role_arn = (config or {}).get("FunctionArn", name), _role_of_the_machine()
        if not _may(role_arn, "lambda:InvokeFunction", function_arn):
            record_invocation(role_arn, function_arn, "refused", 403)
            raise _denied("Lambda.AWSLambdaException", role_arn, "lambda:InvokeFunction", function_arn)
        record_invocation(role_arn, function_arn, "allowed", 200)  # A function's own error is an answer, too.
        return call(function_ref, event)

    def read_map_items(reader: dict[str, Any], effective: Any, ctx: Any) -> Any:
        where = sfn._resolve_params_obj(reader.get("Parameters") or {}, effective, ctx)
        item_list, role_arn = f"arn:aws:s3:::{where.get('Bucket')}/{where.get('Key')}", _role_of_the_machine()
        if reader.get("Resource", "").endswith(":s3:getObject") and not _may(role_arn, "s3:GetObject", item_list):
            raise _denied("States.ItemReaderFailed", role_arn, "s3:GetObject", item_list)
        return read_items(reader, effective, ctx)

    def run_distributed_map(*arguments: Any) -> Any:
        machine, role_arn = _machine_arn(), _role_of_the_machine()
        if not _may(role_arn, "states:StartExecution", machine):
            raise _denied("States.Runtime", role_arn, "states:StartExecution", machine)
        return run_map(*arguments)

    sfn._call_lambda, sfn._read_map_items, sfn._run_distributed_map = call_lambda, read_map_items, run_distributed_map


def _machine_arn() -> str:
    execution = sfn._executions.get(_execution.get()) or {}
    return str(execution.get("stateMachineArn", ""))


def _role_of_the_machine() -> str:
    """Its ARN; empty for a synchronous run, whose execution is not kept."""
    return str((sfn._state_machines.get(_machine_arn()) or {}).get("roleArn", ""))


def _may(role_arn: str, action: str, resource: str) -> bool:
    if not role_arn:
        return True
    account = role_arn.split(":")[4]
    policies = iam_evaluator._gather_role_policies(role_arn.rpartition("/")[2], account)
    context = iam_evaluator.EvalContext(role_arn, "AssumedRole", account, action, resource, sfn.get_region())
    return bool(iam_evaluator.evaluate(context, policies).decision == "Allow")


def _denied(error: str, role_arn: str, action: str, resource: str) -> Exception:
    cause = iam_actions.identity_denial_message(action, role_arn, resource, False)
    refusal: Exception = sfn._ExecutionError(error, cause)
    return refusal
