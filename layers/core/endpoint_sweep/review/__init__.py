"""The review function: by a link from the mail (`link`), or with AWS credentials (`api`). The same rules, one record.

`desk`: who may look. `forms`: what was asked for. `codes`: the digits from the mail. `recording`: the one write and
what follows it. `pages`: what is shown.
"""

from endpoint_sweep.review.access import Desk
from endpoint_sweep.review.pages import Page, message, result

__all__ = ["Desk", "Page", "message", "result"]
