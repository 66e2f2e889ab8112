"""What a person sees who installs the product: each command with what it printed, in a file that people can read."""

import re

from tests.simulation.hub.cloudformation import ROOT

FOLDER = ROOT / "build" / "journey"
_FIRST, _LAST, _WIDTH = 20, 60, 200
_PROGRESS = re.compile(r"\d+ of \d+ checks: |\s+Uploading to |\s+- Deleting S3 object ")


class Transcript:
    """`name`: of the file in build/journey. It is written as the journey goes, so a failure leaves what led to it."""

    def __init__(self, name: str, title: str) -> None:
        self.file = FOLDER / f"{name}.md"
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.file.write_text(f"# {title}\n", encoding="utf-8")

    def step(self, title: str) -> None:
        self._write(f"\n## {title.partition('\n')[0].rstrip('.')}\n")

    def shown(self, what: str, text: str) -> None:
        """A file, an email."""
        self._write(f"\n{what}:\n\n```\n{text.strip()}\n```\n")

    def command(self, command: str, printed: str, status: int = 0, *, who: str = "") -> None:
        """`who`: whose credentials, if not the hub's."""
        about = f"With credentials of {who}:\n\n" if who else ""
        ended = f"[exit status {status}]\n" if status else ""
        self._write(f"\n{about}```\n$ {command}\n{_shortened(printed)}{ended}```\n")

    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    def _write(self, text: str) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            file.write(text)


def _shortened(printed: str) -> str:
    """The first and the last lines, without those that only show progress."""
    lines = [line[:_WIDTH].rstrip() for line in printed.replace("\r", "\n").splitlines() if not _PROGRESS.match(line)]
    if len(lines) > _FIRST + _LAST:
        left_out = f"[… {len(lines) - _FIRST - _LAST} lines …]"
        lines = [*lines[:_FIRST], left_out, *lines[-_LAST:]]
    return "".join(f"{line}\n" for line in lines)
