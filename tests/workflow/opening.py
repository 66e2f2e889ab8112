"""Opens a stage: a world, its hub, and ears on everything that is minted or logged."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from endpoint_sweep import journal
from endpoint_sweep.approvals import mint_secret
from endpoint_sweep.steps import request_approval
from tests.simulation.hub import Answer, Hub
from tests.simulation.organization import Organization
from tests.simulation.world import World
from tests.workflow import deciding
from tests.workflow.onlooker import Onlooker
from tests.workflow.remembered import remembered
from tests.workflow.stage import Stage


@contextmanager
def opened(organization: Organization, **parameters: str) -> Iterator[Stage]:
    """A world, its hub, and ears on everything that is minted or logged. One approver may decide on anything."""
    parameters = {"TwoApproversAboveUsd": "10000000", "TwoApproversAboveEndpoints": "1000"} | parameters
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(journal._logger().registered_formatter)
    logger = logging.getLogger(journal._logger().service)
    logger.addHandler(handler)
    try:
        with (
            remembered(),
            World.in_process(organization) as world,
            Hub.in_process(world, **parameters) as hub,
        ):
            world.deleting_takes(0.2)
            stage = Stage(world, hub, log, Onlooker(hub))
            world.wire.watchers.append(stage.onlooker)
            hub.reading = stage.onlooker.reading
            stage.around("AwaitDecisionFunction", lambda event: stage.tokens.append(event["token"]))

            post = hub.post

            def posting(link: str, *given: Any) -> Answer:
                """Who sends a form by a link that was mailed has done something; nobody else has."""
                if any(link in mail.text for mail in hub.mails()):
                    stage.tried.add(deciding.whose(hub, link))
                return post(link, *given)

            hub.post = posting  # type: ignore[assignment,method-assign]

            def minting() -> str:
                stage.secrets.append(mint_secret())
                return stage.secrets[-1]

            with patch.object(request_approval, "mint_secret", minting):
                yield stage
    finally:
        logger.removeHandler(handler)
