"""The CSV beside the report: every cell quoted, none of them a formula, one row a finding."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from endpoint_sweep.domain.model import Account, Cell, Finding, Mode, Silence, Verdict
from endpoint_sweep.reports import Report, findings_csv, report_data
from endpoint_sweep.reports.spreadsheet import COLUMNS
from endpoint_sweep.rules.planning import join
from tests.unit.samples import ACCOUNT, NOW, REGION, cell, finding


def rows(name: str, *findings: Finding) -> list[dict[str, str]]:
    text = findings_csv(report(name, *findings))
    return list(csv.DictReader(io.StringIO(text)))


def report(name: str, *findings: Finding) -> Report:
    coverage = join([Cell(ACCOUNT, REGION)], [cell(*findings)])
    return Report("s", Mode.REPORT, coverage, {ACCOUNT: Account(ACCOUNT, name, "ACTIVE")}, kept_reason="kept: because")


def test_one_row_a_finding_with_every_column() -> None:
    """Money as plain numbers, unknown as nothing, the disposition beside the verdict."""
    known = replace(finding("a"), monthly_usd=Decimal("1028.13"), hourly_usd=Decimal("1.4084"), invocations=0)
    [first, second] = rows("vision", known, replace(finding("b"), verdict=Verdict.BUSY, reason="9 invocations"))
    assert tuple(first) == COLUMNS
    assert (first["monthly_usd"], first["hourly_usd"], first["invocations"]) == ("1028.13", "1.4084", "0")
    assert (second["monthly_usd"], second["invocations"]) == ("", "")
    assert (first["disposition"], first["disposition_reason"]) == ("kept", "kept: because")
    assert second["disposition_reason"] == "busy: 9 invocations"


def test_what_a_team_needs_to_assign_it() -> None:
    """The ARN and every tag, also where these are hostile: a key that begins like a formula is none."""
    [row] = rows("vision", replace(finding("a"), tags={"team": "vision", "=cost": "7\r\n"}))
    assert row["arn"] == finding("a").arn
    assert row["tags"] == "'=cost=7; team=vision"


@pytest.mark.parametrize("silence", [*Silence, None])
def test_what_it_published_is_a_column(silence: Silence | None) -> None:
    """One of the words, or nothing where it was called; the same field of report.json."""
    one = replace(finding(), silence=silence, reason="published no datapoints")
    [row] = rows("vision", one)
    [told] = report_data(report("vision", one), NOW)["findings"]
    assert (row["silence"], told["silence"]) == (silence or "", silence)


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "＝1", "\u202e=1", "\t=1"])
def test_hostile_text_is_no_formula(text: str) -> None:
    """In the account's name and in the owner, whose accounts others rename at will."""
    [row] = rows(text, replace(finding(), owner=text))
    assert row["account_name"][0] == row["owner"][0] == "'"


@pytest.mark.parametrize("text", ['a","b\n=1', "x\r\ny", "a\u2028b", '""'])
def test_hostile_text_breaks_no_row(text: str) -> None:
    """Quotes and line breaks stay within their cell: one row, every cell quoted."""
    body = findings_csv(report(text, replace(finding(), owner=text)))
    assert len(body.split("\r\n")) == 3
    assert len(list(csv.reader(io.StringIO(body)))) == 2
    assert all(line.startswith('"') and line.endswith('"') for line in body.split("\r\n") if line)
