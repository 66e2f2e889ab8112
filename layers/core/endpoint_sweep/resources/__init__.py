"""The kinds of resources that a sweep looks for, one folder each."""
