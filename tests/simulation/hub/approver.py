"""An approver at the page over HTTP: opens the link, fills in the form, types the confirmation, as a person would."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

THROTTLED = 429


class PageError(Exception):
    """The page did not answer as expected. The text is what it said instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Redirects are not followed."""

    status: int
    body: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Approver:
    """One person with one link. `texts` are the texts of this person's mails so far; one of them contains the code.

    `patience`: how often to try again if the page is busy.
    """

    link: str
    texts: Callable[[], Iterable[str]] = tuple
    patience: int = 60

    def offered(self) -> list[str]:
        """The ids of the endpoints on the page, in page order."""
        return list(_Fields.of(self.open().body).rows)

    def open(self, method: str = "GET") -> Answer:
        return self._patient(lambda: _request(method, self.link))

    def _patient(self, ask: Callable[[], Answer]) -> Answer:
        """The page accepts a few requests per second, so a person tries again."""
        for _ in range(self.patience):
            answer = ask()
            if answer.status != THROTTLED:
                return answer
            time.sleep(0.5)
        return ask()

    def decide(self, choose: Callable[[Sequence[str]], Sequence[str]], snoozed: Sequence[str] = ()) -> Answer:
        """Lets `choose` pick from the offered ids. An empty choice keeps everything. `snoozed`: ids to snooze for a
        week. Raises PageError.
        """
        page = self.open()
        fields = _Fields.of(page.body)
        if page.status != 200:
            raise PageError(f"the page answered {page.status}: {text_of(page.body)}")
        wanted = choose(list(fields.rows))
        sent = {name: fields.hidden[name] for name in ("k", "plan_sha256")} | {fields.rows[one]: "d" for one in wanted}
        sent |= {fields.rows[one].replace("i", "z", 1): "7" for one in snoozed}
        confirm = self.post(sent | {"step": "review"})
        phrase = re.search(r"Type <code>([^<]+)</code>", confirm.body)
        if confirm.status != 200 or phrase is None:
            raise PageError(f"the page answered {confirm.status}: {text_of(confirm.body)}")
        sent |= {"step": "decide", "choice": "delete" if wanted else "keep", "phrase": phrase[1]}
        if 'name="code"' in confirm.body:
            sent["code"] = newest_code(self.texts())
        done = self.post(sent)
        if done.status != 303:
            raise PageError(f"the page answered {done.status}: {text_of(done.body)}")
        return self._patient(lambda: _request("GET", urljoin(self.link, done.location)))

    def post(self, fields: Mapping[str, str | list[str]]) -> Answer:
        target = urlsplit(self.link)._replace(query="").geturl()
        return self._patient(lambda: _request("POST", target, urlencode(fields, doseq=True).encode()))


def newest_code(texts: Iterable[str]) -> str:
    """The digits of the last code mail among the texts of one person's mails. Raises PageError."""
    found = [code for text in texts for code in re.findall(r"^Your code: ([0-9]{6})$", text, re.MULTILINE)]
    if not found:
        raise PageError("the page asks for a code, and none was mailed")
    return str(found[-1])


def text_of(html: str) -> str:
    """The words of a page in one line."""
    without_style = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", without_style).split())


class _Fields(HTMLParser):
    """Hidden fields, and the field of every endpoint by its id: a check box whose label names it."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.rows: dict[str, str] = {}

    @classmethod
    def of(cls, html: str) -> "_Fields":
        parser = cls()
        parser.feed(html)
        return parser

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given["value"]
        elif tag == "input" and given.get("type") == "checkbox":
            endpoint, _, place = given["aria-label"].removeprefix("Delete ").rpartition(" in ")
            account, _, region = place.partition(", ")
            self.rows[f"{account}/{region}/{endpoint}"] = given["name"]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def _request(method: str, url: str, body: bytes | None = None) -> Answer:
    request = urllib.request.Request(url, data=body, method=method)
    try:
        with _opener.open(request, timeout=60) as answer:
            return Answer(answer.status, answer.read().decode(), answer.headers.get("Location", ""))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode(), error.headers.get("Location", ""))
