"""Every exhibit shows the naive figure and ours, and the two differ."""

import pytest

from tests.museum.exhibit import EXHIBITS, Exhibit
from tests.museum.page import PAGE, ROOMS, text

ALL = [each for exhibits in EXHIBITS.values() for each in exhibits]


@pytest.mark.parametrize("shown", ALL, ids=lambda each: each.name)
def test_an_exhibit(shown: Exhibit) -> None:
    naive, ours = shown.show()
    assert (str(naive), str(ours)) == (shown.naive, shown.ours)
    assert shown.naive != shown.ours


def test_every_room_is_shown_on_the_page() -> None:
    assert set(ROOMS) == set(EXHIBITS)
    assert PAGE.read_text(encoding="utf-8") == text()
