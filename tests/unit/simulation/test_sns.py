"""What the doctor reads of a topic."""

import boto3

from tests.simulation.member_aws.world import World


def test_subscriptions_are_counted(world: World) -> None:
    """D9.15."""
    sns = boto3.client("sns", region_name="us-east-1")
    arn = sns.create_topic(Name="alarms")["TopicArn"]
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["SubscriptionsConfirmed"] == "0"
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="oncall@example.com")
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["SubscriptionsConfirmed"] == "1"
