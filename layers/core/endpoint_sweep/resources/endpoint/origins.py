"""What deployed or manages an endpoint, as far as tags and name tell, so that approvers know where it came from.

None of these protects (D13.4).
"""

from collections.abc import Iterator, Mapping

# Put on at every deployment from SageMaker JumpStart, by the SDK or in Studio.
_JUMPSTART = ("sagemaker-sdk:jumpstart-model-id", "sagemaker-studio:jumpstart-model-id")
# What people call themselves in tags such as `managed-by`.
_TOOLS = ("Terraform", "Pulumi", "OpenTofu", "Crossplane")
_OWNERS = {
    "sagemaker:project-name": "SageMaker project",
    "aws:servicecatalog:provisionedproductarn": "Service Catalog product",
}
_CANVAS = "canvas-"  # Canvas leaves no tag; its managed policy names its endpoints by this prefix.


def origins(name: str, tags: Mapping[str, str]) -> Iterator[str]:
    models = {value.strip() for key, value in tags.items() if key.strip().lower() in _JUMPSTART}
    for model in sorted(models):
        yield f"deployed from the JumpStart model {model or 'without a name'}; nothing manages it afterwards"
    marks = {text.strip().lower() for tag in tags.items() for text in tag}
    for tool in sorted(one for one in _TOOLS if any(one.lower() in mark for mark in marks)):
        yield f"its tags mention {tool}: change it there, or it comes back"
    for key, what in _OWNERS.items():
        if value := next((value for name_, value in tags.items() if name_.strip().lower() == key), ""):
            yield f"it belongs to the {what} {value}"
    if name.lower().startswith(_CANVAS):
        yield "its name suggests SageMaker Canvas"
