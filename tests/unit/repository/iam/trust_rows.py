"""Who becomes which role."""

from tests.unit.repository.iam.rows import ACT_ROLE, COST_ROLE, SCAN_ROLE, Context, allowed, denied, forbidden
from tests.unit.repository.iam.stacks import HUB, MEMBER
from tests.unit.repository.makers import AGGREGATE, APPLY, MACHINE, REQUEST, REVIEW, SCAN, START, VERIFY

ASSUME, NAME_SOMEBODY, SAY = "sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"
ID = {"sts:ExternalId": "endpoint-sweep"}
SOMEBODY = {"sts:SourceIdentity": "2026-11-20T06-00Z/ada@example.com"}
ACTING = ID | SOMEBODY
STRANGE = {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}
LAPSED: Context = {"aws:RequestTag/endpoint-sweep:lapsed": "true", "aws:TagKeys": ["endpoint-sweep:lapsed"]}

INTO_THE_SCAN_ROLE = [
    allowed(SCAN, ASSUME, SCAN_ROLE, "the function that scans", ID),
    denied(SCAN, ASSUME, SCAN_ROLE, "of this installation", {"sts:ExternalId": "another"}),
    denied(SCAN, ASSUME, SCAN_ROLE, "with the external id"),
    denied(SCAN, ASSUME, SCAN_ROLE, "the hub has left the Organization", ID | STRANGE),
    denied(SCAN, ASSUME, f"arn:aws:iam::{MEMBER}:role/Administrator", "and into no other role", ID),
    denied("a namesake of the scan function in a member", ASSUME, SCAN_ROLE, "right name, wrong account", ID),
    denied("a scan function with a longer name", ASSUME, SCAN_ROLE, "the name as a whole", ID),
    denied("the act function, unbound", ASSUME, SCAN_ROLE, "whatever its own policies say", ID),
    denied("the page's function, unbound", ASSUME, SCAN_ROLE, "whatever its own policies say", ID),
    forbidden(APPLY, ASSUME, SCAN_ROLE, "who deletes does not scan", ID),
    denied(AGGREGATE, ASSUME, SCAN_ROLE, "who prices does not scan", ID),
    denied("an administrator of the hub", ASSUME, SCAN_ROLE, "the account is trusted for one role only", ID),
    denied("an administrator of the member", ASSUME, SCAN_ROLE, "the member has permissions of its own", ID),
    denied("a stranger", ASSUME, SCAN_ROLE, "of another Organization", ID),
    denied("finops", ASSUME, SCAN_ROLE, "people only where they are named"),
    allowed("finops", ASSUME, SCAN_ROLE, "this account names them", stack="people scan"),
    denied("finops", ASSUME, SCAN_ROLE, "as long as they are of the Organization", STRANGE, stack="people scan"),
    denied("an administrator of the hub", ASSUME, SCAN_ROLE, "and nobody else", stack="people scan"),
    allowed(SCAN, ASSUME, SCAN_ROLE, "beside the function", ID, stack="people scan"),
]

