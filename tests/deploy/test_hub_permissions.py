"""Conditions in the policies of hub functions bite: on the sender of a mail, on the partition of a table, on TLS."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.deploy.actors import Actors
from tests.simulation.hub.local_aws import LocalAws

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
MAIL: dict[str, Any] = {
    "Destination": {"ToAddresses": ["ada@example.com"]},
    "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
}


def _function(actors: Actors, name: str, statement: dict[str, Any]) -> boto3.Session:
    """A session of a new hub role with this one permission."""
    return actors.function(actors.role(actors.hub, name, TRUST, [statement]))


def test_mail_from_the_allowed_sender_only(cloud: LocalAws, actors: Actors) -> None:
    """`ses:FromAddress` and the identity in Resource are those of the mail: another sender is refused."""
    for address in ("sweep@example.org", "other@example.org"):
        cloud.client("sesv2").create_email_identity(EmailIdentity=address)
    statement = {
        "Effect": "Allow",
        "Action": "ses:SendEmail",
        "Resource": f"arn:aws:ses:us-east-1:{actors.hub}:identity/*",
        "Condition": {"StringEquals": {"ses:FromAddress": "sweep@example.org"}},
    }
    sesv2 = actors.client(_function(actors, "mailer", statement), "sesv2")
    sesv2.send_email(FromEmailAddress='"The sweep" <sweep@example.org>', **MAIL)
    assert cloud.mails()[-1].to == ("ada@example.com",)
    with pytest.raises(ClientError, match="not authorized to perform: ses:SendEmail"):
        sesv2.send_email(FromEmailAddress="other@example.org", **MAIL)


def test_leading_keys_fence_a_table(cloud: LocalAws, actors: Actors) -> None:
    """`dynamodb:LeadingKeys` is the partition key of every item that a request names."""
    dynamodb = cloud.client("dynamodb")
    dynamodb.create_table(
        TableName="fenced",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    statement = {
        "Effect": "Allow",
        "Action": "dynamodb:*",
        "Resource": "*",
        "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["APPROVAL#*"]}},
    }
    fenced = actors.client(_function(actors, "fenced", statement), "dynamodb")
    inside, outside = ({"pk": {"S": f"{kind}#1"}, "sk": {"S": "x"}} for kind in ("APPROVAL", "SWEEP"))
    fenced.put_item(TableName="fenced", Item=inside)
    fenced.get_item(TableName="fenced", Key=inside)
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": outside["pk"]}}
    for call, arguments in (
        (fenced.put_item, {"TableName": "fenced", "Item": outside}),
        (fenced.get_item, {"TableName": "fenced", "Key": outside}),
        (fenced.query, {"TableName": "fenced", **query}),
        (fenced.transact_write_items, {"TransactItems": [{"Put": {"TableName": "fenced", "Item": outside}}]}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(**arguments)


def test_bucket_policy_demands_tls(cloud: LocalAws, actors: Actors) -> None:
    """The gateway stands for AWS's TLS endpoints, so a TLS-only bucket opens; said to be plain HTTP, it does not."""
    cloud.client("s3").create_bucket(Bucket="tls-only")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::tls-only", "arn:aws:s3:::tls-only/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    cloud.client("s3").put_bucket_policy(Bucket="tls-only", Policy=json.dumps({"Statement": [deny]}))
    session = _function(actors, "writer", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    s3 = actors.client(session, "s3")
    s3.put_object(Bucket="tls-only", Key="one", Body=b"1")

    def as_plain_http(request: Any, **_: Any) -> None:
        request.headers["x-forwarded-proto"] = "http"

    s3.meta.events.register("before-send.s3", as_plain_http)
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        s3.put_object(Bucket="tls-only", Key="two", Body=b"2")


def test_a_key_is_used_by_the_roles_of_its_policy_only(cloud: LocalAws, actors: Actors) -> None:
    """HMAC keys work, and the key policy decides: one role makes MACs, another checks them, a third does neither."""
    arns = {name: actors.role(actors.hub, f"kms-{name}", TRUST, []) for name in ("makes", "checks", "stranger")}
    use = {"kms:GenerateMac": "makes", "kms:VerifyMac": "checks"}
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": arns[name]}, "Action": action, "Resource": "*"}
        for action, name in use.items()
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    created = cloud.client("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC", Policy=policy)
    request = {"KeyId": created["KeyMetadata"]["Arn"], "MacAlgorithm": "HMAC_SHA_256", "Message": b"x" * 32}
    clients = {name: actors.client(actors.function(arn), "kms") for name, arn in arns.items()}
    mac = clients["makes"].generate_mac(**request)["Mac"]
    assert clients["checks"].verify_mac(**request, Mac=mac)["MacValid"]
    with pytest.raises(ClientError, match="KMSInvalidMacException"):
        clients["checks"].verify_mac(**request, Mac=mac[::-1])
    for name in ("checks", "stranger"):
        with pytest.raises(ClientError, match="AccessDenied"):
            clients[name].generate_mac(**request)
    for name in ("makes", "stranger"):
        with pytest.raises(ClientError, match="AccessDenied"):
            clients[name].verify_mac(**request, Mac=mac)
