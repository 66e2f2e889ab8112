"""What MiniStack gets wrong about reserved concurrency."""

import json
from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

# A new account's: all of it must stay unreserved (D13.8).
LIMIT = 10
UNRESERVED = 10


def tell_the_limit() -> None:
    """Stock tells a limit that depends on the memory of this machine."""
    answer = lambda_svc._get_account_settings

    def get_account_settings() -> Any:
        status, headers, body = answer()
        said = json.loads(body)
        reserved = sum(lambda_svc._functions[one].get("concurrency") or 0 for one in list(lambda_svc._functions.keys()))
        said["AccountLimit"] |= {
            "ConcurrentExecutions": LIMIT,
            "UnreservedConcurrentExecutions": LIMIT - reserved,
        }
        return status, headers, json.dumps(said).encode()

    lambda_svc._get_account_settings = get_account_settings


def refuse_what_does_not_fit() -> None:
    """Stock reserves without a limit, and does not read the property in a template."""
    put = lambda_svc._put_function_concurrency

    def put_function_concurrency(name: str, data: dict[str, Any]) -> Any:
        others = (lambda_svc._functions[one].get("concurrency") or 0 for one in list(lambda_svc._functions.keys()))
        reserved = sum(others) - (lambda_svc._functions.get(name, {}).get("concurrency") or 0)
        if LIMIT - reserved - data.get("ReservedConcurrentExecutions", 0) < UNRESERVED:
            message = (
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED}]."
            )
            return lambda_svc.error_response_json("InvalidParameterValueException", message, 400)
        return put(name, data)

    lambda_svc._put_function_concurrency = put_function_concurrency
    handler = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = handler["create"], handler["update"]

    def reserve(physical_id: str, properties: dict[str, Any]) -> None:
        wanted = properties.get("ReservedConcurrentExecutions")
        if wanted is None:
            lambda_svc._functions[physical_id]["concurrency"] = None
            return
        status, _, body = lambda_svc._put_function_concurrency(
            physical_id, {"ReservedConcurrentExecutions": int(wanted)}
        )
        if status != 200:
            raise ValueError(json.loads(body)["message"])

    def create_function(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        made = create(logical_id, properties, stack_name)
        reserve(made[0], properties)
        return made

    def update_function(physical_id: str, old: dict[str, Any], new: dict[str, Any], *more: Any, **named: Any) -> Any:
        made = update(physical_id, old, new, *more, **named)
        reserve(made[0], new)
        return made

    handler["create"], handler["update"] = create_function, update_function
