"""Corrects moto in this process: each correction replaces one function of moto whose answer would hide a bug.

Written against one pinned version of moto. Every correction is named after what it fixes and has a
test that fails without it: see tests/unit/simulation/leaving_out.py.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from unittest.mock import patch

from tests.simulation.member_aws import state as states
from tests.simulation.member_aws.corrections import (
    autoscaling,
    cloudwatch,
    components,
    dynamodb,
    kms,
    organizations,
    regions,
    routers,
    s3,
    sagemaker,
    sagemaker_configs,
    schedules,
    sns,
    stepfunctions,
    sts,
    tagging,
)
from tests.simulation.member_aws.corrections.correction import Correction

MOTO = "5.2.5"
LEAVE_OUT = "LEAVE_OUT_CORRECTION"  # In the environment: the name of one that no one gets.
ALL: tuple[Correction, ...] = (
    *sagemaker.CORRECTIONS,
    *sagemaker_configs.CORRECTIONS,
    *components.CORRECTIONS,
    *schedules.CORRECTIONS,
    *routers.CORRECTIONS,
    *cloudwatch.CORRECTIONS,
    *sts.CORRECTIONS,
    *organizations.CORRECTIONS,
    *regions.CORRECTIONS,
    *tagging.CORRECTIONS,
    *dynamodb.CORRECTIONS,
    *s3.CORRECTIONS,
    *kms.CORRECTIONS,
    *autoscaling.CORRECTIONS,
    *stepfunctions.CORRECTIONS,
    *sns.CORRECTIONS,
)


@contextmanager
def apply(state: states.State, without: Collection[str] = ()) -> Iterator[None]:
    """Lets a corrected moto serve `state` until the end of the block. `without`: names of corrections to leave out."""
    if version("moto") != MOTO:
        raise RuntimeError(f"the corrections are written against moto {MOTO}, not {version('moto')}")
    with ExitStack() as stack:
        states.activate(state)
        stack.callback(states.deactivate, state)
        stack.enter_context(corrected(*(one for one in ALL if one.name not in without)))
        yield


@contextmanager
def corrected(*corrections: Correction) -> Iterator[None]:
    """Applies only these corrections, which need no `state`."""
    with ExitStack() as stack:
        for one in corrections:
            if one.name == os.environ.get(LEAVE_OUT):
                continue
            # "create": some corrections add an operation that moto does not have.
            stack.enter_context(patch.object(one.target, one.attribute, one.replacement, create=True))
        yield
