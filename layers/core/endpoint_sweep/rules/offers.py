"""Which resources may be offered for deletion: idle ones, and barely used ones if the stack says so. No I/O.

`below`, everywhere: fewer calls than these may be offered; 0: only what is idle.
"""

from endpoint_sweep.domain.model import Finding, Verdict


def may_be_offered(finding: Finding, below: int) -> bool:
    """Whether it may be offered, chosen and deleted at all. An unknown number of calls is not a low one."""
    if finding.verdict is Verdict.BARELY_USED:
        return finding.invocations is not None and 0 < finding.invocations < below
    return finding.verdict is Verdict.IDLE


def is_idle(finding: Finding) -> bool:
    return finding.verdict is Verdict.IDLE
