"""Adapters: the only modules that import boto3. They translate AWS's answers into the words of `model` and `errors`."""
