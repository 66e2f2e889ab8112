"""SageMaker endpoints: their traffic metrics, when one is idle, what protects it, how it is restored."""
