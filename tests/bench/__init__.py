"""Speed and cost: API calls first, seconds second, beside a reference in the same run."""
