"""Who is not a role of the stacks but may try something, and the deployments that the rows are asked of."""

from dataclasses import dataclass

from tests.unit.repository.iam.stacks import HUB, MEMBER, ORGANIZATION, Deployment, Document

STRANGE_ORGANIZATION = "o-zzzzzzzzzz"


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


ANYTHING = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
THE_PAGE = document({"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"})


@dataclass(frozen=True, slots=True)
class Person:
    """A principal; None is a request without credentials. Services have no account."""

    arn: str | None
    document: Document | None = None
    organization: str | None = ORGANIZATION


def role(account: str, name: str, own: Document | None = ANYTHING, organization: str = ORGANIZATION) -> Person:
    return Person(f"arn:aws:iam::{account}:role/{name}", own, organization)


PEOPLE = {
    # May do anything that only their own account has to allow.
    "an administrator of the hub": role(HUB, "Administrator"),
    "an administrator of the member": role(MEMBER, "Administrator"),
    "a stranger": role("666666666666", "Administrator", organization=STRANGE_ORGANIZATION),
    # Roles with the right name in the wrong account, and the other way round.
    "a namesake of the act function in a member": role("333333333333", "endpoint-sweep-apply-decision"),
    "a namesake of the scan function in a member": role("333333333333", "endpoint-sweep-scan-cell"),
    "an act function with a path": role(HUB, "team/endpoint-sweep-apply-decision"),
    "an act function with a longer name": role(HUB, "endpoint-sweep-apply-decision-2"),
    "a scan function with a longer name": role(HUB, "endpoint-sweep-scan-cell-2"),
    "a pricing function with a longer name": role(HUB, "endpoint-sweep-aggregate-findings-2"),
    # Roles of the hub, if their own policies allowed everything.
    "the act function, unbound": role(HUB, "endpoint-sweep-apply-decision"),
    "the scan function, unbound": role(HUB, "endpoint-sweep-scan-cell"),
    "the page's function, unbound": role(HUB, "endpoint-sweep-ReviewFunctionRole"),
    # People.
    "finops": role(HUB, "finops", document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})),
    "an approver": role(HUB, "ada-approves", THE_PAGE),
    "an approver of a listed account": role("444444444444", "bea-approves", THE_PAGE),
    "an approver of another account": role("555555555555", "cyd-approves", THE_PAGE),
    "somebody of the hub without permissions": role(HUB, "nobody", None),
    "an auditor": role(HUB, "team/audit", None),
    "anyone": Person(None, organization=None),
    # Services.
    "EventBridge": Person("events.amazonaws.com", organization=None),
    "SNS": Person("sns.amazonaws.com", organization=None),
    "SES": Person("ses.amazonaws.com", organization=None),
    "Lambda": Person("lambda.amazonaws.com", organization=None),
    "EC2": Person("ec2.amazonaws.com", organization=None),
}

BOUNDARY = f"arn:aws:iam::{HUB}:policy/team/boundary"
MEMBER_BOUNDARY = f"arn:aws:iam::{MEMBER}:policy/team/boundary"
# What a team's boundary may be like: nothing of SageMaker is deleted, no key is used.
BOUNDARY_DOCUMENT = document(
    {"Effect": "Allow", "Action": ["s3:*", "dynamodb:*", "sts:*", "ssm:*"], "Resource": "*"},
    {"Effect": "Allow", "Action": ["sagemaker:Describe*", "sagemaker:List*"], "Resource": "*"},
)

DELETES = {"AllowDelete": "true"}
YOUR_KEY = f"arn:aws:kms:eu-west-1:{HUB}:key/01234567-89ab-cdef-0123-456789abcdef"
# A key's policy that leaves its use to the policies of the account, as docs/operating.md asks for.
OTHER_GUARDS = {
    YOUR_KEY: document(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"}, "Action": "kms:*", "Resource": "*"}
    )
}
DEPLOYMENTS = {
    "default": Deployment(member=DELETES, hub={"ApproverAccounts": "444444444444"}),
    "no deletion": Deployment(),
    "China": Deployment("aws-cn", "cn-north-1", member=DELETES),
    "GovCloud": Deployment("aws-us-gov", "us-gov-west-1", member=DELETES),
    "people scan": Deployment(member={"AdditionalScanPrincipals": f"arn:aws:iam::{HUB}:role/finops"}),
    "other names": Deployment(
        hub={"ExternalId": "second", "ScanRoleName": "looks", "ActRoleName": "acts"},
        member=DELETES | {"ExternalId": "second", "ScanRoleName": "looks", "ActRoleName": "acts"},
    ),
    "boundary": Deployment(
        hub={"PermissionsBoundary": BOUNDARY},
        member=DELETES | {"PermissionsBoundaryName": "team/boundary"},
    ),
    "your key": Deployment(hub={"KmsKeyArn": YOUR_KEY}),
    "auditors": Deployment(hub={"AuditorPrincipals": f"arn:aws:iam::{HUB}:role/team/audit"}),
    "VPC": Deployment(hub={"VpcSubnetIds": "subnet-0123456789abcdef0", "VpcSecurityGroupIds": "sg-01234567"}),
    "list prices": Deployment(hub={"CostRoleArn": ""}),
}
