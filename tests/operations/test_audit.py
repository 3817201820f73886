"""A chain that was touched anywhere does not hold."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.errors import InvalidValue
from acctcore.operations import audit
from acctcore.operations.audit import Broken, Head, Link, Problem, Verdict

BODIES = (b'{"event":"opened"}', b"", b"\x00\xff", b'{"event":"closed"}', b"\x00\xff")


def chain(bodies: tuple[bytes, ...], after: Head | None = None) -> tuple[Link, ...]:
    links: list[Link] = []
    for body in bodies:
        links.append(audit.append(links[-1] if links else after, body))
    return tuple(links)


LINKS = chain(BODIES)
HEAD = LINKS[-1]


def flip(digest: str, position: int) -> str:
    return f"{digest[:position]}{'1' if digest[position] == '0' else '0'}{digest[position + 1 :]}"


# What a link is


def test_the_digest_is_the_sha_256_that_the_description_says() -> None:
    first = sha256(b"acctcore.audit/1\x00" + b"\x00" * 8 + b"\x00" * 32 + b"one").digest()
    second = sha256(b"acctcore.audit/1\x00" + b"\x00" * 7 + b"\x01" + first + b"two").digest()
    assert chain((b"one", b"two")) == (Link(0, first.hex()), Link(1, second.hex()))


def test_the_first_link_of_an_empty_record_is_as_sha256sum_has_it() -> None:
    # printf '…\0' with the index and the digest before as zero bytes, piped into GNU sha256sum
    assert audit.append(None, b"").digest == (
        "f04b374f120fec2eaba0a78205caa076807fefcc32ffdd02ed06bf77afe91ff2"
    )


def test_the_same_body_has_another_digest_at_another_place() -> None:
    assert len({link.digest for link in chain((b"same",) * 20)}) == 20


@given(st.lists(st.binary(max_size=3), max_size=4), st.lists(st.binary(max_size=3), max_size=4))
def test_two_histories_have_one_head_only_if_they_are_one(some: list[bytes], others: list[bytes]) -> None:
    one, other = chain(tuple(some)), chain(tuple(others))
    assert (one[-1:] == other[-1:]) is (some == others)


# What holds


@given(st.lists(st.binary(max_size=20), max_size=8), st.integers(0, 8))
def test_an_untouched_chain_holds_as_a_whole_and_in_parts(bodies: list[bytes], cut: int) -> None:
    links = chain(tuple(bodies))
    head = links[-1] if links else None
    assert audit.verify(links, bodies, expected=head) == Verdict(len(bodies))
    known = links[:cut][-1] if links[:cut] else None
    rest = audit.verify(links[cut:], bodies[cut:], after=known, expected=head)
    assert rest == Verdict(len(bodies[cut:]))
    assert rest.ok


def test_a_chain_may_be_read_once_only() -> None:
    assert audit.verify(iter(LINKS), iter(BODIES), expected=HEAD).ok


# What does not: every byte and every position


@pytest.mark.parametrize("index", range(len(BODIES)))
def test_every_byte_of_every_body_counts(index: int) -> None:
    body = BODIES[index]
    touched = [
        body[:at] + bytes([body[at] ^ bit]) + body[at + 1 :] for at in range(len(body)) for bit in (1, 128)
    ]
    for other in [*touched, body + b"\x00", b"\x00" + body, body[:-1] or b"?"]:
        bodies = (*BODIES[:index], other, *BODIES[index + 1 :])
        assert audit.verify(LINKS, bodies) == Verdict(index, Broken(index, Problem.ALTERED))


@pytest.mark.parametrize("index", range(len(BODIES)))
def test_every_digit_of_every_digest_counts(index: int) -> None:
    for position in range(64):
        link = changed(LINKS[index], digest=flip(LINKS[index].digest, position))
        links = (*LINKS[:index], link, *LINKS[index + 1 :])
        assert audit.verify(links, BODIES) == Verdict(index, Broken(index, Problem.ALTERED))


@pytest.mark.parametrize("index", range(len(BODIES)))
def test_every_number_counts(index: int) -> None:
    for other in {0, 1, 2, 3, 4, 5, 2**63 - 1} - {index}:
        links = (*LINKS[:index], changed(LINKS[index], index=other), *LINKS[index + 1 :])
        assert audit.verify(links, BODIES) == Verdict(index, Broken(index, Problem.MISNUMBERED))


def test_swapping_any_two_records_is_found_at_the_first_that_differs() -> None:
    for first in range(len(BODIES)):
        for second in range(first + 1, len(BODIES)):
            bodies, links = list(BODIES), list(LINKS)
            bodies[first], bodies[second] = bodies[second], bodies[first]
            links[first], links[second] = links[second], links[first]
            same = BODIES[first] == BODIES[second]
            altered = None if same else Broken(first, Problem.ALTERED)
            assert audit.verify(LINKS, bodies).broken == altered
            assert audit.verify(links, bodies).broken == Broken(first, Problem.MISNUMBERED)


@pytest.mark.parametrize("index", range(len(BODIES) - 1))
def test_removing_a_record_is_found(index: int) -> None:
    links, bodies = LINKS[:index] + LINKS[index + 1 :], BODIES[:index] + BODIES[index + 1 :]
    assert audit.verify(links, bodies) == Verdict(index, Broken(index, Problem.MISNUMBERED))
    renumbered = tuple(changed(link, index=number) for number, link in enumerate(links))
    assert audit.verify(renumbered, bodies).broken == Broken(index, Problem.ALTERED)


@pytest.mark.parametrize("index", range(len(BODIES)))
def test_inserting_a_record_is_found(index: int) -> None:
    forged = audit.append(LINKS[index - 1] if index else None, b"forged")
    links, bodies = (*LINKS[:index], forged, *LINKS[index:]), (*BODIES[:index], b"forged", *BODIES[index:])
    assert audit.verify(links, bodies).broken == Broken(index + 1, Problem.MISNUMBERED)
    renumbered = tuple(changed(link, index=number) for number, link in enumerate(links))
    assert audit.verify(renumbered, bodies).broken == Broken(index + 1, Problem.ALTERED)


@pytest.mark.parametrize("length", range(len(BODIES)))
def test_what_is_cut_off_at_the_end_is_found_by_the_head_that_was_kept(length: int) -> None:
    assert audit.verify(LINKS[:length], BODIES[:length]).ok  # nothing inside can tell
    cut = audit.verify(LINKS[:length], BODIES[:length], expected=HEAD)
    assert cut == Verdict(length, Broken(length, Problem.CUT_OFF))


def test_a_chain_written_anew_is_found_by_the_head_that_was_kept() -> None:
    bodies = (b"forged", *BODIES[1:])
    links = chain(bodies)
    assert audit.verify(links, bodies).ok  # nothing inside can tell
    assert audit.verify(links, bodies, expected=HEAD).broken == Broken(4, Problem.OTHER_HEAD)


def test_a_chain_that_goes_on_past_the_head_that_was_kept_is_found() -> None:
    verdict = audit.verify(LINKS, BODIES, expected=LINKS[2])
    assert verdict == Verdict(5, Broken(2, Problem.OTHER_HEAD))
    assert not verdict.ok


@pytest.mark.parametrize("length", range(len(BODIES)))
def test_links_and_records_come_in_pairs(length: int) -> None:
    assert audit.verify(LINKS[:length], BODIES).broken == Broken(length, Problem.NO_LINK)
    assert audit.verify(LINKS, BODIES[:length]).broken == Broken(length, Problem.NO_RECORD)


def test_a_later_part_does_not_hold_after_another_head() -> None:
    stranger = chain((b"other",) * 2)[-1]
    assert audit.verify(LINKS[2:], BODIES[2:], after=stranger).broken == Broken(2, Problem.ALTERED)
    assert audit.verify(LINKS[2:], BODIES[2:]).broken == Broken(0, Problem.MISNUMBERED)
    assert audit.verify((), (), after=stranger, expected=LINKS[1]).broken == Broken(1, Problem.OTHER_HEAD)


def test_a_break_reads_as_a_sentence() -> None:
    broken = audit.verify(LINKS[:3], BODIES[:3], expected=HEAD).broken
    assert broken is not None
    assert broken.code == "audit.broken"
    assert broken.text == "broken at 3: the chain ends before the head that was kept"


def test_every_problem_has_a_short_code_and_a_sentence_of_its_own() -> None:
    told = {problem.value: Broken(7, problem).text for problem in Problem}
    assert told == {
        "altered": "broken at 7: the record, or one before it, is not what was chained",
        "misnumbered": "broken at 7: the number does not follow the one before",
        "no_record": "broken at 7: a link without its record",
        "no_link": "broken at 7: a record without its link",
        "cut_off": "broken at 7: the chain ends before the head that was kept",
        "other_head": "broken at 7: the chain is not the one whose head was kept, or goes on past it",
    }
    assert {Broken(7, problem).sentence for problem in Problem} == set(Broken.sentences())


@pytest.mark.parametrize(
    ("make", "where"),
    [
        pytest.param(lambda: Link(-1, "0" * 64), "Link.index", id="numbers begin at zero"),
        pytest.param(lambda: Link(2**63, "0" * 64), "Link.index", id="a number has an end"),
        pytest.param(lambda: Link(True, "0" * 64), "Link.index", id="a bool is no number"),
        pytest.param(lambda: Link(0, "0" * 63), "Link.digest", id="a digest has 64 digits"),
        pytest.param(lambda: Link(0, "0" * 63 + "A"), "Link.digest", id="digits are written one way"),
        pytest.param(lambda: Link(0, "０" * 64), "Link.digest", id="digits are plain"),
        pytest.param(
            lambda: Link(0, b"0" * 64),  # type: ignore[arg-type]
            "Link.digest",
            id="a digest is a text",
        ),
        pytest.param(
            lambda: audit.append(None, "text"),  # type: ignore[arg-type]
            "append",
            id="a body is bytes",
        ),
        pytest.param(
            lambda: audit.append(None, bytearray(b"bytes")),  # type: ignore[arg-type]
            "append",
            id="bytes that can change are no body",
        ),
        pytest.param(
            lambda: audit.append(Link(2**63 - 1, "0" * 64), b""), "Link.index", id="a chain is full some day"
        ),
    ],
)
def test_what_cannot_be(make: Callable[[], object], where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        make()
    assert error.value.where == where
