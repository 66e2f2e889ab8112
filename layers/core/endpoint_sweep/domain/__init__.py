"""What the product speaks of, as data. Imports nothing else of the product."""
