"""What was caught, in words: from a function, from Step Functions itself, from someone who made it up."""

import pytest

from endpoint_sweep.steps.caught_errors import explain
from endpoint_sweep.steps.contracts import CaughtError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            {"Error": "RoleDenied", "Cause": '{"errorType": "RoleDenied", "errorMessage": "no such role"}'},
            ("RoleDenied", "no such role"),
        ),
        ({"Error": "States.Timeout", "Cause": "no answer"}, ("States.Timeout", "no answer")),
        ({"Error": "States.Timeout"}, ("States.Timeout", "")),
        ({"Error": "MadeUp", "Cause": '{"errorType": "x"}'}, ("x", "")),
        ({"Error": "MadeUp", "Cause": "{}"}, ("MadeUp", "")),
        ({"Error": "MadeUp", "Cause": '["no", "object"]'}, ("MadeUp", '["no", "object"]')),
        ({}, ("", "")),
    ],
    ids=["of a function", "a text", "no cause", "no message", "empty", "a list", "nothing"],
)
def test_an_error_in_words(error: CaughtError, expected: tuple[str, str]) -> None:
    """Name and message; what is missing is empty."""
    assert explain(error) == expected
