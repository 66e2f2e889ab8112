"""What HTTP adds to the page: which bodies are read, where a form may come from, headers on every answer."""

import base64
import hashlib
from importlib import resources

import pytest

from endpoint_sweep.review.http import MAX_BODY, headers, read_form
from endpoint_sweep.review.pages import Page
from endpoint_sweep.review.selection import Form

FORM = "application/x-www-form-urlencoded"
OWN = {"content-type": FORM, "host": "review.example.com"}


def status(given: dict[str, str], body: str | None = "k=a", *, encoded: bool = False) -> int:
    found = read_form(given, body, encoded=encoded)
    return found.status if isinstance(found, Page) else 200


def read(body: str | None, *, encoded: bool = False) -> Form | Page:
    return read_form(OWN, body, encoded=encoded)


def test_a_form_is_read() -> None:
    """Once, into named fields; base64 as API Gateway may hand it over."""
    assert read("k=%2B+&step=review&comment=&at_once=yes") == Form(secret="+ ", step="review", at_once=True)
    assert read("plan_sha256=a&choice=keep&delete_all=b&keep_all=c&phrase=d&code=e&comment=f") == Form(
        plan_sha256="a", choice="keep", delete_all="b", keep_all="c", phrase="d", code="e", comment="f"
    )
    assert read(base64.b64encode(b"k=a").decode(), encoded=True) == Form(secret="a")
    assert read(None) == Form()


def test_a_field_that_comes_twice_is_empty() -> None:
    """No one can tell which of the two is meant."""
    assert read("k=a&k=b&step=decide&step=list&phrase=x&phrase=x&at_once=yes&at_once=yes&other=c") == Form()


def test_rows_are_read() -> None:
    """By their number; one that is not understood makes all of them unreadable, but no other field."""
    assert read("i3=d&z0=30&i1=&z1=&z12=7") == Form(delete=(3,), snoozes=((0, 30), (12, 7)))
    wrongs = "item=a i0=d&i0=d i1=8 i1=7 z1=8 z1=d z00=7 z=7 z0=7&z0=7 i00=d i=d i-1=d i1234567=d"
    for wrong in wrongs.split():
        assert read(f"i2=d&{wrong}&k=a") == Form(secret="a", delete=(2,), is_readable=False)


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "", "application/x-www-form"]
)
def test_only_forms_are_read(content_type: str) -> None:
    """Everything else is 415; a form with a charset is a form."""
    assert status(OWN | {"content-type": content_type}) == 415
    assert status({"Content-Type": f"{FORM}; charset=UTF-8", "Host": "review.example.com"}) == 200


@pytest.mark.parametrize(
    ("body", "encoded", "expected"),
    [
        ("k=" + "a" * (MAX_BODY - 2), False, 200),
        ("k=" + "a" * (MAX_BODY - 1), False, 413),
        ("k=" + "ä" * MAX_BODY, False, 413),
        ("k=" + "a" * 2_000_000, False, 413),
        (base64.b64encode(b"k=" + b"a" * MAX_BODY).decode(), True, 413),
        ("no base64!", True, 415),
        (base64.b64encode(b"\xff\xfe").decode(), True, 415),
        ("\ud800", False, 200),
    ],
    ids=["full", "one more", "in bytes", "2 MB", "base64", "no base64", "no text", "surrogate"],
)
def test_size_and_encoding(body: str, encoded: bool, expected: int) -> None:
    """64 KiB, counted in bytes, after decoding."""
    assert status(OWN, body, encoded=encoded) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, 200),
        ({"origin": "https://review.example.com"}, 200),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://review.example.com.evil.example"}, 403),
        ({"origin": "https://review.example.com:8443"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "not a url"}, 403),
    ],
)
def test_where_a_form_may_come_from(sent: dict[str, str], expected: int) -> None:
    """From this page, or from a browser that does not say; names of headers in any case."""
    assert status(OWN | sent) == expected


def test_a_foreign_form_is_not_even_read() -> None:
    """The origin is looked at first."""
    assert status({"origin": "https://evil.example", "content-type": "application/json"}, "x" * 10**6) == 403


def test_the_headers_allow_the_one_style_sheet_and_nothing_else() -> None:
    """No script, no image, no frame, no cache, no referrer; the sheet by its hash."""
    given = headers()
    sheet = resources.files("endpoint_sweep").joinpath("templates/page.css").read_bytes()
    digest = base64.b64encode(hashlib.sha256(sheet).digest()).decode()
    policy = dict(part.strip().split(" ", 1) for part in given["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert (given["Cache-Control"], given["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert given["Strict-Transport-Security"].startswith("max-age=")
