"""`make demo`: a whole sweep of a simulated Organization on this machine."""
