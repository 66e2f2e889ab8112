"""The one place that every call passes: logged, struck by faults, told apart by protocol."""