INTO_THE_ACT_ROLE = [
    allowed(APPLY, ASSUME, ACT_ROLE, "the function that deletes", ACTING),
    allowed(APPLY, NAME_SOMEBODY, ACT_ROLE, "in somebody's name", SOMEBODY),
    allowed(APPLY, SAY, ACT_ROLE, "and says that a day is over", LAPSED),
    denied(APPLY, NAME_SOMEBODY, ACT_ROLE, "from the Organization only", SOMEBODY | STRANGE),
    denied(REVIEW, NAME_SOMEBODY, ACT_ROLE, "no other function names somebody", SOMEBODY),
    denied("an administrator of the hub", SAY, ACT_ROLE, "nor says so", LAPSED),
    denied(SCAN, SAY, SCAN_ROLE, "nor is the other role told anything", LAPSED),
    denied(APPLY, ASSUME, ACT_ROLE, "never in nobody's name", ID),
    denied(APPLY, ASSUME, ACT_ROLE, "nor in an empty one", ID | {"sts:SourceIdentity": ""}),
    denied(APPLY, ASSUME, ACT_ROLE, "nor for another installation", SOMEBODY | {"sts:ExternalId": "another"}),
    denied(APPLY, ASSUME, ACT_ROLE, "nor without the external id", SOMEBODY),
    denied(APPLY, ASSUME, ACT_ROLE, "nor from another Organization", ACTING | STRANGE),
    denied(APPLY, ASSUME, ACT_ROLE, "nor where deletion is not allowed", ACTING, stack="no deletion"),
    denied(APPLY, ASSUME, f"arn:aws:iam::{MEMBER}:role/Administrator", "nor into another role", ACTING),
    forbidden(SCAN, ASSUME, ACT_ROLE, "who scans does not delete", ACTING),
    denied(AGGREGATE, ASSUME, ACT_ROLE, "nor who prices", ACTING),
    denied(REQUEST, ASSUME, ACT_ROLE, "nor who asks", ACTING),
    denied(REVIEW, ASSUME, ACT_ROLE, "nor who takes the decision", ACTING),
    denied(VERIFY, ASSUME, ACT_ROLE, "nor who checks it", ACTING),
    denied(MACHINE, ASSUME, ACT_ROLE, "nor the state machine itself", ACTING),
    denied("an administrator of the hub", ASSUME, ACT_ROLE, "the account is trusted for one role only", ACTING),
    denied("an act function with a path", ASSUME, ACT_ROLE, "and it has no path", ACTING),
    denied("an act function with a longer name", ASSUME, ACT_ROLE, "the name as a whole", ACTING),
    denied("an act function with a longer name", NAME_SOMEBODY, ACT_ROLE, "for all that it asks", SOMEBODY),
    denied("the scan function, unbound", ASSUME, ACT_ROLE, "whatever its own policies say", ACTING),
    denied("the page's function, unbound", ASSUME, ACT_ROLE, "whatever its own policies say", ACTING),
    allowed("the act function, unbound", ASSUME, ACT_ROLE, "its name is what counts", ACTING),
    denied("a namesake of the act function in a member", ASSUME, ACT_ROLE, "right name, wrong account", ACTING),
    denied("an administrator of the member", ASSUME, ACT_ROLE, "the member has permissions of its own", ACTING),
    denied("a stranger", ASSUME, ACT_ROLE, "of another Organization", ACTING),
    denied("an approver", ASSUME, ACT_ROLE, "an approver decides and deletes nothing", ACTING),
    denied("finops", ASSUME, ACT_ROLE, "who may scan may not delete", ACTING),
]

INTO_THE_COST_ROLE = [
    allowed(AGGREGATE, ASSUME, COST_ROLE, "the function that prices", ID),
    denied(AGGREGATE, ASSUME, COST_ROLE, "with the external id"),
    denied(AGGREGATE, ASSUME, COST_ROLE, "the hub has left the Organization", ID | STRANGE),
    denied(AGGREGATE, ASSUME, COST_ROLE, "where the hub is told of the role", ID, stack="list prices"),
    denied("a pricing function with a longer name", ASSUME, COST_ROLE, "the name as a whole", ID),
    denied("the act function, unbound", ASSUME, COST_ROLE, "whatever its own policies say", ID),
    denied(APPLY, ASSUME, COST_ROLE, "who deletes sees no bill", ID),
    denied("an administrator of the hub", ASSUME, COST_ROLE, "the account is trusted for one role only", ID),
]

_SECOND = {"sts:ExternalId": "second"}
_LOOKS, _ACTS = f"arn:aws:iam::{MEMBER}:role/looks", f"arn:aws:iam::{MEMBER}:role/acts"
OTHER_NAMES = [
    allowed(SCAN, ASSUME, _LOOKS, "roles with other names", _SECOND, stack="other names"),
    denied(SCAN, ASSUME, _LOOKS, "and another external id", ID, stack="other names"),
    denied(SCAN, ASSUME, SCAN_ROLE, "the first installation's role", ID, stack="other names"),
    forbidden(SCAN, ASSUME, _ACTS, "the deny follows the name", _SECOND | SOMEBODY, stack="other names"),
    allowed(APPLY, ASSUME, _ACTS, "so does the permission", _SECOND | SOMEBODY, stack="other names"),
]

_APPLIES = f"arn:aws:iam::{HUB}:role/endpoint-sweep-apply-decision"
INTO_ROLES_OF_THE_HUB = [
    allowed("Lambda", ASSUME, _APPLIES, "the service runs the function"),
    denied("EC2", ASSUME, _APPLIES, "and no other service"),
    denied("an administrator of the hub", ASSUME, _APPLIES, "and no person"),
    denied(SCAN, ASSUME, _APPLIES, "and no other function"),
    denied(START, ASSUME, _APPLIES, "nor who starts the sweep"),
]

ROWS = INTO_THE_SCAN_ROLE + INTO_THE_ACT_ROLE + INTO_THE_COST_ROLE + OTHER_NAMES + INTO_ROLES_OF_THE_HUB
