"""N of M: several roles, bands of amounts, one after another or in any order."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel.decision import Decision, Reason
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CLOSE, CREDIT, REFUND, Actor
from acctcore.operations import approvals
from acctcore.operations.approvals import (
    ANYBODY,
    Authority,
    BreakGlass,
    Limit,
    Need,
    Phase,
    Quorum,
    Request,
    Table,
)
from tests.operations.approvals.drawn import ROLES, some_roles
from tests.operations.approvals.stories import AMOUNT, LATER, NOON, OLGA, ask

EUR = "EUR"
CLERK, OFFICER, FINANCE, BOTH = (
    Actor("carl", {"clerk"}),
    Actor("otto", {"officer"}),
    Actor("fina", {"finance"}),
    Actor("bert", {"officer", "finance"}),
)
OFFICER_TOO = Actor("oda", {"officer"})
ONE_OF_EACH = Quorum(REFUND, (Need("officer"), Need("finance")))
IN_ORDER = Quorum(REFUND, (Need("officer"), Need("finance")), in_order=True)


def authority(*quorums: Quorum, limits: tuple[Limit, ...] = ()) -> Authority:
    return Authority("quorums", "1", limits, quorums=quorums)


def asked(amount: Money | None = AMOUNT, operation: str = REFUND, roles: tuple[str, ...] = ()) -> Request:
    command = ask(amount=amount, operation=operation, roles=roles)
    return approvals.evolve(None, approvals.decide(None, command, authority()).events[0])


def say_yes(request: Request, by: Actor, rules: Authority) -> tuple[Request, Decision[approvals.Event]]:
    command = approvals.Approve(id="yes", at=LATER, by=by, request_id="R-1")
    decision = approvals.decide(request, command, rules)
    for event in decision.events:
        request = approvals.evolve(request, event)
    return request, decision


def told(people: tuple[Actor, ...], rules: Authority, request: Request | None = None) -> list[str]:
    """Return what becomes of each yes, in turn: the event, or the codes against it."""
    found = []
    request = request or asked()
    for by in people:
        if request.state is not Phase.PENDING:
            found.append("enough")
            continue
        request, decision = say_yes(request, by, rules)
        found.append(
            type(decision.events[0]).__name__
            if decision.allowed
            else " ".join(reason.code for reason in decision.reasons)
        )
    return found


BEYOND, UNWANTED, TURN = (
    "approvals.beyond_authority",
    "approvals.not_wanted",
    "approvals.not_your_turn",
)


@pytest.mark.parametrize(
    ("quorum", "people", "outcome"),
    [
        pytest.param(
            ONE_OF_EACH, (OFFICER, FINANCE), ["Endorsed", "Approved"], id="one officer, one finance"
        ),
        pytest.param(ONE_OF_EACH, (FINANCE, OFFICER), ["Endorsed", "Approved"], id="in any order"),
        pytest.param(ONE_OF_EACH, (OFFICER, OFFICER_TOO), ["Endorsed", UNWANTED], id="two officers are not"),
        pytest.param(ONE_OF_EACH, (CLERK,), [BEYOND], id="a clerk is neither"),
        pytest.param(ONE_OF_EACH, (BOTH, OFFICER), ["Endorsed", "Approved"], id="who is both makes room"),
        pytest.param(ONE_OF_EACH, (BOTH, FINANCE), ["Endorsed", "Approved"], id="on either side"),
        pytest.param(ONE_OF_EACH, (OFFICER, BOTH), ["Endorsed", "Approved"], id="or comes last"),
        pytest.param(
            ONE_OF_EACH, (BOTH, BOTH), ["Endorsed", "approvals.already_approved"], id="but not twice"
        ),
        pytest.param(IN_ORDER, (OFFICER, FINANCE), ["Endorsed", "Approved"], id="the officer first"),
        pytest.param(IN_ORDER, (FINANCE, OFFICER), [TURN, "Endorsed"], id="finance has to wait"),
        pytest.param(IN_ORDER, (OFFICER, OFFICER_TOO), ["Endorsed", UNWANTED], id="the officers are done"),
        pytest.param(
            IN_ORDER, (BOTH, BOTH), ["Endorsed", "approvals.already_approved"], id="one person, one seat"
        ),
        pytest.param(IN_ORDER, (BOTH, OFFICER), ["Endorsed", UNWANTED], id="in order, nobody makes room"),
        pytest.param(
            Quorum(REFUND, (Need("officer", 2), Need("finance"))),
            (OFFICER, FINANCE, OFFICER_TOO),
            ["Endorsed", "Endorsed", "Approved"],
            id="two and one",
        ),
        pytest.param(
            Quorum(REFUND, (Need({"officer", "finance"}, 2),)),
            (OFFICER, FINANCE),
            ["Endorsed", "Approved"],
            id="two of either",
        ),
    ],
)
def test_who_has_to_agree(quorum: Quorum, people: tuple[Actor, ...], outcome: list[str]) -> None:
    assert told(people, authority(quorum)) == outcome


def test_somebody_whose_limit_reaches_is_wanted_where_no_role_is_named() -> None:
    limits = (Limit("officer", REFUND, EUR, Money(100, EUR)), Limit("finance", REFUND))
    rules = authority(Quorum(REFUND, (Need(), Need("officer"))), limits=limits)
    assert told((OFFICER, FINANCE), rules) == ["Endorsed", "Approved"]
    assert told((OFFICER, OFFICER_TOO, FINANCE), rules) == ["Endorsed", UNWANTED, "Approved"]


@pytest.mark.parametrize(
    ("amount", "names"),
    [
        pytest.param(Money(100, EUR), ["1 officer"], id="in the lowest band"),
        pytest.param(Money("100.01", EUR), ["1 finance"], id="a cent above it"),
        pytest.param(Money(-500, EUR), ["1 finance"], id="a sign does not help"),
        pytest.param(Money("500.01", EUR), ["2 finance"], id="in the highest"),
        pytest.param(Money(10_000, "USD"), ["1 officer"], id="bands are of a currency"),
        pytest.param(None, ["1 officer"], id="no amount is above none"),
    ],
)
def test_the_highest_band_counts(amount: Money | None, names: list[str]) -> None:
    rules = authority(
        Quorum(REFUND, (Need("finance", 2),), Money(500, EUR)),
        Quorum(REFUND, (Need("officer"),)),
        Quorum(REFUND, (Need("finance"),), Money(100, EUR)),
        Quorum(CREDIT, (Need("clerk"),)),
    )
    assert [str(need) for need in Table(asked(amount), rules).missing(())] == names


def test_a_band_from_nothing_on_is_above_no_band() -> None:
    rules = authority(Quorum(REFUND, (Need("finance"),), Money(0, EUR)), Quorum(REFUND, (Need("officer"),)))
    assert rules.needed(REFUND, Money("0.01", EUR)).needs == (Need("finance"),)
    assert rules.needed(REFUND, Money(0, EUR)).needs == (Need("officer"),)


@pytest.mark.parametrize(
    ("rules", "amount", "alone"),
    [
        pytest.param(authority(), AMOUNT, True, id="free"),
        pytest.param(authority(Quorum(REFUND, (Need(),))), AMOUNT, False, id="four eyes, always"),
        pytest.param(
            authority(Quorum(REFUND, (Need(),), Money(250, EUR))), AMOUNT, True, id="up to the band"
        ),
        pytest.param(
            authority(Quorum(REFUND, (Need(),), Money(249, EUR))), AMOUNT, False, id="above the band"
        ),
        pytest.param(authority(Quorum(REFUND, (Need(),))), Money(0, EUR), True, id="nothing is free"),
        pytest.param(authority(Quorum(REFUND, (Need(),))), None, False, id="no amount, four eyes"),
        pytest.param(
            authority(Quorum(REFUND, (Need(),)), limits=(Limit("officer", REFUND),)),
            AMOUNT,
            True,
            id="with a limit, a quorum is for what lies beyond it",
        ),
    ],
)
def test_what_takes_a_quorum(rules: Authority, amount: Money | None, alone: bool) -> None:
    assert rules.within(OFFICER, REFUND, amount) is alone
    assert (REFUND in rules.governed) is (rules != authority())


def test_an_act_may_demand_roles_of_its_own() -> None:
    free = authority()
    assert told((CLERK, OFFICER), free, asked(operation=CLOSE, amount=None, roles=("officer",))) == [
        BEYOND,
        "Approved",
    ]
    both = authority(Quorum(CLOSE, (Need("finance"),)))
    request = asked(operation=CLOSE, amount=None, roles=("officer",))
    assert told((FINANCE, OFFICER, BOTH), both, request) == [BEYOND, BEYOND, "Approved"]
    table = Table(request, both)
    assert table.next_roles(()) == {"officer"}
    assert Table(request, free).next_roles(()) == {"officer"}
    assert Table(asked(operation=CLOSE), free).next_roles(()) == {ANYBODY}


@st.composite
def tables(draw: st.DrawFn) -> tuple[Quorum, tuple[Actor, ...]]:
    needs = draw(st.lists(st.builds(Need, some_roles, st.integers(1, 2)), min_size=1, max_size=3))
    held = draw(st.lists(some_roles, min_size=1, max_size=5))
    return Quorum(REFUND, tuple(needs)), tuple(Actor(f"p{index}", roles) for index, roles in enumerate(held))


@given(tables())
def test_where_any_order_will_do_it_never_matters_who_came_first(
    table: tuple[Quorum, tuple[Actor, ...]],
) -> None:
    quorum, people = table
    rules = authority(quorum)
    outcomes = set()
    for order in permutations(people):
        request = asked()
        for by in order:
            if request.state is Phase.PENDING:
                request, _ = say_yes(request, by, rules)
        outcomes.add((request.state, len(request.approvals)))
    assert len(outcomes) == 1


@given(tables())
def test_nobody_is_asked_for_more_than_the_quorum(table: tuple[Quorum, tuple[Actor, ...]]) -> None:
    quorum, people = table
    rules, request = authority(quorum), asked()
    for by in people:
        if request.state is Phase.PENDING:
            before = Table(request, rules)
            lacking = before.missing(request.approvals)
            after, decision = say_yes(request, by, rules)
            assert decision.allowed is bool(
                by.roles & before.next_roles(request.approvals)
                and any(before.wants(request.approvals, frozenset({n})) for n in seats_of(before, by))
            )
            left = sum(need.count for need in before.missing(after.approvals))
            assert left == sum(need.count for need in lacking) - decision.allowed
            request = after
    assert (request.state is Phase.APPROVED) is (len(request.approvals) == len(quorum.seats))


def seats_of(table: Table, by: Actor) -> frozenset[int]:
    return table.fitting(approvals.Approval(by.id, by.roles, NOON))


@pytest.mark.parametrize(
    ("make", "where"),
    [
        pytest.param(lambda: Quorum(REFUND, ()), "Quorum.needs", id="somebody has to agree"),
        pytest.param(lambda: Need("officer", 0), "Need.count", id="at least one"),
        pytest.param(
            lambda: Quorum(REFUND, (Need(),), Money(-1, EUR)), "Quorum.above", id="a band is not negative"
        ),
        pytest.param(
            lambda: authority(ONE_OF_EACH, IN_ORDER), "Authority.quorums", id="one quorum for a band"
        ),
        pytest.param(lambda: BreakGlass((), REFUND, 1), "BreakGlass.roles", id="somebody breaks the glass"),
        pytest.param(lambda: BreakGlass("boss", REFUND, 0), "BreakGlass.review_days", id="and is reviewed"),
    ],
)
def test_what_cannot_be(make: object, where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        make()  # type: ignore[operator]
    assert error.value.where == where


def test_needs_in_words() -> None:
    needed = approvals.needed(REFUND, AMOUNT, "f", "olga", NOON, authority(ONE_OF_EACH))
    assert needed.text == "refund of 250.00 EUR needs 2 approvals by: 1 officer, 1 finance"
    plain = approvals.needed(CLOSE, None, "f", "olga", NOON, authority(Quorum(CLOSE, (Need("a"), Need("b")))))
    assert plain.text == "close needs 2 approvals by: 1 a, 1 b"
    several = approvals.needed(
        REFUND, AMOUNT, "f", "olga", NOON, authority(Quorum(REFUND, (Need(ROLES, 2),)))
    )
    assert several.text == "refund of 250.00 EUR needs 2 approvals by: clerk, finance, officer"
    assert str(Need()) == "1 with authority"


def test_the_answer_that_an_approval_is_needed_makes_the_request_for_it() -> None:
    needed = approvals.needed(
        REFUND,
        AMOUNT,
        "f",
        "olga",
        NOON,
        authority(ONE_OF_EACH),
        total=Money(600, EUR),
        roles=frozenset({"officer"}),
        subject="P-1",
    )
    command = needed.ask(id="c", at=NOON, by=OLGA, request_id="R-1", note="agreed on the phone")
    (event,) = approvals.decide(None, command, authority()).events
    assert isinstance(event, approvals.Asked)
    request = event.request
    assert (request.operation, request.amount, request.total) == (REFUND, AMOUNT, Money(600, EUR))
    assert request.roles == {"officer"}
    assert (request.subject, request.note) == ("P-1", "agreed on the phone")
    assert request.measured == Money(600, EUR)


def test_those_who_are_not_wanted_hear_who_is() -> None:
    request, _ = say_yes(asked(), OFFICER, authority(ONE_OF_EACH))
    _, decision = say_yes(request, OFFICER_TOO, authority(ONE_OF_EACH))
    reasons: tuple[Reason, ...] = decision.reasons
    assert [reason.text for reason in reasons] == [
        "R-1 has the approvals that oda could give; it takes: finance"
    ]
    _, later = say_yes(asked(), FINANCE, authority(IN_ORDER))
    assert [reason.text for reason in later.reasons] == ["R-1 waits for others first: officer"]
