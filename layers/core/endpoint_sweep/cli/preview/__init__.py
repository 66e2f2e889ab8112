"""`endpoint-sweep preview`: every email and page, filled with made-up findings. AWS is not asked."""

import argparse
import webbrowser
from pathlib import Path
from typing import Any

from endpoint_sweep.cli.preview.rendered import rendered
from endpoint_sweep.cli.preview.samples import SCENARIOS, sample
from endpoint_sweep.domain.errors import UsageError


def add_parser(commands: Any) -> None:
    """The options of the command."""
    words = "show every email and page with made-up findings"
    listed = "\n".join(f"  {name:<12} {one.about}" for name, one in SCENARIOS.items())
    parser = commands.add_parser(
        "preview",
        help=words,
        description=f"{words.capitalize()}. Asks AWS nothing.",
        epilog=f"scenarios:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--scenario", default="usual", metavar="NAME", help="how the sweep went (usual)")
    add("--output", type=Path, default=Path("preview"), metavar="FOLDER", help="where the files go (preview)")
    add("--open", action="store_true", help="open the review page or the report in the browser")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0. Raises UsageError or OSError."""
    if given.scenario not in SCENARIOS:
        raise UsageError(f"--scenario must be one of {', '.join(SCENARIOS)}")
    folder: Path = given.output
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--output must be a folder, but {folder} is a file")
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, content in rendered(sample(SCENARIOS[given.scenario])):
        (folder / name).write_text(content, encoding="utf-8")
        names.append(name)
        print(folder / name)
    if given.open:
        first = next((one for one in ("review-page.html", "report.html") if one in names), names[0])
        webbrowser.open((folder / first).absolute().as_uri())
    return 0
