"""Opens a stage: a world, its hub, and ears on everything that is minted or logged."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from endpoint_sweep.aws import step_log
from endpoint_sweep.rules.approvals import mint_secret
from endpoint_sweep.steps import request_approval
from tests.judging import deciding
from tests.judging.onlooker import Onlooker
from tests.judging.remembered import remembered
from tests.judging.stage import Stage
from tests.simulation.hub.stack_in_process import Answer, Hub
from tests.simulation.member_aws.world import World
from tests.simulation.organization.specification import Organization


@contextmanager
def opened(organization: Organization, **parameters: str) -> Iterator[Stage]:
    """A world, its hub, and ears on everything that is minted or logged. One approver may decide on anything."""
    parameters = {"TwoApproversAboveUsd": "10000000", "TwoApproversAboveEndpoints": "1000"} | parameters
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(step_log._logger().registered_formatter)
    logger = logging.getLogger(step_log._logger().service)
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
                """Who sends a form by a link that was mailed has done something; no one else has."""
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
