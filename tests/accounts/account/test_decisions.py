"""What is asked of an account and what becomes of it: one row, one sentence."""

import pendulum
import pytest
from attrs import evolve as changed

from acctcore.accounts import account
from acctcore.accounts.account import Phase, Standing
from acctcore.kernel import messages
from acctcore.kernel.calendar import local
from acctcore.kernel.decision import Decision, Reason, Unavailable, allowed, refused
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.money import Money
from tests.accounts.account.stories import (
    IN_PHASE,
    NOON,
    POLICY,
    T0,
    activate,
    after,
    amend,
    apply,
    ask,
    begin,
    close,
    decline,
    evolved,
    open_,
    request,
    stay,
    withdraw,
)

END_OF_MARCH = pendulum.datetime(2024, 3, 31, 22)  # midnight after 31 March in Berlin's summer time
END_OF_JANUARY_20 = pendulum.datetime(2024, 1, 20, 23)  # midnight after 20 January in Berlin
DECIDE_DUTY = Duty(
    "account.activate/A-1/2024-01-10T09:00:00Z",
    "account.activate",
    END_OF_JANUARY_20,
    "office",
    "customer",
    "A-1",
)
CLOSE_DUTY = Duty(
    "account.close/A-1/2024-03-01T12:00:00Z", "account.close", END_OF_MARCH, "office", "customer", "A-1"
)
BEFORE = NOON.subtract(seconds=1)


@pytest.mark.parametrize(
    ("phase", "command", "decision"),
    [
        pytest.param(
            None,
            apply(),
            allowed(
                account.Applied(
                    T0, "c", "A-1", "Europe/Berlin", "customer-7", (), END_OF_JANUARY_20, POLICY.ref
                ),
                duties=(DECIDE_DUTY,),
            ),
            id="an application begins an account",
        ),
        pytest.param(
            None,
            open_(),
            allowed(account.Opened(T0, "c", "A-1", "Europe/Berlin", "customer-7")),
            id="a host without onboarding opens at once",
        ),
        pytest.param(
            Phase.APPLIED,
            begin(),
            allowed(account.OnboardingBegan(NOON, "c")),
            id="onboarding follows the application",
        ),
        pytest.param(
            Phase.ONBOARDING, activate(), allowed(account.Activated(NOON, "c")), id="onboarded, then active"
        ),
        pytest.param(
            Phase.APPLIED,
            activate(),
            refused(WrongPhase("Activate", "applied", ("onboarding",))),
            id="nobody becomes active without onboarding",
        ),
        pytest.param(
            Phase.ONBOARDING,
            decline(),
            allowed(account.Declined(NOON, "c", "no_address")),
            id="an application is declined for a reason",
        ),
        pytest.param(
            Phase.APPLIED,
            withdraw(),
            allowed(account.Withdrawn(NOON, "c")),
            id="an applicant may think again",
        ),
        pytest.param(
            Phase.ACTIVE,
            amend(),
            allowed(account.Amended(NOON, "c", "Asia/Tokyo", None)),
            id="the customer moves to another zone",
        ),
        pytest.param(
            Phase.ACTIVE,
            amend(party="customer-8"),
            allowed(account.Amended(NOON, "c", "Asia/Tokyo", "customer-8")),
            id="zone and party change together",
        ),
        pytest.param(
            Phase.ACTIVE,
            amend(zone="Europe/Berlin", party="customer-8"),
            allowed(account.Amended(NOON, "c", None, "customer-8")),
            id="an amendment tells only what changes",
        ),
        pytest.param(
            Phase.ACTIVE,
            amend(zone=None, party=""),
            allowed(account.Amended(NOON, "c", None, "")),
            id="the party is taken off",
        ),
        pytest.param(
            Phase.ACTIVE,
            amend(zone="Europe/Berlin", party="customer-7"),
            refused(account.Unchanged()),
            id="an amendment to what is already so is refused",
        ),
        pytest.param(
            Phase.ACTIVE,
            request(),
            allowed(account.ClosureRequested(NOON, "c", END_OF_MARCH, POLICY.ref), duties=(CLOSE_DUTY,)),
            id="a request to close is owed within thirty days",
        ),
        pytest.param(
            Phase.CLOSING, stay(), allowed(account.ClosureWithdrawn(NOON, "c")), id="the customer stays"
        ),
        pytest.param(Phase.ACTIVE, close(), allowed(account.Closed(NOON, "c")), id="closed without request"),
        pytest.param(Phase.CLOSING, close(), allowed(account.Closed(NOON, "c")), id="closed after a request"),
        pytest.param(
            Phase.ACTIVE,
            amend(at=T0.subtract(seconds=1)),
            refused(account.OutOfOrder(T0)),
            id="nothing is dated before the latest change",
        ),
        pytest.param(
            Phase.CLOSED,
            close(at=T0.subtract(seconds=1)),
            refused(WrongPhase("Close", "closed", ("active", "closing"))),
            id="a wrong phase comes alone, also where the date is wrong too",
        ),
    ],
)
def test_what_becomes_of_it(
    phase: Phase | None, command: messages.Command, decision: Decision[account.Event]
) -> None:
    assert ask(IN_PHASE[phase], command) == decision


