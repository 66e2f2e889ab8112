"""The review function: with an emailed link (`page_flow`) or AWS credentials (`json_api`). Same rules, same record.

`access`: who may look. `selection`: what a request asks for. `codes`: the emailed digits. `recording`: the one write
and what follows it. `loading`: what is read to be shown. `views` and `pages`: what is shown, without any port.
"""

from endpoint_sweep.review.access import Desk
from endpoint_sweep.review.pages import Page, message, result

__all__ = ["Desk", "Page", "message", "result"]
