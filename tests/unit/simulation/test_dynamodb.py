"""Two writers of one item at the same moment: moto itself lets both win."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto.dynamodb import models
from moto.dynamodb.models import table as tables

from tests.simulation.member_aws.corrections import ALL
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build

TABLE = "race"
KEY = {"pk": {"S": "one"}}
NEW = {"ConditionExpression": "attribute_not_exists(winner)"}
WRITES: dict[str, Callable[[Any, str], Any]] = {
    "put_item": lambda client, who: client.put_item(TableName=TABLE, Item=KEY | {"winner": {"S": who}}, **NEW),
    "update_item": lambda client, who: client.update_item(
        TableName=TABLE, Key=KEY, UpdateExpression="SET winner = :who", ExpressionAttributeValues={":who": {"S": who}},
        **NEW,
    ),
    "delete_item": lambda client, _: client.delete_item(
        TableName=TABLE, Key=KEY, ConditionExpression="attribute_exists(pk)"
    ),
    "transact_write_items": lambda client, who: client.transact_write_items(
        TransactItems=[{"Put": {"TableName": TABLE, "Item": KEY | {"winner": {"S": who}}, **NEW}}]
    ),
}  # fmt: skip
ATOMIC = [one.name for one in ALL if one.name.startswith("atomic ")]


@pytest.fixture
def slow_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at an item and its change there is time for another thread."""
    for module in (models, tables):
        found = module.get_filter_expression

        def slow(*given: Any, found: Any = found) -> Any:
            condition = found(*given)
            judge = condition.expr

            def expr(item: Any) -> Any:
                verdict = judge(item)
                time.sleep(0.2)
                return verdict

            condition.expr = expr
            return condition

        monkeypatch.setattr(module, "get_filter_expression", slow)


def table_of_races() -> Any:
    """A client, with a table that has one string as its key."""
    client = boto3.client("dynamodb")
    client.create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )  # fmt: skip
    return client


@pytest.mark.parametrize(("without", "winners"), [((), 1), (ATOMIC, 2)], ids=["corrected", "moto itself"])
@pytest.mark.parametrize("name", WRITES)
@pytest.mark.usefixtures("slow_conditions")
def test_a_conditional_write_has_one_winner(name: str, without: list[str], winners: int) -> None:
    """FI-28: the second writer sees what the first one wrote."""
    with World.in_process(build("empty"), without=without), ThreadPoolExecutor(2) as pool:
        client = table_of_races()
        if name == "delete_item":
            client.put_item(TableName=TABLE, Item=KEY)

        def write(who: str) -> bool:
            try:
                WRITES[name](client, who)
            except (client.exceptions.ConditionalCheckFailedException, client.exceptions.TransactionCanceledException):
                return False
            return True

        assert sum(pool.map(write, ("ada", "grace"))) == winners


@pytest.mark.parametrize("without", [[], ATOMIC], ids=["corrected", "moto itself"])
@pytest.mark.usefixtures("slow_conditions")
def test_a_transaction_that_fails_undoes_nobody_elses_write(without: list[str]) -> None:
    """moto puts the whole table back as it was when the transaction began."""
    with World.in_process(build("empty"), without=without), ThreadPoolExecutor(1) as pool:
        client = table_of_races()
        condition = {"ConditionExpression": "attribute_exists(winner)"}
        transaction = [{"Put": {"TableName": TABLE, "Item": KEY, **condition}}]
        failing = pool.submit(client.transact_write_items, TransactItems=transaction)
        time.sleep(0.1)
        client.put_item(TableName=TABLE, Item={"pk": {"S": "other"}})
        assert isinstance(failing.exception(), client.exceptions.TransactionCanceledException)
        found = [item["pk"]["S"] for item in client.scan(TableName=TABLE)["Items"]]
    assert found == ([] if without else ["other"])
