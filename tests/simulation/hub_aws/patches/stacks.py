"""What MiniStack's CloudFormation gets wrong."""

from typing import Any

from ministack.services import cloudwatch_logs, dynamodb, iam
from ministack.services.cloudformation import provisioners


def create_roles_like_aws() -> None:
    """Stock lets a stack overwrite a role that another stack made, and forgets a role's permissions boundary."""
    role = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    create = role["create"]

    def create_role(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        if properties.get("RoleName") in iam._roles:
            raise ValueError(f"Role with name {properties['RoleName']} already exists.")
        name, attributes = create(logical_id, properties, stack_name)
        if boundary := properties.get("PermissionsBoundary"):
            iam._roles[name]["PermissionsBoundary"] = boundary
        return name, attributes

    role["create"] = create_role


def create_log_groups_like_aws() -> None:
    """Stock empties a log group that exists and gives it to the stack. AWS refuses to create it again (D14.4)."""
    group = provisioners._RESOURCE_HANDLERS["AWS::Logs::LogGroup"]
    create = group["create"]

    def create_group(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        name = properties.get("LogGroupName")
        if name in cloudwatch_logs._log_groups:
            raise ValueError(f"Resource of type 'AWS::Logs::LogGroup' with identifier '{name}' already exists.")
        return create(logical_id, properties, stack_name)

    group["create"] = create_group


def recover_tables_like_aws() -> None:
    """Stock does not read a template's point-in-time recovery."""
    table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create = table["create"]

    def create_table(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        made = create(logical_id, properties, stack_name)
        wanted = properties.get("PointInTimeRecoverySpecification") or {}
        dynamodb._pitr_settings[made[0]] = str(wanted.get("PointInTimeRecoveryEnabled")).lower() == "true"
        return made

    table["create"] = create_table
