"""Money set aside: by its table, by its facts in any order, and resolved once."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from attrs import evolve as changed
from hypothesis import given, settings
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Missing, Reason
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.money import Money
from acctcore.kernel.notices import AlreadyRecorded
from acctcore.kernel.terms import Actor
from acctcore.receivables import authorisations
from acctcore.receivables.authorisations import (
    LIFECYCLE,
    Authorisation,
    AuthorisationPolicy,
    Authorise,
    CapturedLater,
    Captures,
    Command,
    ExceedsAuthorised,
    Phase,
    Resolution,
    Resolved,
    Taken,
    Void,
)

NOON = instant(datetime(2024, 3, 1, 12, tzinfo=UTC))
HUNDRED = Money("100.00", "EUR")
ONCE = AuthorisationPolicy()
SEVERAL = AuthorisationPolicy(captures=Captures.SEVERAL)


def at(hours: int) -> DateTime:
    return NOON.add(hours=hours)


def authorise(hours: int = 0, **facts: object) -> Authorise:
    stated = {"id": "a", "at": at(hours), "by": Actor("ann"), "authorisation_id": "A1", "amount": HUNDRED}
    return Authorise(**{**stated, **facts})  # type: ignore[arg-type]


def void(hours: int, **facts: object) -> Void:
    return Void(id="v", at=at(hours), by=Actor("ann"), authorisation_id="A1", **facts)  # type: ignore[arg-type]


def taken(hours: int, amount: int, id: str = "P1", *, final: bool = False, code: str = "EUR") -> Taken:
    return Taken(id, at(hours), code, amount, final)


def held(**facts: object) -> Authorisation:
    stated = {"id": "A1", "currency": "EUR", "amount": 10_000, "at": NOON, "expires_at": at(100)}
    return Authorisation(**{**stated, "captures": Captures.SEVERAL, **facts})  # type: ignore[arg-type]


# Where it stands


@pytest.mark.parametrize(
    ("authorisation", "captures", "policy", "hours", "expected"),
    [
        pytest.param(held(), [], ONCE, 0, None, id="just set aside"),
        pytest.param(held(), [], ONCE, 99, None, id="up to its end"),
        pytest.param(held(), [], ONCE, 100, (Phase.EXPIRED, 100), id="at its end"),
        pytest.param(held(expires_at=None), [], ONCE, 9_000, None, id="without an end"),
        pytest.param(held(), [taken(5, 1)], ONCE, 5, (Phase.CAPTURED, 5), id="once, whatever the amount"),
        pytest.param(held(), [taken(5, 1)], ONCE, 4, None, id="before that"),
        pytest.param(held(), [taken(5, 1)], SEVERAL, 99, None, id="in part, of several"),
        pytest.param(held(), [taken(5, 1)], SEVERAL, 100, (Phase.EXPIRED, 100), id="the rest expires"),
        pytest.param(
            held(), [taken(5, 4_000), taken(7, 6_000, "P2")], SEVERAL, 8, (Phase.CAPTURED, 7), id="all of it"
        ),
        pytest.param(
            held(), [taken(7, 4_000), taken(5, 6_000, "P2")], SEVERAL, 6, None, id="all of it, later"
        ),
        pytest.param(held(), [taken(5, 1, final=True)], SEVERAL, 9, (Phase.CAPTURED, 5), id="the last one"),
        pytest.param(held(voided_at=at(3)), [], ONCE, 3, (Phase.VOIDED, 3), id="voided"),
        pytest.param(held(voided_at=at(3)), [], ONCE, 2, None, id="before it was voided"),
        pytest.param(held(voided_at=at(3)), [], ONCE, 500, (Phase.VOIDED, 3), id="voided, not expired"),
        pytest.param(
            held(voided_at=at(9)), [taken(5, 4_000)], SEVERAL, 9, (Phase.VOIDED, 9), id="the rest voided"
        ),
    ],
)
def test_how_it_ended(
    authorisation: Authorisation,
    captures: list[Taken],
    policy: AuthorisationPolicy,
    hours: int,
    expected: tuple[Phase, int] | None,
) -> None:
    authorisation = changed(authorisation, captures=policy.captures)
    end = authorisations.resolution(authorisation, captures, at(hours))
    assert end == (None if expected is None else Resolution(expected[0], at(expected[1])))
    phase = authorisations.phase(authorisation, captures, at(hours))
    assert phase is (Phase.OPEN if expected is None else expected[0])


@pytest.mark.parametrize(
    ("captures", "hours", "expected"),
    [
        pytest.param([], -1, "0.00", id="not yet"),
        pytest.param([], 0, "100.00", id="all of it"),
        pytest.param([taken(5, 3_000)], 4, "100.00", id="before the capture"),
        pytest.param([taken(5, 3_000)], 5, "70.00", id="the rest"),
        pytest.param([taken(5, 3_000, final=True)], 5, "0.00", id="the rest is released"),
        pytest.param([], 100, "0.00", id="expired"),
    ],
)
def test_what_is_set_aside(captures: list[Taken], hours: int, expected: str) -> None:
    assert authorisations.reserved(held(), captures, at(hours)) == Money(expected, "EUR")


# Every command in every phase

PHASES = {
    None: (None, []),
    Phase.OPEN: (held(), []),
    Phase.CAPTURED: (held(), [taken(2, 10_000)]),
    Phase.VOIDED: (held(voided_at=at(2)), []),
    Phase.EXPIRED: (held(expires_at=at(2)), []),
}


@pytest.mark.parametrize("phase", [None, *Phase], ids=str)
@pytest.mark.parametrize("command", [authorise(3), void(3)], ids=["authorise", "void"])
def test_every_command_in_every_phase(command: Command, phase: Phase | None) -> None:
    authorisation, captures = PHASES[phase]
    decision = authorisations.decide(authorisation, command, SEVERAL, captures)
    if authorisation is not None:
        assert authorisations.phase(authorisation, captures, at(3)) is phase
    if phase is None and isinstance(command, Void):
        assert decision.reasons == (Missing("the authorisation", ("A1",)),)
        return
    brings = LIFECYCLE.brings(phase, type(command))
    assert {type(event) for event in decision.events} == set(brings)
    if decision.allowed:
        (event,) = decision.events
        after = authorisations.evolve(authorisation, event)
        assert authorisations.phase(after, captures, at(3)) is LIFECYCLE.target(phase, event)
    assert not any(isinstance(reason, WrongPhase) for reason in decision.reasons)


@pytest.mark.parametrize(
    ("phase", "reason"),
    [
        (Phase.CAPTURED, Resolved("A1", "captured", at(2))),
        (Phase.VOIDED, Resolved("A1", "voided", at(2))),
        (Phase.EXPIRED, Resolved("A1", "expired", at(2))),
    ],
    ids=lambda each: each.value if isinstance(each, Phase) else "",
)
def test_a_second_end_is_told_how_the_first_went(phase: Phase, reason: Reason) -> None:
    authorisation, captures = PHASES[phase]
    assert authorisation is not None
    assert authorisations.decide(authorisation, void(3), SEVERAL, captures).reasons == (reason,)
    capture = taken(3, 1, "P9")
    told = authorisations.against_capture(authorisation, captures, capture)
    assert reason in told
    assert reason.text == f"A1 ended at 2024-03-01T14:00:00Z: {phase.value}"


@pytest.mark.parametrize(
    ("command", "captures", "reasons"),
    [
        pytest.param(authorise(), [], ["notices.already_recorded"], id="the same again"),
        pytest.param(authorise(1), [], ["authorisations.exists"], id="at another instant"),
        pytest.param(authorise(amount=Money("1", "EUR")), [], ["authorisations.exists"], id="another amount"),
        pytest.param(void(-1), [], ["authorisations.before_authorisation"], id="voided before"),
        pytest.param(void(3), [taken(5, 1)], ["authorisations.captured_later"], id="captured later"),
        pytest.param(
            void(5), [taken(5, 1)], ["authorisations.captured_later"], id="captured at that instant"
        ),
        pytest.param(void(5), [taken(3, 1)], [], id="the rest is released"),
    ],
)
def test_beside_what_is_known(command: Command, captures: list[Taken], reasons: list[str]) -> None:
    known = held(expires_at=at(24 * 7))
    decision = authorisations.decide(known, command, SEVERAL, captures)
    assert [reason.code for reason in decision.reasons] == reasons


def test_voided_twice() -> None:
    known = held(voided_at=at(5), void_reference="v1")
    same = authorisations.decide(known, void(5, reference="v1"), SEVERAL)
    assert [type(reason) for reason in same.reasons] == [AlreadyRecorded]
    earlier = authorisations.decide(known, void(4), SEVERAL)
    assert earlier.reasons == (Resolved("A1", "voided", at(5)),)


@pytest.mark.parametrize(
    ("others", "capture", "policy", "reasons"),
    [
        pytest.param([], taken(1, 10_000), ONCE, [], id="all of it"),
        pytest.param([], taken(1, 10_001), ONCE, [ExceedsAuthorised("A1", HUNDRED)], id="a cent more"),
        pytest.param([], taken(99, 1), ONCE, [], id="at the last moment"),
        pytest.param([], taken(100, 1), ONCE, [Resolved("A1", "expired", at(100))], id="too late"),
        pytest.param([], taken(-1, 1), ONCE, ["before"], id="too early"),
        pytest.param(
            [], taken(1, 1, code="JPY"), ONCE, [ExceedsAuthorised("A1", HUNDRED)], id="another currency"
        ),
        pytest.param([taken(1, 1)], taken(2, 1, "P2"), ONCE, [Resolved("A1", "captured", at(1))], id="twice"),
        pytest.param(
            [taken(5, 1)], taken(2, 1, "P2"), ONCE, [Resolved("A1", "captured", at(5))], id="twice, told late"
        ),
        pytest.param([taken(1, 1)], taken(2, 9_999, "P2"), SEVERAL, [], id="several"),
        pytest.param(
            [taken(1, 1)],
            taken(2, 10_000, "P2"),
            SEVERAL,
            [ExceedsAuthorised("A1", Money("99.99", "EUR"))],
            id="several, too much",
        ),
        pytest.param(
            [taken(5, 1)],
            taken(2, 1, "P2", final=True),
            SEVERAL,
            [CapturedLater("A1", "P1", at(5))],
            id="the last, and then another",
        ),
        pytest.param(
            [taken(2, 1, final=True)],
            taken(5, 1, "P2"),
            SEVERAL,
            [Resolved("A1", "captured", at(2))],
            id="after the last",
        ),
    ],
)
def test_what_can_be_captured(
    others: list[Taken], capture: Taken, policy: AuthorisationPolicy, reasons: list[object]
) -> None:
    told = authorisations.against_capture(held(captures=policy.captures), others, capture)
    if reasons == ["before"]:
        assert [reason.code for reason in told] == ["authorisations.before_authorisation"]
    else:
        assert list(told) == reasons


# In any order


def tell(
    facts: list[object], policy: AuthorisationPolicy
) -> tuple[Authorisation | None, tuple[Taken, ...], list[object]]:
    """Return what is on file after facts in this order, each told again while something moves."""
    state: Authorisation | None = None
    captures: tuple[Taken, ...] = ()
    left = list(facts)
    for _ in facts:
        for fact in list(left):
            if isinstance(fact, Taken):
                against = () if state is None else authorisations.against_capture(state, captures, fact)
                if against:
                    continue
                captures = (*captures, fact)
            else:
                assert isinstance(fact, Command)
                decision = authorisations.decide(state, fact, policy, captures)
                if not decision.allowed:
                    continue
                (event,) = decision.events
                state = authorisations.evolve(state, event)
            left.remove(fact)
    return state, tuple(sorted(captures, key=lambda each: each.payment_id)), left


facts = st.one_of(
    st.builds(void, st.integers(0, 5)),
    st.builds(
        taken, st.integers(0, 5), st.sampled_from([3_000, 5_000, 7_000]), st.sampled_from(["P1", "P2"]),
        final=st.booleans(),
    ),
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(
        facts, max_size=3, unique_by=lambda fact: fact.payment_id if isinstance(fact, Taken) else "void"
    ),
    st.sampled_from([ONCE, SEVERAL]),
    st.sampled_from([3, 100]),
)
def test_any_facts_come_to_one_authorisation_in_any_order_or_to_a_conflict(
    drawn: list[object], policy: AuthorisationPolicy, hours: int
) -> None:
    everything = [authorise(expires_at=at(hours)), *drawn]
    outcomes = [tell(list(order), policy) for order in permutations(everything)]
    complete = {(state, captures) for state, captures, left in outcomes if not left}
    assert len(complete) <= 1
    assert all(not left for *_, left in outcomes) or not complete, "it depends on the order"
    for state, captures, _ in outcomes:
        if state is not None:  # not even the first to come breaks it
            total = sum(each.amount for each in captures)
            assert total <= state.amount
            end = authorisations.resolution(state, captures, at(10_000))
            assert end is None or all(each.at <= end.at for each in captures)


# Policies and values


def test_for_how_long_it_is_set_aside() -> None:
    (event,) = authorisations.decide(None, authorise(), ONCE).events
    assert isinstance(event, authorisations.Authorised)
    assert event.authorisation.expires_at == at(24 * 7)
    (stated,) = authorisations.decide(None, authorise(expires_at=at(1)), ONCE).events
    assert isinstance(stated, authorisations.Authorised)
    assert stated.authorisation.expires_at == at(1)
    forever = AuthorisationPolicy(valid_days=None)
    assert forever.expires_at(NOON) is None
    assert authorisations.decide(None, authorise(), ONCE).next_change_at == at(24 * 7)


@pytest.mark.parametrize(("reserved", "allowed"), [("0", True), ("50.00", True), ("50.01", False)])
def test_how_much_is_set_aside_at_once(reserved: str, allowed: bool) -> None:
    policy = AuthorisationPolicy(most=(Money("150.00", "EUR"), Money("1", "JPY")))
    decision = authorisations.decide(None, authorise(), policy, (), Money(reserved, "EUR"))
    assert decision.allowed is allowed
    if not allowed:
        most = authorisations.SetsAsideTooMuch(Money("150", "EUR"), Money("50.01", "EUR"))
        assert decision.reasons == (most,)
    assert authorisations.decide(None, authorise(amount=Money("9", "USD")), policy).allowed


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: authorise(expires_at=NOON), r"Authorise.expires_at: expected an end after"),
        (lambda: authorise(amount=Money("0", "EUR")), r"Authorise.amount: expected an amount above zero"),
        (
            lambda: AuthorisationPolicy(most=(HUNDRED, HUNDRED)),
            r"AuthorisationPolicy.most: expected one amount",
        ),
        (lambda: AuthorisationPolicy(valid_days=0), r"AuthorisationPolicy.valid_days"),
    ],
    ids=["an end before it began", "nothing", "two amounts", "no days"],
)
def test_bad_values(make: object, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        make()  # type: ignore[operator]


def test_a_history_that_cannot_be() -> None:
    with pytest.raises(ImpossibleHistory, match="Voided cannot stand where it does"):
        authorisations.evolve(None, authorisations.Voided(NOON, "c", "A1", ""))
    assert held().money == HUNDRED