EUR, JPY = Money("-0.01", "EUR"), Money(300, "JPY")
EVERYTHING = Standing(
    balances=(EUR, JPY),
    subscriptions=("S-1",),
    holds=("H-1",),
    approvals=("R-1",),
    payments=("P-1", "P-2"),
    drafts=("D-1",),
    authorisations=("AU-1",),
    refunds=("RE-1",),
    duties=("notices.send/N-1",),
)


@pytest.mark.parametrize("phase", [Phase.ACTIVE, Phase.CLOSING])
@pytest.mark.parametrize(
    ("standing", "reasons"),
    [
        pytest.param(
            Standing(balances=(EUR, JPY)),
            (account.BalanceOpen((EUR, JPY)),),
            id="a cent owed to the customer keeps it open, and currencies are not netted",
        ),
        pytest.param(
            Standing(subscriptions=("S-1", "S-2")),
            (account.SubscriptionRunning(("S-1", "S-2")),),
            id="subscriptions have to end first",
        ),
        pytest.param(Standing(holds=("H-1",)), (account.HoldActive(("H-1",)),), id="a hold blocks closing"),
        pytest.param(
            Standing(approvals=("R-1",)), (account.ApprovalPending(("R-1",)),), id="somebody has to answer"
        ),
        pytest.param(
            Standing(payments=("P-1",)), (account.PaymentPending(("P-1",)),), id="a payment is on its way"
        ),
        pytest.param(
            Standing((EUR,), ("S-1",), ("H-1",), ("R-1",), ("P-1",)),
            (
                account.HoldActive(("H-1",)),
                account.ApprovalPending(("R-1",)),
                account.SubscriptionRunning(("S-1",)),
                account.PaymentPending(("P-1",)),
                account.BalanceOpen((EUR,)),
            ),
            id="all blockers are told at once, in the order in which they end",
        ),
    ],
)
def test_what_keeps_an_account_from_closing(
    phase: Phase, standing: Standing, reasons: tuple[Reason, ...]
) -> None:
    assert ask(IN_PHASE[phase], close(), standing) == refused(*reasons)


def test_blockers_keep_nothing_else_from_happening() -> None:
    everything = Standing((EUR,), ("S-1",), ("H-1",), ("R-1",), ("P-1",))
    for phase, command in [(Phase.ACTIVE, request()), (Phase.CLOSING, stay()), (Phase.ACTIVE, amend())]:
        assert ask(IN_PHASE[phase], command, everything).events == ask(IN_PHASE[phase], command).events


def test_each_blocker_reads_as_a_sentence() -> None:
    told = [(reason.code, reason.text) for reason in ask(IN_PHASE[Phase.ACTIVE], close(), EVERYTHING).reasons]
    assert told == [
        ("account.hold_active", "holds block the closure: H-1"),
        ("account.approval_pending", "approvals are pending: R-1"),
        ("account.subscription_running", "subscriptions have not ended: S-1"),
        ("account.draft_open", "drafts are neither issued nor discarded: D-1"),
        ("account.authorisation_open", "authorisations are neither captured nor voided: AU-1"),
        ("account.payment_pending", "the outcome of payments is not known: P-1, P-2"),
        ("account.refund_pending", "the outcome of refunds is not known: RE-1"),
        ("account.balance_open", "balances are not settled: -0.01 EUR, 300 JPY"),
        ("account.duty_open", "duties are not discharged: notices.send/N-1"),
    ]


def test_the_customer_is_not_told_of_the_hold_that_keeps_the_account_open() -> None:
    answer = ask(IN_PHASE[Phase.ACTIVE], close(), Standing(balances=(EUR,), holds=("H-1",)))
    assert answer.for_customer() == refused(Unavailable("close"), account.BalanceOpen((EUR,)))


def test_the_customer_hears_nothing_of_the_office() -> None:
    answer = ask(IN_PHASE[Phase.ACTIVE], close(), Standing(approvals=("Q-1",), duties=("notices.send/N-1",)))
    assert answer.for_customer() == refused(Unavailable("close"))
    inside = Standing(holds=("H-1",), approvals=("Q-1",), duties=("D-1",), balances=(EUR,))
    owed = account.duties(IN_PHASE[Phase.CLOSING], POLICY, inside)
    assert [duty.subject for duty in owed if duty.owed_to == "customer"] == ["A-1", "EUR"]


# The plan of a closure


def test_a_plan_tells_what_to_do_about_what_in_which_order() -> None:
    assert [(step.do, step.about) for step in EVERYTHING.plan()] == [
        ("closing.release_hold", ("H-1",)),
        ("closing.answer_request", ("R-1",)),
        ("closing.end_subscription", ("S-1",)),
        ("closing.decide_draft", ("D-1",)),
        ("closing.resolve_authorisation", ("AU-1",)),
        ("closing.await_payment", ("P-1", "P-2")),
        ("closing.await_refund", ("RE-1",)),
        ("closing.settle_balance", ("EUR", "JPY")),
        ("closing.do_duty", ("notices.send/N-1",)),
    ]
    assert tuple(step.blocker for step in EVERYTHING.plan()) == EVERYTHING.blockers()
    assert account.NOTHING_OPEN.plan() == ()


