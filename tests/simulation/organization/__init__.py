"""A world as data: accounts, endpoints, their traffic, and the verdicts that they deserve."""
