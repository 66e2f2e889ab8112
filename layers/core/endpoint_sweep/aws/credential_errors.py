"""Why the credentials of a shell cannot be used, each with the command that mends it."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from endpoint_sweep.aws.error_translation import code_of, message_of

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}


def why_unusable(  # noqa: PLR0911 - one return per reason
    error: ClientError | BotoCoreError | OSError, profile: str
) -> str:
    """`profile`: its name, or empty. An OSError: a `credential_process` that cannot be started."""
    of_profile = f" --profile {profile}" if profile else ""
    match error:
        case ClientError():
            said = f"AWS does not accept these credentials: {code_of(error)}: {message_of(error)}"
            fix = f"; sign in again, for example with aws sso login{of_profile}"
            return said + (fix if code_of(error) in _EXPIRED else "")
        case ProfileNotFound():
            name = error.kwargs.get("profile", profile)
            return f"there is no AWS profile {name}; aws configure list-profiles lists those that there are"
        case SSOError() | TokenRetrievalError():
            return f"you are not signed in, or the sign-in has expired; run aws sso login{of_profile}"
        case LoginError():
            return f"you are not signed in, or the sign-in has expired; run aws login{of_profile}"
        case NoCredentialsError():
            return f"no AWS credentials found{_of(profile)}; name a profile with --profile, or run aws configure"
        case PartialCredentialsError():
            return (
                f"the AWS credentials{_of(profile)} lack {error.kwargs.get('cred_var')}; run aws configure{of_profile}"
            )
        case ConfigParseError():
            return f"the AWS configuration in {error.kwargs.get('path')} cannot be read; correct it"
        case NoRegionError():
            return "no region is configured; use --region eu-west-1, or set AWS_REGION"
    return f"AWS credentials cannot be used: {error}"


def _of(profile: str) -> str:
    return f" in the profile {profile}" if profile else ""
