"""Stretches of whole numbers, held against sets of them."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from acctcore.kernel.stretches import Stretch, joined, without

stretches = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), max_size=6)


def numbers(found: list[Stretch]) -> list[int]:
    return [number for start, end in found for number in range(start, end)]


@given(stretches)
@example([(3, 5), (1, 3)])
@example([(3, 3), (1, 1)])
def test_joined_stretches_hold_the_same_numbers_once_and_do_not_meet(given: list[Stretch]) -> None:
    found = joined(given)
    assert numbers(found) == sorted(set(numbers(given)))
    assert all(start < end for start, end in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    assert joined(found) == found


@given(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), stretches)
def test_what_is_cut_out_is_gone(stretch: Stretch, cuts: list[Stretch]) -> None:
    found = without(stretch, joined(cuts))
    assert numbers(found) == [number for number in numbers([stretch]) if number not in numbers(cuts)]
    assert all(start < end for start, end in found)
