"""What MiniStack's REST APIs get wrong."""

import contextvars
from typing import Any

from ministack.services import apigateway_v1

ANY_METHOD = "x-amazon-apigateway-any-method"
base_path: contextvars.ContextVar[str] = contextvars.ContextVar("base_path", default="")


def import_any_method() -> None:
    """Stock ignores the ANY method of an OpenAPI body, so every request to it is refused."""
    import_operation = apigateway_v1._import_operation

    def import_any(api_id: str, resource_id: str, method: str, *more: Any) -> None:
        import_operation(api_id, resource_id, "ANY" if method.lower() == ANY_METHOD else method, *more)

    apigateway_v1._OPENAPI_HTTP_METHODS.add(ANY_METHOD)
    apigateway_v1._import_operation = import_any


def keep_base_paths() -> None:
    """Stock takes the base path of a custom domain's mapping out of the event's paths (D13.50)."""
    build_event = apigateway_v1._build_lambda_event_v1

    def build_with_base_path(*given: Any, **more: Any) -> dict[str, Any]:
        event: dict[str, Any] = build_event(*given, **more)
        if base_path.get():
            event["path"] = event["requestContext"]["path"] = base_path.get() + event["path"]
        return event

    apigateway_v1._build_lambda_event_v1 = build_with_base_path
