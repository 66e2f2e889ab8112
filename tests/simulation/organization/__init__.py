"""A world as data: accounts, endpoints, their traffic, and the verdicts that are right for them."""
