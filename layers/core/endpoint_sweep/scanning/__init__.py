"""Scans cells (an account and a region): one, or many in parallel."""
