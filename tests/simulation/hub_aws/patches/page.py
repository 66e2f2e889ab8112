"""What MiniStack's REST APIs get wrong."""

from typing import Any

from ministack.services import apigateway_v1

ANY_METHOD = "x-amazon-apigateway-any-method"


def import_any_method() -> None:
    """Stock ignores the ANY method of an OpenAPI body, so every request to it is refused."""
    import_operation = apigateway_v1._import_operation

    def import_any(api_id: str, resource_id: str, method: str, *more: Any) -> None:
        import_operation(api_id, resource_id, "ANY" if method.lower() == ANY_METHOD else method, *more)

    apigateway_v1._OPENAPI_HTTP_METHODS.add(ANY_METHOD)
    apigateway_v1._import_operation = import_any
