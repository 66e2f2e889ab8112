"""The files of a checkout that the commands of a deployment read: a template, and the file with its answers."""

from collections.abc import Mapping
from pathlib import Path

from endpoint_sweep.aws.partition_services import sends_mail
from endpoint_sweep.aws.regions import known, offered
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.rules.region_names import why_refused
from endpoint_sweep.rules.scopes import ENABLED
from endpoint_sweep.settings.cross_checks import cross_check
from endpoint_sweep.settings.deployment import Deployment, check, edited, read, written
from endpoint_sweep.settings.lists import split
from endpoint_sweep.settings.template import Parameter, parameters_of


def found(name: str, given: Path | None, option: str) -> Path:
    """A file of the checkout that this shell stands in. Raises UsageError."""
    if given is not None:
        if not given.is_file():
            raise UsageError(f"{option}: there is no file {given}")
        return given
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / name).is_file():
            return folder / name
    raise UsageError(f"there is no {name} here: go to a checkout of endpoint-sweep, or name the file with {option}")


def parameters_in(template: Path) -> dict[str, Parameter]:
    """Raises UsageError, or OSError."""
    return parameters_of(template.read_text(encoding="utf-8"), template.name)


def deployment_in(file: Path, parameters: Mapping[str, Parameter]) -> Deployment:
    """Raises UsageError, or OSError."""
    return read(file.read_text(encoding="utf-8"), file.name, parameters)


def check_whole(deployment: Deployment, parameters: Mapping[str, Parameter], sessions: Sessions) -> None:
    """Each value, then all of them together. Only a region that is newer than this program is asked of AWS.

    Raises UsageError.
    """
    check(deployment, parameters)
    region = deployment.region
    if not region:
        raise UsageError("the region of the stack is missing: use --region, or set AWS_REGION")
    values = deployment.complete(parameters)
    scanned = [one for one in split(values["Regions"]) if one != ENABLED]
    for place, names in (("the region of the stack", [region]), ("Regions", scanned)):
        if why := why_refused(place, names, known(region), lambda: offered(sessions.at("ssm", region))):
            raise UsageError(why)
    if not sends_mail(region):
        raise UsageError(
            f"Amazon SES is not offered in the partition of {region}: no email could bring a report or ask for an "
            "approval, and the stack could not be created. endpoint-sweep scan works there without a stack"
        )
    cross_check(values)


def save(file: Path, deployment: Deployment, parameters: Mapping[str, Parameter]) -> bool:
    """Whether anything had to be written. The file is the old one or the new one, never a part.

    Raises UsageError, or OSError.
    """
    old = file.read_text(encoding="utf-8") if file.exists() else None
    text = written(deployment, parameters) if old is None else edited(old, file.name, deployment, parameters)
    if text == old:
        return False
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return True
