"""SageMaker endpoints: which series carry their traffic, when one is idle, what protects it, how it is restored."""
