"""The only template environment. It escapes HTML and fails on missing values."""

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from endpoint_sweep.reports import text
from endpoint_sweep.rules.planning import MOST_OFFERED


@cache
def environment() -> Environment:
    """Loads only templates of the package; data is never compiled as a template."""
    made = Environment(
        loader=PackageLoader("endpoint_sweep", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    shown = (text.usd, text.moment, text.day, text.clean, text.clip, text.inert, text.sentence)
    made.filters |= {filter_.__name__: filter_ for filter_ in shown}
    made.globals |= {"plural": text.plural, "most_offered": f"{MOST_OFFERED:,}"}
    return made


def render(name: str, **values: object) -> str:
    """Raises jinja2.UndefinedError if a template uses a value that was not passed."""
    return environment().get_template(name).render(**values)


@cache
def source_of(name: str) -> str:
    """The hash of a page's only style sheet or script, for the Content-Security-Policy: no other one counts."""
    included = resources.files("endpoint_sweep").joinpath(f"templates/{name}").read_bytes()
    return f"'sha256-{base64.b64encode(hashlib.sha256(included).digest()).decode()}'"
