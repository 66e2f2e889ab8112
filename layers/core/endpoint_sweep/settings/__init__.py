"""What a deployment and an execution are asked to do: environment and input, checked."""
