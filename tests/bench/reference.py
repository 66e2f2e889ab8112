"""The reference: cell after cell, one description and one GetMetricStatistics per endpoint, as published scripts do.

Prints the names of what it calls idle as a JSON list.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3


def main(accounts: list[str], regions: list[str], external_id: str) -> None:
    idle = []
    sts: Any = boto3.client("sts")
    for account in accounts:
        role = f"arn:aws:iam::{account}:role/endpoint-sweep-scan"
        keys = sts.assume_role(RoleArn=role, RoleSessionName="reference", ExternalId=external_id)["Credentials"]
        session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        for region in regions:
            sagemaker: Any = session.client("sagemaker", region_name=region)  # type: ignore[call-overload,unused-ignore]
            cloudwatch: Any = session.client("cloudwatch", region_name=region)  # type: ignore[call-overload,unused-ignore]
            for page in sagemaker.get_paginator("list_endpoints").paginate(PaginationConfig={"PageSize": 100}):
                for endpoint in page["Endpoints"]:
                    name = endpoint["EndpointName"]
                    variant = sagemaker.describe_endpoint(EndpointName=name)["ProductionVariants"][0]["VariantName"]
                    now = datetime.now(UTC)
                    dimensions = [{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": variant}]
                    answer = cloudwatch.get_metric_statistics(
                        Namespace="AWS/SageMaker", MetricName="Invocations", Dimensions=dimensions,
                        StartTime=now - timedelta(days=14), EndTime=now, Period=86_400, Statistics=["Sum"],
                    )  # fmt: skip
                    if sum(point["Sum"] for point in answer["Datapoints"]) == 0:
                        idle.append(f"{account}/{region}/{name}")
    print(json.dumps(idle))


if __name__ == "__main__":
    main(sys.argv[1].split(","), sys.argv[2].split(","), sys.argv[3])
