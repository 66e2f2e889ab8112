"""The checked configuration of a deployment (environment) and of an execution (input)."""
