"""The codes of a link, as they are written down."""

from endpoint_sweep.domain.codes import Code, Codes
from tests.unit.samples import NOW


def test_the_newest_code_has_the_highest_number() -> None:
    """Wherever it stands; none is number zero, which any that was mailed is above."""
    numbers = (2, 4, 3)
    assert Codes("a1", "l1", tuple(Code("h", NOW, NOW, number) for number in numbers)).newest == 4
    assert Codes("a1", "l1", ()).newest == 0
