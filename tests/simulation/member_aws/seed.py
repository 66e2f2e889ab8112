"""Fills moto with a world: straight into its backends, because no API sets a creation time or a status."""

from datetime import UTC, datetime

from moto.organizations.models import FakeAccount, FakeOrganizationalUnit, organizations_backends

from tests.simulation.member_aws.corrections.routers import row_of
from tests.simulation.member_aws.seed_endpoints import seed_endpoint
from tests.simulation.member_aws.state import State
from tests.simulation.organization.specification import Organization


def seed(state: State) -> None:
    """Everything of `state.organization`, in moto and in the metric store."""
    seed_organization(state.organization)
    for spec in state.organization.endpoints:
        seed_endpoint(state, spec)
    for router in state.organization.routers:
        state.cell(router.account, router.region).routers[router.name] = row_of(router, state.now())


def seed_organization(organization: Organization) -> None:
    """The Organization belongs to the management account; its ids are the world's, not moto's random ones."""
    backend = organizations_backends[organization.management_account]["aws"]
    backend.create_organization(region="us-east-1")
    org, root = backend.org, backend.ou[0]
    if org is None:
        raise RuntimeError("moto created no organization")
    org.id, org.root_id, root.id = organization.id, organization.root_id, organization.root_id
    backend.accounts.clear()
    organizations_backends.master_accounts.clear()
    for unit in organization.units:
        made = FakeOrganizationalUnit(org, Name=unit.name, ParentId=unit.parent or root.id)
        made.id = unit.id
        backend.ou.append(made)
    for account in organization.accounts:
        backend.accounts.append(_account(organization, account.id))
        if account.id != organization.management_account:
            organizations_backends.master_accounts[account.id] = (organization.management_account, "aws")


def _account(organization: Organization, account_id: str) -> FakeAccount:
    spec = organization.account(account_id)
    if spec is None:
        raise LookupError(account_id)
    # Without its constructor, which would make an IAM role in an account of a random number.
    account = FakeAccount.__new__(FakeAccount)
    account.__dict__ |= {
        "type": "ACCOUNT",
        "region": "us-east-1",
        "organization_id": organization.id,
        "master_account_id": organization.management_account,
        "create_account_status_id": f"car-{account_id}",
        "id": account_id,
        "name": spec.name,
        "email": f"aws-{account_id}@example.com",
        "create_time": datetime(2021, 3, 1, tzinfo=UTC).replace(tzinfo=None),
        "status": spec.state,
        "state": spec.state,
        "joined_method": "CREATED",
        "parent_id": spec.unit or organization.root_id,
        "attached_policies": [],
        "tags": {},
    }
    return account
