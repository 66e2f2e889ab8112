"""Finds idle SageMaker endpoints across an AWS Organization and deletes only what a person approved."""

__version__ = "0.1.0"
