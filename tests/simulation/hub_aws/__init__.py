"""One endpoint for the whole simulated cloud: the hub's services in MiniStack, the member accounts in moto.

MiniStack runs in this process behind a wrapper of its ASGI application. Calls to member accounts are authenticated and
authorised by MiniStack's own policy evaluator, against the roles that `member-roles.yaml` made there, and then answered
by moto. Start it with `python -m tests.simulation.hub_aws`.
"""
