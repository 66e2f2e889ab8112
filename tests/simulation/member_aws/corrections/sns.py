"""A topic counts its subscriptions (D9.15)."""

from typing import Any

from moto.sns.responses import SNSResponse

from tests.simulation.member_aws.corrections.correction import Correction

_attributes = SNSResponse.get_topic_attributes


def topic_attributes(response: SNSResponse) -> Any:
    """moto's count stays 0. Whoever is mailed the link of a subscription opens it at once."""
    backend = response.backend
    topic = backend.get_topic(response._get_param("TopicArn"))
    topic.subscriptions_confimed = sum(one.topic is topic for one in backend.subscriptions.values())
    return _attributes(response)


CORRECTIONS = (
    Correction("subscriptions", SNSResponse, "get_topic_attributes", topic_attributes, "they are counted, D9.15"),
)
