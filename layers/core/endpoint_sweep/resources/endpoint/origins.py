"""What deployed an endpoint and does not manage it afterwards, so that approvers know where it came from (D13.4)."""

from collections.abc import Iterator, Mapping

# Put on at every deployment from SageMaker JumpStart, by the SDK or in Studio.
_JUMPSTART = ("sagemaker-sdk:jumpstart-model-id", "sagemaker-studio:jumpstart-model-id")
_CANVAS = "canvas-"  # Canvas leaves no tag; its managed policy names its endpoints by this prefix.


def origins(name: str, tags: Mapping[str, str]) -> Iterator[str]:
    models = {value.strip() for key, value in tags.items() if key.strip().lower() in _JUMPSTART}
    for model in sorted(models):
        yield f"deployed from the JumpStart model {model or 'without a name'}; nothing manages it afterwards"
    if name.lower().startswith(_CANVAS):
        yield "its name suggests SageMaker Canvas"
