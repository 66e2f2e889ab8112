"""Many requests to the page from one address of this machine, bounded in number."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from urllib.parse import urlencode, urlsplit

WORKERS = 20
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Flood:
    """Every fourth request is a form with a forged secret, the others open the link. `end` stops it early."""

    def __init__(self, link: str, requests: int, *, a_second: float = 1_000_000) -> None:
        self.statuses: Counter[int] = Counter()
        self.requests = requests
        self.end = threading.Event()
        self._url = urlsplit(link)
        self._pause = WORKERS / a_second
        self._numbers = count()
        self._lock = threading.Lock()

    def run(self) -> Counter[int]:
        """As fast as this machine can, or with at most `a_second` requests a second; what was answered how often."""
        with ThreadPoolExecutor(WORKERS) as pool:
            for done in [pool.submit(self._work) for _ in range(WORKERS)]:
                done.result()
        return self.statuses

    @contextmanager
    def running(self) -> Iterator[None]:
        """Floods as long as the block lasts."""
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(self.run)
            try:
                yield
            finally:
                self.end.set()
            done.result()

    def _work(self) -> None:
        while not self.end.is_set():
            with self._lock:
                number = next(self._numbers)
            if number >= self.requests:
                return
            status = self._forged() if number % 4 == 3 else self._send("GET", f"{self._url.path}?{self._url.query}")
            with self._lock:
                self.statuses[status] += 1
            time.sleep(self._pause)

    def _forged(self) -> int:
        form = {"k": "x" * 43, "plan_sha256": "0" * 64, "step": "decide", "choice": "delete", "i0": "d"}
        return self._send("POST", self._url.path, urlencode(form))

    def _send(self, method: str, target: str, body: str | None = None) -> int:
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=30)
        try:
            connection.request(method, target, body, _FORM if body else {})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()
