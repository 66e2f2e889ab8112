"""The use cases, one module per step, named like the state, the function's folder and its logical id."""
