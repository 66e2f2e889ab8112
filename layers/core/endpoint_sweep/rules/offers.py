"""What may be offered for deletion: what is idle, and what is barely used where the stack says so. No I/O.

`below`, everywhere: fewer calls than these may be offered; 0: only what is idle.
"""

from endpoint_sweep.domain.model import Finding, Verdict


def may_be_offered(finding: Finding, below: int) -> bool:
    """Whether it may be offered, chosen and deleted at all. A number of calls that is not known is no low one."""
    if finding.verdict is Verdict.BARELY_USED:
        return finding.invocations is not None and 0 < finding.invocations < below
    return finding.verdict is Verdict.IDLE


def is_idle(finding: Finding) -> bool:
    return finding.verdict is Verdict.IDLE
