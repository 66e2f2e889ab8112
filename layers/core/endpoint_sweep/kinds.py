"""Kinds of endpoints and of outcomes."""

from enum import StrEnum


class Kind(StrEnum):
    """How an endpoint serves, by the order of D1.36. What is not surely known is `unknown` and never offered."""

    REAL_TIME = "real-time"
    INFERENCE_COMPONENTS = "inference-components"
    SERVERLESS = "serverless"
    SERVERLESS_PROVISIONED = "serverless-provisioned"
    ASYNCHRONOUS = "asynchronous"
    UNKNOWN = "unknown"


class OutcomeStatus(StrEnum):
    """How one approved endpoint ended."""

    DELETING = "deleting"
    DELETED = "deleted"
    ALREADY_GONE = "already-gone"
    SPARED = "spared"
    CHANGED = "changed"
    PROTECTED = "protected"
    STALE = "stale"
    FAILED = "failed"
    UNKNOWN = "unknown"
