"""Every place where the gateway reaches into MiniStack's private names, against exactly version 1.5.33.

Each function fixes one thing that would make a test pass where AWS fails, or fail where AWS works.
In `tests/deploy`, `test_emulator_contract.py`, `test_record_fences.py` and `test_refused_stacks.py` hold one test for
each.
"""

from tests.simulation.hub_aws.patches import (
    concurrency,
    executions,
    functions,
    keys,
    maps,
    objects,
    page,
    principals,
    stacks,
    statements,
)
from tests.simulation.hub_aws.patches.executions import RecordInvocation
from tests.simulation.organization.specification import Organization

MINISTACK_VERSION = "1.5.33"


def apply(organization: Organization, record_invocation: RecordInvocation) -> None:
    """Apply all patches, once per process, before the server starts."""
    functions.name_python_errors()
    functions.limit_workers()
    functions.share_layers()
    functions.fill_scheduler_placeholders()
    concurrency.refuse_what_does_not_fit()
    concurrency.tell_the_limit()
    executions.honour_timeout_paths()
    executions.close_executions()
    executions.answer_tokens_like_aws()
    executions.enforce_state_machine_roles(record_invocation)
    page.import_any_method()
    page.keep_base_paths()
    maps.honour_concurrency_paths()
    stacks.create_roles_like_aws()
    stacks.create_log_groups_like_aws()
    stacks.recover_tables_like_aws()
    keys.authenticate_ciphertexts()
    objects.check_every_deletion()
    objects.hide_what_is_missing()
    principals.know_principals(organization)
    principals.name_mail_identities()
    principals.check_assume_role(organization)
    statements.note_decisive_statements()
