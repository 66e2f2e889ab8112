"""The use cases, one module a step, named like the state, the function's folder and its logical id."""
