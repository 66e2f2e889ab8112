"""What `make mutants` says about a change, and what it excuses."""

import tomllib
from pathlib import Path

import pytest

from scripts.bootstrap import ROOT
from tests.mutants import __main__ as mutants
from tests.mutants.changes import changes

SOURCE = """
def x_old__mutmut_orig(age):
    if age > 3:
        return "it is too old"
    return ""

def x_old__mutmut_1(age):
    if age >= 3:
        return "it is too old"
    return ""

def x_old__mutmut_2(age):
    if age > 3:
        return "IT IS TOO OLD"
    return ""

def x_old__mutmut_10(age):
    if age > 3:
        return "it is too old"
    return "XXXX"

def x_new__mutmut_orig(age=3):
    return age

def x_new__mutmut_1(age=4):
    return age

class Rule:
    @classmethod
    def xǁRuleǁholds__mutmut_orig(self):
        return True

    @classmethod
    def xǁRuleǁholds__mutmut_1(self):
        return False
"""


def test_a_change_is_told_by_its_lines() -> None:
    """With the function and its module, a default as well; only another wording of a sentence is no change."""
    names = {"x_old__mutmut_10", "x_old__mutmut_2", "x_old__mutmut_1", "x_new__mutmut_1", "xǁRuleǁholds__mutmut_1"}
    found = [(one.function, one.was, one.becomes, one.is_wording) for one in changes("rules", SOURCE, names)]
    assert found == [
        ("rules.new", "def _(age=3):", "def _(age=4):", False),
        ("rules.old", "if age > 3:", "if age >= 3:", False),
        ("rules.old", "return 'it is too old'", "return 'IT IS TOO OLD'", True),
        ("rules.old", "return ''", "return 'XXXX'", False),
        ("rules.Rule.holds", "return True", "return False", False),
    ]


def test_whoever_excuses_a_change_says_why() -> None:
    """Each with the function and both lines."""
    listed = tomllib.loads((ROOT / "tests/mutants/equivalent.toml").read_text()).get("equivalent", [])
    assert [one for one in listed if one.keys() != {"function", "was", "becomes", "why"} or not one["why"]] == []


def test_each_choice_of_modules_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their order and however many there are: a folder's name has at most 255 characters."""
    monkeypatch.setattr(mutants, "FOLDERS", tmp_path)
    many = [f"resources.endpoint.module_{number}" for number in range(30)]
    choices = [many, many[::-1], many[1:], many[:1], []]
    same, other_order, *others = [mutants.lay_out(one) for one in choices]
    assert same == other_order
    assert len({same, *others}) == 4
