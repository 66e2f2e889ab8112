"""What exists in the hub account, by kind: nothing of it may be there before, and little after."""

from collections.abc import Mapping
from typing import Any

from tests.simulation.hub.local_aws import LocalAws

# Kind: service, operation, path to the names in its answer.
_LISTS = {
    "stacks": ("cloudformation", "describe_stacks", "Stacks[].StackName"),
    "buckets": ("s3", "list_buckets", "Buckets[].Name"),
    "tables": ("dynamodb", "list_tables", "TableNames"),
    "keys": ("kms", "list_keys", "Keys[].KeyId"),
    "log groups": ("logs", "describe_log_groups", "logGroups[].logGroupName"),
    "roles": ("iam", "list_roles", "Roles[].RoleName"),
    "functions": ("lambda", "list_functions", "Functions[].FunctionName"),
    "layers": ("lambda", "list_layers", "Layers[].LayerName"),
    "parameters": ("ssm", "describe_parameters", "Parameters[].Name"),
    "state machines": ("stepfunctions", "list_state_machines", "stateMachines[].name"),
    "schedules": ("scheduler", "list_schedules", "Schedules[].Name"),
    "rules": ("events", "list_rules", "Rules[].Name"),
    "buses": ("events", "list_event_buses", "EventBuses[].Name"),
    "topics": ("sns", "list_topics", "Topics[].TopicArn"),
    "queues": ("sqs", "list_queues", "QueueUrls"),
    "alarms": ("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName"),
    "dashboards": ("cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName"),
    "apis": ("apigateway", "get_rest_apis", "items[].name"),
    "configuration sets": ("sesv2", "list_configuration_sets", "ConfigurationSets"),
    "identities": ("sesv2", "list_email_identities", "EmailIdentities[].IdentityName"),
}


def left(aws: LocalAws) -> Mapping[str, list[str]]:
    """Names by kind, without kinds of which there is none, and without keys that are on their way out."""
    found = {kind: _names(aws, *asked) for kind, asked in _LISTS.items()}
    kms = aws.client("kms")
    found["keys"] = [one for one in found["keys"] if kms.describe_key(KeyId=one)["KeyMetadata"]["Enabled"]]
    return {kind: names for kind, names in found.items() if names}


def _names(aws: LocalAws, service: str, operation: str, path: str) -> list[str]:
    answer: Any = getattr(aws.client(service), operation)()
    key, _, name = path.partition("[].")
    rows = answer.get(key) or []
    return sorted(row[name] if name else row for row in rows)
