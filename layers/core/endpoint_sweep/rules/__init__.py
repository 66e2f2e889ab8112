"""Pure rules: what is visited, planned, priced, approved and saved. No clock, no AWS."""
