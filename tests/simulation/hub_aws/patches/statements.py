"""Which statement of a policy alone allowed a call: without that statement, the call would have been refused."""

from typing import Any

from ministack.core import iam_evaluator

# (role, Sid) -> the first call that nothing else allowed, as (action, resource)
_decisive: dict[tuple[str, str], tuple[str, str]] = {}


def decisive() -> list[tuple[str, str, str, str]]:
    """(role, Sid, action, resource) of the first call that each statement alone allowed."""
    return sorted((*statement, *call) for statement, call in _decisive.items())


def note_decisive_statements() -> None:
    """AWS says nowhere which statement a call needed. This notes it for the calls of assumed roles."""
    judge = iam_evaluator.evaluate

    def evaluate(ctx: Any, policies: list[Any], *limits: list[Any]) -> Any:
        judged = judge(ctx, policies, *limits)
        if judged.decision == "Allow" and ctx.principal_type == "AssumedRole":
            statements = [one for policy in policies for one in policy]
            allowing = [one for one in statements if iam_evaluator._first_match(ctx, [one], "Allow")]
            if len(allowing) == 1 and allowing[0].sid:
                role = iam_evaluator._role_name_from_assumed_arn(ctx.principal_arn)
                _decisive.setdefault((role, allowing[0].sid), (ctx.action, ctx.resource_arn))
        return judged

    iam_evaluator.evaluate = evaluate
