"""Every exhibit shows the naive figure and ours, and the two differ."""

import pytest

from tests.museum import calendars
from tests.museum.exhibit import EXHIBITS, Exhibit

ROOMS = (calendars,)
ALL = [each for room in ROOMS for each in EXHIBITS[room.ROOM]]


@pytest.mark.parametrize("shown", ALL, ids=lambda each: each.name)
def test_an_exhibit(shown: Exhibit) -> None:
    naive, ours = shown.show()
    assert (str(naive), str(ours)) == (shown.naive, shown.ours)
    assert shown.naive != shown.ours
