"""The questions of `endpoint-sweep init`, one at a time: what it is about, what is taken, what was found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from textwrap import fill

from endpoint_sweep.aws.hub_account import HubAccount
from endpoint_sweep.aws.regions import known
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.reports.text import clean
from endpoint_sweep.rules.region_names import why_refused
from endpoint_sweep.rules.scopes import ENABLED
from endpoint_sweep.settings.cross_checks import cross_check
from endpoint_sweep.settings.deployment import Deployment, check_value
from endpoint_sweep.settings.lists import split
from endpoint_sweep.settings.template import Parameter

NONE = "none"
_FULL = 100  # What Lambda keeps unreserved (D13.8).
_WIDTH = 100


def too_much(limit: int | None, values: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Parameters that ask for more concurrency than the account has: what fits, and what to say."""
    found: dict[str, tuple[str, str]] = {}
    if limit is None:
        return found
    small = f"This account runs at most {limit} Lambda functions at once."
    reserved, scans = (_number(values.get(name, "")) for name in ("ReviewConcurrency", "ScanConcurrency"))
    if reserved and limit - reserved < _FULL:
        found["ReviewConcurrency"] = "0", f"{small} Lambda keeps {_FULL} of them unreserved, so the deployment fails."
    if scans >= limit:
        found["ScanConcurrency"] = str(max(1, limit // 2)), f"{small} Scans beyond that are throttled."
    return found


def _number(text: str) -> int:
    """What is none is refused elsewhere."""
    return int(text) if text.isascii() and text.isdigit() else 0


class Questions:
    """`ask` shows a prompt and returns what was typed; `account` opens the account of the hub in a region."""

    def __init__(
        self,
        parameters: Mapping[str, Parameter],
        account: Callable[[str], HubAccount],
        ask: Callable[[str], str],
    ) -> None:
        self._parameters = parameters
        self._account = account
        self._ask = ask

    def answered(self, deployment: Deployment) -> Deployment:
        """Completed by the person at the terminal. Whatever is wrong is said and asked again.

        Raises UsageError where something is wrong that is not asked about.
        """
        for name, value in deployment.values.items():
            check_value(self._parameters[name], value, deployment.region)
        if all(deployment.values.get(name) for name in ("Sender", "Approvers")):
            cross_check(deployment.complete(self._parameters))
        account = self._account(deployment.region)
        deployment = self._parameter(deployment, "OrganizationId", account.organization() or "")
        deployment = self._sender(deployment, account)
        deployment = self._parameter(deployment, "Approvers", "")
        deployment = self._parameter(deployment, "Regions", deployment.region)
        deployment = self._parameter(deployment, "AlarmTopicArn", "")
        return self._concurrency(deployment, account)

    def region(self, deployment: Deployment) -> Deployment:
        """The first question, because everything else is looked up there."""
        print("Enter takes the value in brackets. Nothing is saved before the end; Ctrl-C leaves everything as it is.")
        about = (
            "The region of the hub stack. The sender of the emails must be verified there, and a stack cannot move to "
            "another region."
        )

        def checked(text: str) -> str:
            self._refuse_unknown_regions("the answer", [text], text)
            return text

        region = self._one("Region", about, "the code of a region such as eu-west-1", deployment.region, checked)
        return replace(deployment, region=region)

    def _sender(self, deployment: Deployment, account: HubAccount) -> Deployment:
        verified = account.verified_senders()
        if verified is None:
            said = "Which identities are verified could not be read from Amazon SES."
        elif not verified:
            said = f"Amazon SES has no verified identity in {deployment.region} yet. Emails fail until it has this one."
        else:
            said = f"Verified in {deployment.region}: {', '.join(clean(one) for one in verified[:10])}."
        addresses = [one for one in verified or () if "@" in one]
        deployment = self._parameter(deployment, "Sender", addresses[0] if addresses else "", said)
        sender = deployment.values["Sender"]
        domain = sender.rpartition("@")[2]
        if verified and not any(sender == one or f".{domain}".endswith(f".{one}") for one in verified):
            print(f"{sender} is not among the verified identities of {deployment.region}: emails fail until it is.")
        return deployment

    def _concurrency(self, deployment: Deployment, account: HubAccount) -> Deployment:
        """Asked only where the defaults do not fit the account."""
        for name, (fits, said) in too_much(account.concurrency(), deployment.complete(self._parameters)).items():
            deployment = self._parameter(deployment, name, fits, said, prefer=True)
        return deployment

    def _parameter(
        self, deployment: Deployment, name: str, found: str, said: str = "", *, prefer: bool = False
    ) -> Deployment:
        """`found` is offered where nothing was answered before, or instead of that with `prefer`."""
        parameter = self._parameters[name]
        before = found if prefer else deployment.values.get(name, found or parameter.default or "")
        about = f"{parameter.description} {said}".strip()

        def checked(text: str) -> str:
            value = "" if text.lower() == NONE and parameter.default == "" else text
            if not value and parameter.default is None:
                raise UsageError(f"{name} must have a value")
            check_value(parameter, value, deployment.region)
            if name == "Regions":
                named = [one for one in split(value) if one != ENABLED]
                self._refuse_unknown_regions(name, named, deployment.region)
            if name == "Approvers":
                cross_check(deployment.with_values({name: value}).complete(self._parameters))
            return value

        takes = parameter.must_be + (f". Type {NONE} to leave it empty" if parameter.default == "" else "")
        return deployment.with_values({name: self._one(name, about, takes, before, checked)})

    def _refuse_unknown_regions(self, place: str, names: Iterable[str], near: str) -> None:
        if why := why_refused(place, names, known(near), lambda: self._account(near).regions()):
            raise UsageError(why)

    def _one(self, name: str, about: str, takes: str, before: str, checked: Callable[[str], str]) -> str:
        print(f"\n{name}\n{fill(about, _WIDTH)}\n{fill(f'It must be {takes}.', _WIDTH)}")
        while True:
            typed = self._ask(f"{name} [{before}]: " if before else f"{name}: ").strip()
            try:
                return checked(typed or before)
            except UsageError as error:
                print(fill(str(error), _WIDTH))
