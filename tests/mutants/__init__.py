"""Small changes of the rules, one by one, each of which a unit test must notice. `make mutants`."""
