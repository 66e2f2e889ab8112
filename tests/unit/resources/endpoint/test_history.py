"""When an endpoint was called: what a person reads, and when the calls of 15 months make a rhythm."""

from datetime import timedelta

import pytest

from endpoint_sweep.resources.endpoint.history import Past, every, rhythm, told
from tests.unit.samples import NOW

TODAY = NOW.replace(hour=0)


def past(*days_ago: int) -> Past:
    return Past(tuple(TODAY - timedelta(days=one) for one in sorted(days_ago, reverse=True)))


@pytest.mark.parametrize(
    ("days_ago", "days"),
    [
        ((20, 50, 81), 30),  # Monthly.
        ((44, 74, 105), 30),  # Overdue, but not by half a month.
        ((20, 21, 22, 50, 51, 81), 30),  # A run of some days.
        ((10, 40, 101, 131), 30),  # One month was left out.
        ((80, 171), 91),  # Quarterly: 15 months have room for few.
        ((100, 465 - 15), 350),  # Yearly.
        ((9, 16, 23, 30), 7),  # Weekly, for a short window.
        ((30, 90), 60),  # Two calls two months apart.
        ((20, 23, 50, 53, 80, 83), 30),  # Days that are three days apart are one run.
        ((10, 40, 100, 130, 160, 220), 30),  # Two months were left out.
        ((10, 50, 80, 130), 40),  # A quarter longer and a quarter shorter.
        ((10, 40, 87, 117), 30),  # Two of three gaps are alike.
        ((16, 30, 37, 38, 41, 44), 14),  # A run as long as half of the usual time.
        ((18, 27, 48, 57, 78, 87), 30),  # Two jobs of every month.
        ((20, 25, 41, 50, 55, 71, 80, 85, 101), 30),  # Three.
        ((18, 27, 57, 78, 87, 108, 117, 138, 147, 168, 177, 198, 207), 30),  # One run of two jobs was left out.
        ((18, 78, 109, 169, 200, 260), 91),  # Two of every quarter.
        ((18, 27, 50, 59, 82, 95), 32),  # One of two jobs came an eighth later.
        ((18, 27, 50, 59, 82, 91, 128), 32),  # Of five gaps of two jobs, one may be of any length.
    ],
    ids=str,
)
def test_calls_at_a_rhythm(days_ago: tuple[int, ...], days: int) -> None:
    """A job of every month or quarter is silent for most of it, and needed (D1.29)."""
    found = rhythm(past(*days_ago), NOW)
    assert found is not None
    assert abs(found / timedelta(days=1) - days) <= 1


@pytest.mark.parametrize(
    "days_ago",
    [
        (),
        (20,),
        (20, 50),  # Two calls a month apart are no rhythm yet.
        (60, 90, 120),  # The next one did not come.
        (40, 45, 120, 140),  # Now and then.
        tuple(range(40, 100)),  # Used every day, until it was not.
        (31, 45, 59, 73, 300),  # A fortnightly job that ended.
        (160, 251),  # A quarterly one that ended.
        (10, 15, 90, 110),  # Called not long ago, now and then.
        (10, 40, 87, 117, 187, 217),  # Three of five gaps are alike.
        (16, 30, 35, 38, 41, 44),  # A run longer than half of the usual time.
        (49, 58, 79, 88, 109, 118),  # Two jobs of every month, until they were not.
        (18, 27, 48, 57, 78),  # Two pairs of calls are no two jobs yet.
        (18, 27, 48, 66, 78, 97),  # Nearly two jobs of every month.
        (10, 15, 27, 44, 70, 75, 87, 104, 130, 135, 147, 164),  # Four jobs look like calls now and then.
    ],
    ids=str,
)
def test_calls_without_a_rhythm(days_ago: tuple[int, ...]) -> None:
    """Whatever was called once, irregularly, or no longer: the window decides."""
    assert rhythm(past(*days_ago), NOW) is None


def test_a_run_is_overdue_after_half_of_the_usual_time() -> None:
    """And a day, because days are counted from midnight; until then its next one may come."""
    assert rhythm(past(46, 76, 106), TODAY) == timedelta(days=30)
    assert rhythm(past(47, 77, 107), TODAY) is None


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (7, "every week"),
        (14, "every two weeks"),
        (31, "every month"),
        (45, "every 45 days"),
        (91, "every quarter"),
        (180, "every half-year"),
        (365, "every year"),
    ],
)
def test_a_rhythm_in_words(days: int, said: str) -> None:
    """As people speak of their jobs."""
    assert every(timedelta(days=days)) == said


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [
        (6, 8, "every week"),
        (13, 15, "every two weeks"),
        (27, 33, "every month"),
        (82, 100, "every quarter"),
        (167, 197, "every half-year"),
        (345, 385, "every year"),
    ],
)
def test_a_name_stands_for_few_other_lengths(least: int, most: int, said: str) -> None:
    """What is shorter or longer is told in days."""
    assert {every(timedelta(days=days)) for days in range(least, most + 1)} == {said}
    for days in (least - 1, most + 1):
        assert every(timedelta(days=days)) == f"every {days} days"


def test_what_a_person_reads() -> None:
    """The last call first, the six days before it, and how many more there are."""
    assert told(past()) == "no call in the last 15 months"
    assert told(past(19)) == "last call on 1 Nov 2026, the only day with calls in 15 months"
    assert told(past(19, 50)) == "last call on 1 Nov 2026; before that on 1 Oct 2026"
    assert told(past(19, 50, 80)) == "last call on 1 Nov 2026; before that on 1 Oct 2026 and 1 Sep 2026"
    four = told(past(19, 50, 80, 111))
    assert four == "last call on 1 Nov 2026; before that on 1 Oct 2026, 1 Sep 2026 and 1 Aug 2026"
    assert told(past(*range(19, 27))).endswith("26 Oct 2026 and 1 other day")
    many = told(past(*range(19, 29)))
    assert many.startswith("last call on 1 Nov 2026; before that on 31 Oct 2026, 30 Oct 2026,")
    assert many.endswith("26 Oct 2026 and 3 other days")


def test_several_series_are_one_past() -> None:
    """Complete only if all of them are."""
    joined = Past.joined([past(3, 5), past(5, 9)])
    assert joined == past(3, 5, 9)
    assert joined.last == TODAY - timedelta(days=3)
    assert not Past.joined([past(3), Past(complete=False)]).complete
    assert Past.joined([]) == Past()
