"""Hostile text: names, tags and reasons that member accounts control (BI-14 to BI-19)."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.reports.rendering import environment, render
from endpoint_sweep.reports.text import cell, clean, usd

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "＝1",
    "\t=1",
    "\r=1",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "a\u2028b",
    "abc\u202edef",
    "nul\x00nul",
    "\u200d" * 256,
    "</td><img src=//x>\r\nBcc: all@example.com",
    "{{7*7}}",
    "{% include 'x' %}",
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (None, ""),
        ("", ""),
        ("résumé", "résumé"),
        ("re\u0301sume\u0301", "résumé"),
        ("re\u200d\u0301sume\u2060\u0301", "résumé"),
        ("a\u2028b\u2029c", "abc"),
        ("abc\u202edef\u2066", "abcdef"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("\u200d" * 256, ""),
        ("line\r\nBcc: x", "line Bcc: x"),
        ("  a \t b  ", "a b"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("<b>", "<b>"),
        ("{{7*7}}", "{{7*7}}"),
    ],
)
def test_cleaning(text: str | None, cleaned: str) -> None:
    """One visible line of at most 80 characters; markup stays as text, for the template to escape."""
    assert clean(text) == cleaned


@given(st.text())
def test_cleaned_text_is_one_visible_line(text: str) -> None:
    """Whatever comes in: no control, format, separator or surrogate character, no line break, capped, settled."""
    found = clean(text)
    assert len(found) <= 80
    assert not {unicodedata.category(character) for character in found} & {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}
    assert found == found.strip()
    assert len(found.splitlines()) <= 1


@given(st.text(st.sampled_from("eE\u0301\u0323\u200d\u202e\x00 \n\uac00\u11a8\u2126")))
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    """The page sends back what it shows as the search, and its buttons mean the rows that this found."""
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x"]
)
def test_a_cell_is_no_formula(text: str) -> None:
    """An apostrophe comes first, also behind white space and for full-width signs."""
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "2026-11-20", "ml.g5.xlarge", "'=1", "10.50", " a"])
def test_an_ordinary_cell_stays(text: str) -> None:
    """No apostrophe where none is needed."""
    assert cell(text) == text


@given(st.text())
def test_no_cleaned_cell_begins_like_a_formula(text: str) -> None:
    """Whatever comes in."""
    assert not cell(clean(text)).lstrip().startswith(tuple("=+-@＝＋－＠"))


def test_unknown_money_is_not_zero() -> None:
    """It is said in words."""
    assert usd(None) == "price unknown"
    assert usd(Decimal("1234.5")) == "$1,234.50"
    assert usd(Decimal(0)) == "$0.00"


@pytest.mark.parametrize("text", HOSTILE)
def test_templates_escape_and_never_compile_data(text: str) -> None:
    """In a page the text is text: no tag, no attribute, no template of its own."""
    page = render("message.html.j2", title=text, lines=[text], code=text)
    assert "<script" not in page
    assert "<img" not in page
    assert "{{7*7}}" not in text or "{{7*7}}" in page


def test_every_template_is_strict_and_html_is_escaped() -> None:
    """A name that was not given is an error, not an empty place; no template switches escaping off."""
    for name in environment().list_templates():
        if name.endswith(".j2"):
            source = (environment().loader or pytest.fail("no loader")).get_source(environment(), name)[0]
            assert "|safe" not in source.replace(" ", ""), name
            assert "autoescape false" not in source, name
    with pytest.raises(Exception, match="undefined"):
        render("message.html.j2")
