"""A refusal by a service of ours, in AWS's words."""


class Refused(Exception):
    """`code` and `message` as the SDK will show them."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status
