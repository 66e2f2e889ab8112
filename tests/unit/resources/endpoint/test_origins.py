"""Where an endpoint came from, by its tags and its name (D13.4)."""

import pytest

from endpoint_sweep.resources.endpoint.origins import origins

CANVAS = "its name suggests SageMaker Canvas"
MODEL = "deployed from the JumpStart model meta-llama-3; nothing manages it afterwards"


@pytest.mark.parametrize(
    ("name", "tags", "said"),
    [
        ("a", {}, []),
        ("a", {"sagemaker-sdk:jumpstart-model-id": "meta-llama-3"}, [MODEL]),
        ("a", {"SageMaker-Studio:JumpStart-Model-Id ": " meta-llama-3"}, [MODEL]),
        ("a", {f"sagemaker-{one}:jumpstart-model-id": "meta-llama-3" for one in ("sdk", "studio")}, [MODEL]),
        (
            "a",
            {"sagemaker-sdk:jumpstart-model-id": ""},
            ["deployed from the JumpStart model without a name; nothing manages it afterwards"],
        ),
        ("a", {"sagemaker-sdk:jumpstart-model-version": "1.0"}, []),
        ("a", {"managed-by": "terraform"}, ["its tags mention Terraform: change it there, or it comes back"]),
        ("a", {"Pulumi:Project": "x"}, ["its tags mention Pulumi: change it there, or it comes back"]),
        ("a", {"sagemaker:project-name": "churn"}, ["it belongs to the SageMaker project churn"]),
        (
            "a",
            {"aws:servicecatalog:provisionedProductArn": "arn:x"},
            ["it belongs to the Service Catalog product arn:x"],
        ),
        ("canvas-churn", {}, [CANVAS]),
        ("Canvas-Churn", {}, [CANVAS]),
        ("canvass", {}, []),
        ("my-canvas-churn", {}, []),
        (
            "canvas-x",
            {"sagemaker-sdk:jumpstart-model-id": "meta-llama-3"},
            [MODEL, "its name suggests SageMaker Canvas"],
        ),
    ],
)
def test_origins(name: str, tags: dict[str, str], said: list[str]) -> None:
    """Whatever the case and the blanks; another tag of the SDK says nothing."""
    assert list(origins(name, tags)) == said
