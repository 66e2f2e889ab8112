"""docs/iam.md is the permissions of the templates."""

from scripts import permissions
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Statement, Template


def test_the_page_is_made_from_the_templates() -> None:
    """`make docs` writes it."""
    assert permissions.DOCUMENT.read_text(encoding="utf-8") == permissions.page()


def test_no_statement_is_left_out() -> None:
    """As many rows as there are actions in the roles and policies of all templates; each says what for."""
    rows = [line for line in permissions.page().partition("## Keys")[0].splitlines() if ":" in line.split(" | ")[0]]
    actions = [
        action
        for path in cloudformation.TEMPLATES
        for statement in statements(cloudformation.load(path))
        for action in cloudformation.actions(statement)
    ]
    assert len([row for row in rows if row.startswith("| ")]) == len(actions)


def statements(template: Template) -> list[Statement]:
    policies = cloudformation.resources(template, "AWS::IAM::Policy").values()
    shared = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    return [*(one for _, one in cloudformation.statements(template)), *shared]


def test_a_policy_of_many_roles_has_its_rows() -> None:
    """With the roles, and when it is there."""
    page = permissions.page()
    section = page.partition("### UsesYourKey\n\n")[2].partition("###")[0]
    assert section.startswith("Attached to SweepStateMachineRole, ScanCellRole, ")
    assert "ReviewFunctionRole, if `HasKmsKey`." in section
    assert "| `kms:Decrypt` | `${KmsKeyArn}` | `kms:ViaService` is " in section
    assert "| never: `ec2:CreateNetworkInterface` | `*` | `lambda:SourceFunctionArn` is like " in page


def test_a_sid_becomes_words() -> None:
    assert permissions._words("SeeWhetherADeadSweepStillAsks") == "See whether a dead sweep still asks"
    assert permissions._words("AskWhereSageMakerIs") == "Ask where SageMaker is"
