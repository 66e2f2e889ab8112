"""The kinds of endpoints."""

from enum import StrEnum


class Kind(StrEnum):
    """How an endpoint serves, by the order of D1.36. What is not surely known is `unknown` and never offered."""

    REAL_TIME = "real-time"
    INFERENCE_COMPONENTS = "inference-components"
    SERVERLESS = "serverless"
    SERVERLESS_PROVISIONED = "serverless-provisioned"
    ASYNCHRONOUS = "asynchronous"
    UNKNOWN = "unknown"
