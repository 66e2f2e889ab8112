"""What reads, decides and writes does so again if another writer was faster, a few times."""

from unittest.mock import Mock

import pytest

from endpoint_sweep.domain.errors import AlreadyRecorded, Unavailable
from endpoint_sweep.storage.retrying import retry_if_changed

FASTER = AlreadyRecorded("the record was changed by someone else")


def test_the_last_try_counts() -> None:
    """What the change returned is returned, and it is not called again."""
    change = Mock(side_effect=[FASTER, FASTER, "written", "again"])
    assert retry_if_changed(change, tries=3) == "written"
    assert change.call_count == 3


def test_somebody_else_is_always_faster() -> None:
    """After the last try the conflict is the caller's."""
    change = Mock(side_effect=[FASTER] * 4)
    with pytest.raises(AlreadyRecorded):
        retry_if_changed(change, tries=3)
    assert change.call_count == 3


def test_another_error_is_no_conflict() -> None:
    """It is raised at once: no one knows what was written."""
    change = Mock(side_effect=[Unavailable("no answer"), "written"])
    with pytest.raises(Unavailable):
        retry_if_changed(change)
    assert change.call_count == 1
