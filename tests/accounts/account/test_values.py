"""An account, a command or a policy that exists is valid; the rest is refused as it is made."""

from collections.abc import Callable

import pendulum
import pytest
from attrs import evolve as changed

from acctcore.accounts import account
from acctcore.accounts.account import Account, AccountPolicy, Phase
from acctcore.kernel import messages
from acctcore.kernel.errors import ImpossibleHistory, InvalidValue
from tests.accounts.account.stories import IN_PHASE, NOON, POLICY, T0, amend, apply, open_

ACTIVE = IN_PHASE[Phase.ACTIVE]
CLOSING = IN_PHASE[Phase.CLOSING]
CLOSED = IN_PHASE[Phase.CLOSED]
assert ACTIVE is not None
assert CLOSING is not None
assert CLOSED is not None


@pytest.mark.parametrize(
    ("make", "where"),
    [
        pytest.param(lambda: changed(ACTIVE, id=""), "Account.id", id="an account has an id"),
        pytest.param(
            lambda: changed(ACTIVE, phase="active"),  # type: ignore[arg-type]
            "Account.phase",
            id="a phase is no text",
        ),
        pytest.param(
            lambda: changed(ACTIVE, opened_at=None), "Account.opened_at", id="what is active was opened"
        ),
        pytest.param(
            lambda: Account("A", "UTC", Phase.APPLIED, T0, opened_at=T0),
            "Account.opened_at",
            id="an application is not opened",
        ),
        pytest.param(
            lambda: changed(ACTIVE, closed_at=T0), "Account.closed_at", id="what is active is not closed"
        ),
        pytest.param(
            lambda: changed(CLOSED, closed_at=None), "Account.closed_at", id="what is closed was closed once"
        ),
        pytest.param(
            lambda: changed(CLOSING, close_by=None),
            "Account.closing_since",
            id="a request to close is owed by an instant",
        ),
        pytest.param(
            lambda: changed(ACTIVE, closing_since=T0, close_by=NOON),
            "Account.closing_since",
            id="an account that is not closing has no request",
        ),
        pytest.param(
            lambda: changed(CLOSING, closing_since=None, close_by=None),
            "Account.closing_since",
            id="a closing account has a request",
        ),
        pytest.param(lambda: apply(account_id=" A"), "Apply.account_id", id="ids have no space at the ends"),
        pytest.param(lambda: apply(zone="Berlin"), "zone", id="a zone is an IANA key"),
        pytest.param(
            lambda: open_(party=7),  # type: ignore[arg-type]
            "Open.party",
            id="a party is a reference",
        ),
        pytest.param(lambda: amend(zone="Mars/Base"), "zone", id="amended zones are checked, too"),
        pytest.param(lambda: amend(zone=None), "Amend", id="an amendment amends something"),
        pytest.param(
            lambda: AccountPolicy("p", "1", -1), "AccountPolicy.closing_days", id="days are not negative"
        ),
        pytest.param(
            lambda: AccountPolicy("p", "1", True), "AccountPolicy.closing_days", id="a bool is no number"
        ),
    ],
)
def test_what_cannot_be(make: Callable[[], object], where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        make()
    assert error.value.where == where


@pytest.mark.parametrize(
    ("zone", "party", "told"),
    [
        pytest.param("Asia/Tokyo", None, ("Asia/Tokyo", "customer-7"), id="the zone alone"),
        pytest.param(None, "customer-8", ("Europe/Berlin", "customer-8"), id="the party alone"),
        pytest.param(None, "", ("Europe/Berlin", ""), id="no party any more"),
        pytest.param("Asia/Tokyo", "customer-8", ("Asia/Tokyo", "customer-8"), id="both"),
    ],
)
def test_an_amended_account_differs_in_what_was_amended_and_in_nothing_else(
    zone: str | None, party: str | None, told: tuple[str, str]
) -> None:
    for subject in (ACTIVE, CLOSING):
        assert subject is not None
        after = account.evolve(subject, account.Amended(NOON, "c", zone, party))
        assert after == changed(subject, zone=told[0], party=told[1], changed_at=NOON)


def test_an_account_closed_without_request_keeps_no_request() -> None:
    closed = account.evolve(ACTIVE, account.Closed(NOON, "c"))
    assert (closed.closing_since, closed.close_by, closed.closed_at) == (None, None, NOON)


def test_an_account_closed_after_a_request_keeps_it() -> None:
    closed = account.evolve(CLOSING, account.Closed(NOON, "c"))
    assert (closed.closing_since, closed.closed_at) == (T0, NOON)
    assert closed.close_by == POLICY.close_by(T0, "Europe/Berlin")


@pytest.mark.parametrize(
    ("subject", "event"),
    [
        pytest.param(None, account.Activated(T0, "c-9"), id="nothing is activated"),
        pytest.param(None, account.Amended(T0, "c-9", "UTC", None), id="nothing is amended"),
        pytest.param(ACTIVE, account.Applied(T0, "c-9", "A", "UTC", ""), id="an account begins once"),
        pytest.param(ACTIVE, account.Opened(T0, "c-9", "A", "UTC", ""), id="an account is opened once"),
        pytest.param(ACTIVE, messages.Event(T0, "c-9"), id="an event of no known kind"),
    ],
)
def test_a_history_that_cannot_be_names_its_rows(subject: Account | None, event: messages.Event) -> None:
    with pytest.raises(ImpossibleHistory) as error:
        account.evolve(subject, event)
    assert error.value.rows == ("c-9",)


def test_a_command_of_another_room_is_the_callers_mistake() -> None:
    foreign = messages.Command(id="c", at=pendulum.datetime(2024, 1, 1), by=amend().by)
    for subject in (None, ACTIVE):
        with pytest.raises(InvalidValue, match="a command of this lifecycle"):
            account.decide(subject, foreign, POLICY)


def test_a_policy_is_known_by_name_and_version_and_by_every_choice() -> None:
    assert str(POLICY.ref) == "accounts/3"
    assert POLICY.ref == changed(POLICY).ref
    assert POLICY.ref != changed(POLICY, closing_days=31).ref
