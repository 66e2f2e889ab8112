"""The checked configuration of a deployment (environment, lists) and of an execution (input)."""