def test_a_request_to_close_owes_every_step_by_the_same_instant() -> None:
    decision = ask(IN_PHASE[Phase.ACTIVE], request(), EVERYTHING)
    (closure,) = [duty for duty in decision.duties if duty.kind == "account.close"]
    steps = [duty for duty in decision.duties if duty is not closure]
    assert closure == CLOSE_DUTY
    assert [(duty.kind, duty.subject) for duty in steps] == [
        (step.do, about) for step in EVERYTHING.plan() for about in step.about
    ]
    assert {duty.by for duty in steps} == {END_OF_MARCH}
    after = evolved(IN_PHASE[Phase.ACTIVE], decision)
    assert set(decision.duties) <= set(account.duties(after, POLICY, EVERYTHING))
    one_less = changed(EVERYTHING, payments=("P-2",))
    done = set(account.duties(after, POLICY, EVERYTHING)) - set(account.duties(after, POLICY, one_less))
    assert [duty.subject for duty in done] == ["P-1"]
    closed = account.evolve(after, account.Closed(NOON, "c"))
    assert account.duties(closed, POLICY, EVERYTHING) == ()


@pytest.mark.parametrize(
    "balances",
    [
        pytest.param((Money(0, "EUR"),), id="a balance of zero is none"),
        pytest.param((EUR, Money(1, "EUR")), id="a currency has one balance"),
    ],
)
def test_balances_that_stand_open_are_not_zero_and_one_a_currency(balances: tuple[Money, ...]) -> None:
    with pytest.raises(InvalidValue, match=r"Standing\.balances"):
        Standing(balances=balances)


# The duty to close


def test_the_duty_is_there_as_long_as_the_closure_is_asked_for() -> None:
    closing = after(open_(), request())
    assert account.duties(closing, POLICY) == (CLOSE_DUTY,)
    for subject in (
        None,
        after(open_()),
        after(open_(), request(), stay()),
        after(open_(), request(), close()),
    ):
        assert account.duties(subject, POLICY) == ()


def test_a_second_request_owes_a_duty_of_its_own() -> None:
    later = NOON.add(days=1)
    again = after(open_(), request(), stay(), request(at=later))
    (duty,) = account.duties(again, POLICY)
    assert duty.key != CLOSE_DUTY.key
    assert duty.by == END_OF_MARCH.add(days=1)


@pytest.mark.parametrize(
    ("asked_at", "zone", "days", "close_by"),
    [
        pytest.param("2024-03-01T12:00", "Europe/Berlin", 0, "2024-03-02T00:00", id="today, until midnight"),
        pytest.param("2024-03-30T23:30", "Europe/Berlin", 1, "2024-04-01T00:00", id="across a clock change"),
        pytest.param("2024-02-28T00:00", "Asia/Tokyo", 2, "2024-03-02T00:00", id="across a leap day"),
    ],
)
def test_the_last_day_counts_whole_in_the_account_zone(
    asked_at: str, zone: str, days: int, close_by: str
) -> None:
    policy = account.AccountPolicy("closing", "1", days)
    asked = pendulum.parse(asked_at, tz=zone)
    assert isinstance(asked, pendulum.DateTime)
    by = policy.close_by(asked.in_timezone("UTC"), zone)
    assert local(by, zone).strftime("%Y-%m-%dT%H:%M") == close_by


# Is it open for business?


@pytest.mark.parametrize("winding_down", [False, True])
@pytest.mark.parametrize("phase", list(Phase))
def test_business_is_for_active_accounts_and_winding_down_for_closing_ones(
    phase: Phase, winding_down: bool
) -> None:
    subject = IN_PHASE[phase]
    assert subject is not None
    answer = account.open_for_business(subject, winding_down=winding_down)
    if phase is Phase.ACTIVE or (phase is Phase.CLOSING and winding_down):
        assert answer == ()
    else:
        assert answer == (account.NotOpen(phase.value),)
        assert answer[0].code == "account.not_open"
        assert answer[0].text == f"the account is {phase.value}, and not open for this"


def test_winding_down_has_to_be_said() -> None:
    closing = IN_PHASE[Phase.CLOSING]
    assert closing is not None
    assert account.open_for_business(closing) == (account.NotOpen("closing"),)


def test_business_is_not_dated_before_the_opening() -> None:
    subject = after(apply(), begin(at=T0), activate())
    assert account.open_for_business(subject, at=NOON) == ()
    assert account.open_for_business(subject, at=BEFORE) == (account.NotYetOpen(NOON),)
    declined = after(apply(), decline())
    assert account.open_for_business(declined, at=BEFORE) == (account.NotOpen("declined"),)
