"""Pure rules: what is scanned, planned, priced, approved and saved. No clock, no AWS."""
