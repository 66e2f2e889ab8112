"""What the proofs lean on in S3: one writer wins, metadata belongs to its version, every version is listed."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.s3.models import FakeKey, S3Backend

from tests.simulation.member_aws.corrections import ALL
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build

BUCKET = "versions"
WHOLE = [one.name for one in ALL if one.name.startswith("whole ")]
LISTING = ["list-object-versions"]


@contextmanager
def bucket(without: list[str]) -> Iterator[Any]:
    """A client, in a world with one versioned bucket."""
    with World.in_process(build("empty"), without=without):
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield s3


def slowed(monkeypatch: pytest.MonkeyPatch, target: Any, name: str) -> None:
    """Before this function does its work there is time for another thread."""
    found = getattr(target, name)

    def slow(*given: Any, **named: Any) -> Any:
        time.sleep(0.2)
        return found(*given, **named)

    monkeypatch.setattr(target, name, slow)


@pytest.mark.parametrize(("without", "winners"), [([], 1), (WHOLE, 2)], ids=["corrected", "moto itself"])
def test_a_document_that_is_written_once_has_one_writer(
    monkeypatch: pytest.MonkeyPatch, without: list[str], winners: int
) -> None:
    """`If-None-Match: *` and the write are one step."""
    slowed(monkeypatch, S3Backend, "put_object")

    def write(who: bytes) -> bool:
        try:
            s3.put_object(Bucket=BUCKET, Key="once", Body=who, IfNoneMatch="*")
        except ClientError as error:
            return error.response["Error"]["Code"] != "PreconditionFailed"
        return True

    with bucket(without) as s3, ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(write, (b"ada", b"grace"))) == winners


@pytest.mark.parametrize(("without", "seen"), [([], {"mac": "m"}), (WHOLE, {})], ids=["corrected", "moto itself"])
def test_nobody_sees_an_object_without_its_metadata(
    monkeypatch: pytest.MonkeyPatch, without: list[str], seen: dict[str, str]
) -> None:
    """A reader finds nothing or all of it: a result without its MAC would count as forged."""
    slowed(monkeypatch, FakeKey, "set_metadata")

    def read() -> dict[str, str]:
        for _ in range(200):
            try:
                metadata: dict[str, str] = s3.get_object(Bucket=BUCKET, Key="signed")["Metadata"]
            except ClientError:
                time.sleep(0.005)
            else:
                return metadata
        raise TimeoutError("it was never written")

    with bucket(without) as s3, ThreadPoolExecutor(1) as pool:
        found = pool.submit(read)
        s3.put_object(Bucket=BUCKET, Key="signed", Body=b"x", Metadata={"mac": "m"})
        assert found.result() == seen


def test_metadata_belongs_to_its_version() -> None:
    """The MAC of a version is read with that version, also when a later one or a delete marker covers it."""
    with bucket([]) as s3:
        first = s3.put_object(Bucket=BUCKET, Key="a", Body=b"1", Metadata={"mac": "one"}, IfNoneMatch="*")
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"2", Metadata={"mac": "two"})
        assert s3.get_object(Bucket=BUCKET, Key="a")["Metadata"] == {"mac": "two"}
        s3.delete_object(Bucket=BUCKET, Key="a")
        found = s3.get_object(Bucket=BUCKET, Key="a", VersionId=first["VersionId"])
        assert (found["Metadata"], found["Body"].read()) == ({"mac": "one"}, b"1")
        # Written once means: beside a version that shows. What once was there is in the list of versions only.
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"3", IfNoneMatch="*")
        assert len(s3.list_object_versions(Bucket=BUCKET, Prefix="a")["Versions"]) == 3


@pytest.mark.parametrize("without", [[], LISTING], ids=["corrected", "moto itself"])
def test_every_version_under_a_prefix_is_listed(without: list[str]) -> None:
    """Also those that were overwritten or hidden, on as many pages as it takes; nothing of a folder named alike."""
    with bucket(without) as s3:
        made = {s3.put_object(Bucket=BUCKET, Key=f"sweeps/a/{n % 3}", Body=b"x")["VersionId"] for n in range(7)}
        s3.delete_object(Bucket=BUCKET, Key="sweeps/a/1")
        s3.put_object(Bucket=BUCKET, Key="sweeps/ab/1", Body=b"x")
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=BUCKET, Prefix="sweeps/a/", PaginationConfig={"PageSize": 3}
        )
        found = list(pages)
        assert {one["VersionId"] for page in found for one in page.get("Versions", [])} == made
        markers = [(one["Key"], one["IsLatest"]) for page in found for one in page.get("DeleteMarkers", [])]
        assert markers == [("sweeps/a/1", True)]


@pytest.mark.parametrize(("without", "copied"), [([], 1), (LISTING, 4)], ids=["corrected", "moto itself"])
def test_a_list_costs_what_it_lists(monkeypatch: pytest.MonkeyPatch, without: list[str], copied: int) -> None:
    """A page of one sweep does not copy all that other sweeps ever wrote."""
    copies: list[FakeKey] = []

    def copy(one: FakeKey, _: Any) -> FakeKey:
        copies.append(one)
        return one

    monkeypatch.setattr(FakeKey, "__deepcopy__", copy, raising=False)
    with bucket(without) as s3:
        for key in ("a", "b/1", "b/2", "c"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
        assert [one["Key"] for one in s3.list_object_versions(Bucket=BUCKET, Prefix="a")["Versions"]] == ["a"]
    assert len(copies) == copied


@pytest.mark.parametrize(
    ("without", "is_loaded"), [([], False), (["url-module"], True)], ids=["corrected", "moto itself"]
)
def test_the_routes_are_not_loaded_for_every_account(
    monkeypatch: pytest.MonkeyPatch, without: list[str], is_loaded: bool
) -> None:
    """moto reads the file of its routes again for each account and region."""
    loaded: list[Any] = []
    monkeypatch.setattr("moto.s3.models.reload", loaded.append)
    with World.in_process(build("empty"), without=without):
        assert S3Backend("us-east-1", "222222222222").urls
    assert bool(loaded) is is_loaded
