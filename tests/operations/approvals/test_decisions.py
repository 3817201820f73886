"""What is asked about approvals and what becomes of it: one row, one sentence."""

import pytest
from attrs import evolve as changed
from pendulum import DateTime

from acctcore.kernel import messages
from acctcore.kernel.decision import Decision, Reason, Unavailable, allowed, needs_approval, refused
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.lifecycle import WrongPhase
from acctcore.kernel.money import Money
from acctcore.kernel.terms import CREDIT, REFUND, RELEASE_HOLD, VOID
from acctcore.kernel.wording import Counted
from acctcore.operations import approvals
from acctcore.operations.approvals import (
    ANYBODY,
    UNTOLD,
    Approval,
    Authority,
    Delegation,
    Limit,
    Office,
    Part,
    Phase,
    Request,
    Verdict,
)
from tests.kernel.catalogue import Few
from tests.operations.approvals.stories import (
    AMOUNT,
    APPROVED,
    AUTHORITY,
    DORA,
    GUEST,
    HOLIDAY,
    LATER,
    LIMITS,
    NOON,
    OLGA,
    PENDING,
    SARA,
    SVEN,
    TWO_NEEDED,
    after,
    approve,
    ask,
    decide,
    lent,
    override,
    reject,
    use,
    withdraw,
)

DAY_3 = NOON.add(days=3)
SUPERVISOR, DIRECTOR = frozenset({"supervisor"}), frozenset({"director"})
ANSWER = Duty("approvals.answer/R-1", "approvals.answer", DAY_3, "director, supervisor", "olga", "R-1")
REFUND_PEN = Request("R-1", "f", REFUND, AMOUNT, "olga", NOON, DAY_3)
NO = Verdict("sven", LATER, False, "no ground")
FROM_DORA = Approval("sara", DIRECTOR, LATER, "dora")
YES = Approval("sven", SUPERVISOR, LATER)
LENT = lent(HOLIDAY)
TO_SARA = changed(HOLIDAY, from_actor=DORA, roles="director", to_actor="sara")
FOR_DORA = lent(TO_SARA)
LARGE = after(ask(amount=Money(501, "EUR")))
NO_LIMITS = Authority("none", "1")
ENDORSED = after(ask(), approve(), authority=TWO_NEEDED)


def beyond(
    amount: Money | None, roles: frozenset[str], may_approve: frozenset[str], operation: str = REFUND
) -> approvals.BeyondAuthority:
    return approvals.BeyondAuthority(operation, amount, roles, may_approve)


@pytest.mark.parametrize(
    ("request_", "command", "rules", "decision"),
    [
        pytest.param(
            None,
            ask(),
            AUTHORITY,
            allowed(approvals.Asked(NOON, "c", REFUND_PEN, AUTHORITY.ref), duties=(ANSWER,)),
            id="anybody asks, and is owed an answer before the request expires",
        ),
        pytest.param(
            None,
            ask(by=GUEST, amount=None, operation=VOID),
            NO_LIMITS,
            allowed(approvals.Asked(NOON, "c", Request("R-1", "f", VOID, None, "gast", NOON), NO_LIMITS.ref)),
            id="without an expiry, no answer is owed by an instant",
        ),
        pytest.param(
            PENDING,
            approve(),
            AUTHORITY,
            allowed(approvals.Approved(LATER, "c", "R-1", YES, AUTHORITY.ref)),
            id="a supervisor approves within the limit",
        ),
        pytest.param(
            PENDING,
            approve(),
            TWO_NEEDED,
            allowed(approvals.Endorsed(LATER, "c", "R-1", YES, TWO_NEEDED.ref)),
            id="where two are needed, the first only endorses",
        ),
        pytest.param(
            ENDORSED,
            approve(by=SARA),
            TWO_NEEDED,
            allowed(
                approvals.Approved(LATER, "c", "R-1", Approval("sara", SARA.roles, LATER), TWO_NEEDED.ref)
            ),
            id="the second of two approves",
        ),
        pytest.param(
            ENDORSED,
            approve(),
            TWO_NEEDED,
            refused(approvals.AlreadyApproved(frozenset({"sven"}))),
            id="two approvals are of two people",
        ),
        pytest.param(
            PENDING,
            approve(by=changed(OLGA, roles=SUPERVISOR)),
            AUTHORITY,
            refused(approvals.SamePerson("olga")),
            id="the maker is not the checker, whatever their roles",
        ),
        pytest.param(
            PENDING,
            approve(by=OLGA),
            AUTHORITY,
            refused(
                approvals.SamePerson("olga"), beyond(AMOUNT, frozenset({"officer"}), SUPERVISOR | DIRECTOR)
            ),
            id="a maker without authority hears both reasons",
        ),
        pytest.param(
            LARGE,
            approve(),
            AUTHORITY,
            refused(beyond(Money(501, "EUR"), SUPERVISOR, DIRECTOR)),
            id="a euro above the limit takes a director",
        ),
        pytest.param(
            LARGE,
            approve(by=DORA),
            AUTHORITY,
            allowed(approvals.Approved(LATER, "c", "R-1", Approval("dora", DIRECTOR, LATER), AUTHORITY.ref)),
            id="a director has no limit",
        ),
        pytest.param(
            after(ask(amount=Money(1, "GBP"))),
            approve(),
            AUTHORITY,
            refused(beyond(Money(1, "GBP"), SUPERVISOR, DIRECTOR)),
            id="limits are per currency",
        ),
        pytest.param(
            after(ask(amount=None)),
            approve(),
            AUTHORITY,
            refused(beyond(None, SUPERVISOR, DIRECTOR)),
            id="a refund of no stated amount takes somebody without limit",
        ),
        pytest.param(
            after(ask(operation=RELEASE_HOLD, amount=None)),
            approve(),
            AUTHORITY,
            allowed(approvals.Approved(LATER, "c", "R-1", YES, AUTHORITY.ref)),
            id="what has no amount is approved in a role that is limited to none",
        ),
        pytest.param(
            after(ask(operation=VOID, amount=None)),
            approve(by=GUEST),
            AUTHORITY,
            allowed(
                approvals.Approved(LATER, "c", "R-1", Approval("gast", frozenset(), LATER), AUTHORITY.ref)
            ),
            id="an operation without limits is approved by anybody else",
        ),
        pytest.param(
            PENDING,
            approve(at=DAY_3),
            AUTHORITY,
            refused(WrongPhase("Approve", "expired", ("pending",))),
            id="after three days it is too late",
        ),
        pytest.param(
            PENDING,
            approve(recorded_at=DAY_3),
            AUTHORITY,
            refused(WrongPhase("Approve", "expired", ("pending",))),
            id="an approval is not backdated into the time before the expiry",
        ),
        pytest.param(
            APPROVED,
            approve(by=SARA),
            AUTHORITY,
            refused(WrongPhase("Approve", "approved", ("pending",))),
            id="what is approved needs no more",
        ),
        pytest.param(
            PENDING,
            approve(by=SARA, on_behalf_of="dora"),
            FOR_DORA,
            allowed(
                approvals.Approved(
                    LATER, "c", "R-1", Approval("sara", DIRECTOR, LATER, "dora"), AUTHORITY.ref
                )
            ),
            id="a backup approves on behalf of the one who is away",
        ),
        pytest.param(
            LARGE,
            approve(by=SARA),
            FOR_DORA,
            refused(beyond(Money(501, "EUR"), SARA.roles, DIRECTOR)),
            id="what is lent counts only when it is said on whose behalf",
        ),
        pytest.param(
            PENDING,
            approve(by=SARA, on_behalf_of="dora"),
            lent(),
            refused(approvals.NotDelegated("dora", "sara", REFUND)),
            id="nobody lent anything",
        ),
        pytest.param(
            PENDING,
            approve(by=SVEN, on_behalf_of="dora"),
            FOR_DORA,
            refused(approvals.NotDelegated("dora", "sven", REFUND)),
            id="it was lent to somebody else",
        ),
        pytest.param(
            PENDING,
            approve(by=SARA, on_behalf_of="dora"),
            lent(changed(TO_SARA, operations=CREDIT)),
            refused(approvals.NotDelegated("dora", "sara", REFUND)),
            id="it was lent for another operation",
        ),
        pytest.param(
            PENDING,
            approve(by=SARA, on_behalf_of="dora"),
            lent(changed(TO_SARA, end=LATER)),
            refused(approvals.NotDelegated("dora", "sara", REFUND)),
            id="the delegation is over as it ends",
        ),
        pytest.param(
            PENDING,
            approve(by=SARA, on_behalf_of="dora", recorded_at=NOON.add(days=2)),
            lent(changed(TO_SARA, end=NOON.add(days=1))),
            refused(approvals.NotDelegated("dora", "sara", REFUND)),
            id="an approval is not backdated into a delegation that is over",
        ),
        pytest.param(
            LARGE,
            approve(by=OLGA, on_behalf_of="sven"),
            LENT,
            refused(approvals.SamePerson("olga"), beyond(Money(501, "EUR"), SUPERVISOR, DIRECTOR)),
            id="the maker is nobody's backup, and a backup reaches no further than the lender",
        ),
        pytest.param(
            PENDING,
            approve(by=GUEST, on_behalf_of="olga"),
            lent(Delegation(OLGA, "gast", "officer", REFUND, NOON, DAY_3)),
            refused(
                approvals.SamePerson("olga"), beyond(AMOUNT, frozenset({"officer"}), SUPERVISOR | DIRECTOR)
            ),
            id="nobody approves on behalf of the maker",
        ),
        pytest.param(
            PENDING,
            approve(by=SARA, on_behalf_of="dora"),
            lent(
                TO_SARA,
                Delegation(SVEN, "dora", "supervisor", REFUND, NOON, DAY_3),
                Delegation(OLGA, "sven", "officer", REFUND, NOON, DAY_3),
            ),
            refused(approvals.SamePerson("olga")),
            id="a chain of delegations does not lead back to the maker",
        ),
        pytest.param(
            after(
                ask(),
                approve(by=SARA, on_behalf_of="dora"),
                authority=TWO_NEEDED,
                office=FOR_DORA,
            ),
            approve(by=DORA),
            TWO_NEEDED,
            refused(approvals.AlreadyApproved(frozenset({"dora"}))),
            id="who lent their yes has none left",
        ),
        pytest.param(
            PENDING,
            reject(),
            AUTHORITY,
            allowed(approvals.Rejected(LATER, "c", "R-1", NO)),
            id="who may approve may reject",
        ),
        pytest.param(
            APPROVED,
            reject(),
            AUTHORITY,
            allowed(approvals.Rejected(LATER, "c", "R-1", NO)),
            id="a yes is taken back as long as it is not used",
        ),
        pytest.param(
            PENDING,
            reject(by=OLGA),
            AUTHORITY,
            refused(
                approvals.SamePerson("olga"), beyond(AMOUNT, frozenset({"officer"}), SUPERVISOR | DIRECTOR)
            ),
            id="the maker withdraws and does not reject",
        ),
        pytest.param(
            PENDING,
            withdraw(),
            AUTHORITY,
            allowed(approvals.Withdrawn(LATER, "c", "R-1")),
            id="the maker withdraws",
        ),
        pytest.param(
            PENDING,
            withdraw(by=SVEN),
            AUTHORITY,
            refused(approvals.NotMaker("olga")),
            id="nobody else withdraws",
        ),
        pytest.param(
            APPROVED,
            use(id="c-7"),
            AUTHORITY,
            allowed(approvals.Used(LATER, "c-7", "R-1", "c-7")),
            id="the maker does what was approved",
        ),
        pytest.param(
            APPROVED,
            use(by=SVEN, fingerprint="g"),
            AUTHORITY,
            refused(
                approvals.Changed("R-1", frozenset({Part.COMMAND}), AMOUNT, AMOUNT),
                approvals.OtherMaker("R-1", "olga"),
            ),
            id="nobody else does it, and nothing else is done by it",
        ),
        pytest.param(
            APPROVED,
            use(),
            changed(AUTHORITY, limits=LIMITS[3:]),
            refused(approvals.LostAuthority("R-1", "sven")),
            id="the authority that was there is gone",
        ),
        pytest.param(
            APPROVED,
            use(at=NOON, recorded_at=DAY_3),
            AUTHORITY,
            refused(WrongPhase("Use", "expired", ("approved",))),
            id="a backdated act needs an approval that is still good",
        ),
    ],
)
def test_what_becomes_of_it(
    request_: Request | None,
    command: messages.Command,
    rules: Authority | Office,
    decision: Decision[approvals.Event],
) -> None:
    authority = rules if isinstance(rules, Authority) else AUTHORITY
    office = rules if isinstance(rules, Office) else UNTOLD
    assert decide(request_, command, authority, office) == decision


@pytest.mark.parametrize("command", [approve(request_id="R-2"), use(request_id="R-2")])
def test_a_command_about_another_request_is_the_callers_mistake(command: messages.Command) -> None:
    with pytest.raises(InvalidValue, match="a command about R-1"):
        decide(after(ask(), approve()) if isinstance(command, approvals.Use) else PENDING, command)


# Does a request cover an act?

USED = after(ask(), approve(), use(id="c-7"))


@pytest.mark.parametrize(
    ("request_", "overrides", "codes"),
    [
        pytest.param(APPROVED, {}, [], id="the very act is covered"),
        pytest.param(None, {}, ["approvals.not_asked"], id="nobody was asked"),
        pytest.param(APPROVED, {"fingerprint": "g"}, ["approvals.changed"], id="the act changed"),
        pytest.param(APPROVED, {"operation": CREDIT}, ["approvals.changed"], id="another operation"),
        pytest.param(APPROVED, {"amount": Money(249, "EUR")}, ["approvals.changed"], id="even a smaller one"),
        pytest.param(APPROVED, {"amount": None}, ["approvals.changed"], id="no amount is another amount"),
        pytest.param(APPROVED, {"maker": "sven"}, ["approvals.other_maker"], id="somebody else acts"),
        pytest.param(PENDING, {}, ["approvals.pending"], id="nobody answered yet"),
        pytest.param(PENDING, {"at": DAY_3}, ["approvals.expired"], id="nobody answered in time"),
        pytest.param(APPROVED, {"at": DAY_3}, ["approvals.expired"], id="nobody used it in time"),
        pytest.param(USED, {}, ["approvals.used"], id="it serves once"),
        pytest.param(USED, {"at": DAY_3}, ["approvals.used"], id="what is used does not expire"),
        pytest.param(after(ask(), reject()), {}, ["approvals.not_approved"], id="it was rejected"),
        pytest.param(after(ask(), withdraw()), {}, ["approvals.not_approved"], id="it was withdrawn"),
        pytest.param(
            APPROVED,
            {"authority": TWO_NEEDED},
            ["approvals.pending"],
            id="two are needed by now",
        ),
        pytest.param(
            APPROVED,
            {"office": Office(staff=(GUEST,))},
            ["approvals.lost_authority"],
            id="the approver has left the office",
        ),
        pytest.param(
            APPROVED,
            {"office": Office(staff=(SVEN, GUEST))},
            [],
            id="the approver still holds the role",
        ),
        pytest.param(
            APPROVED,
            {"office": Office(staff=(changed(SVEN, roles={"officer"}),))},
            ["approvals.lost_authority"],
            id="the approver was demoted before the act",
        ),
        pytest.param(
            APPROVED, {"may_approve": SUPERVISOR | DIRECTOR}, [], id="the act demands a role that approved"
        ),
        pytest.param(
            APPROVED,
            {"may_approve": DIRECTOR},
            ["approvals.lost_authority"],
            id="the act demands a role that did not approve",
        ),
        pytest.param(
            changed(APPROVED, maker="sven"),
            {"maker": "sven"},
            ["approvals.lost_authority"],
            id="an imported request that its maker approved covers nothing",
        ),
        pytest.param(
            PENDING,
            {"fingerprint": "g", "maker": "sven", "at": DAY_3},
            ["approvals.changed", "approvals.other_maker", "approvals.expired"],
            id="every reason at once",
        ),
    ],
)
def test_whether_a_request_covers_an_act(
    request_: Request | None, overrides: dict[str, object], codes: list[str]
) -> None:
    usual = {
        "fingerprint": "f",
        "operation": REFUND,
        "amount": AMOUNT,
        "at": LATER,
        "maker": "olga",
        "authority": AUTHORITY,
    }
    answer = approvals.shortfall(request_, **(usual | overrides))  # type: ignore[arg-type]
    assert [reason.code for reason in answer] == codes
    assert all(reason.text for reason in answer)


FOR_DORA_APPROVED = after(ask(), approve(by=SARA, on_behalf_of="dora"), office=FOR_DORA)


@pytest.mark.parametrize(
    ("office", "covered"),
    [
        pytest.param(UNTOLD, True, id="what is not told stands as it was recorded"),
        pytest.param(FOR_DORA, True, id="a backup's approval covers"),
        pytest.param(lent(), False, id="the delegation was revoked"),
        pytest.param(changed(FOR_DORA, staff=(DORA,)), True, id="the lender still holds the role"),
        pytest.param(changed(FOR_DORA, staff=(changed(DORA, roles=()),)), False, id="the lender lost it"),
        pytest.param(
            changed(FOR_DORA, staff=(DORA, changed(SARA, roles=()))), True, id="her own do not count"
        ),
        pytest.param(Office(staff=(SARA,)), False, id="the lender has left"),
    ],
)
def test_a_backups_approval_counts_as_long_as_the_lender_could_give_it(office: Office, covered: bool) -> None:
    last = DAY_3.subtract(seconds=1)
    answer = approvals.shortfall(
        FOR_DORA_APPROVED, "f", REFUND, AMOUNT, last, "olga", AUTHORITY, office=office
    )
    assert answer == (() if covered else (approvals.LostAuthority("R-1", "sara"),))


def test_a_delegation_that_was_narrowed_takes_back_what_it_no_longer_lends() -> None:
    dora = changed(DORA, roles={"supervisor", "director"})
    wide = lent(changed(TO_SARA, from_actor=dora, roles=dora.roles))
    narrow = lent(changed(TO_SARA, from_actor=dora, roles="supervisor"))
    large = Money(501, "EUR")

    def lost(request: Request, amount: Money, authority: Authority, office: Office) -> tuple[Reason, ...]:
        return approvals.shortfall(request, "f", REFUND, amount, LATER, "olga", authority, office=office)

    request = after(ask(amount=large), approve(by=SARA, on_behalf_of="dora"), office=wide)
    assert lost(request, large, AUTHORITY, wide) == ()
    assert lost(request, large, AUTHORITY, narrow) == (approvals.LostAuthority("R-1", "sara"),)
    small = after(ask(), approve(by=SARA, on_behalf_of="dora"), office=narrow)
    only_directors = changed(AUTHORITY, limits=(Limit("director", REFUND),))
    assert lost(small, AMOUNT, only_directors, wide) == (approvals.LostAuthority("R-1", "sara"),)


def test_an_endorsement_without_any_role_is_none_even_where_the_operation_is_free() -> None:
    free = changed(AUTHORITY, limits=())
    request = after(ask(), approve(by=SARA, on_behalf_of="dora"), authority=free, office=FOR_DORA)
    answer = approvals.shortfall(request, "f", REFUND, AMOUNT, LATER, "olga", free, office=lent())
    assert answer == (approvals.LostAuthority("R-1", "sara"),)


# The duty to answer


def test_makers_wait_for_answers_to_what_is_pending_and_would_expire() -> None:
    open_end = changed(PENDING, id="R-2", expires_at=None)
    endorsed = changed(ENDORSED, id="R-3")
    requests = (PENDING, APPROVED, USED, open_end, endorsed)
    due = approvals.duties(requests, DAY_3.subtract(seconds=1), TWO_NEEDED)
    assert due == (ANSWER, changed(ANSWER, key="approvals.answer/R-3", subject="R-3"))
    assert approvals.duties(requests, DAY_3, AUTHORITY) == ()


# In words


def test_each_reason_reads_as_a_sentence() -> None:
    reasons = (
        approvals.Needed(REFUND, AMOUNT, "f", SUPERVISOR | DIRECTOR),
        approvals.SamePerson("olga"),
        approvals.NotMaker("olga"),
        approvals.AlreadyApproved(frozenset({"sven"})),
        approvals.NotDelegated("dora", "sara", REFUND),
        beyond(AMOUNT, SUPERVISOR, frozenset()),
        approvals.NotAsked(),
        approvals.Changed("R-1", frozenset({Part.COMMAND})),
        approvals.OtherMaker("R-1", "olga"),
        approvals.Pending("R-1", 1, 2),
        approvals.NotApproved("R-1", Phase.REJECTED.value),
        approvals.Expired("R-1", DAY_3),
        approvals.AlreadyUsed("R-1", "c-7"),
        approvals.LostAuthority("R-1", "sven"),
    )
    assert {reason.code: reason.text for reason in reasons} == {
        "approvals.needed": "refund of 250.00 EUR needs 1 approval by: director, supervisor",
        "approvals.same_person": "olga asked for this, and cannot also be behind its approval",
        "approvals.not_maker": "only olga can withdraw this request",
        "approvals.already_approved": "an approval rests on sven already; each needs people of its own",
        "approvals.not_delegated": "dora has not delegated refund to sara for this time",
        "approvals.beyond_authority": "refund is beyond the authority of: supervisor; it takes: nobody",
        "approvals.not_asked": "no approval was asked for",
        "approvals.changed": "R-1 is for another act: since it was asked for, this changed: command",
        "approvals.other_maker": "R-1 was asked for by olga, who has to be the one who acts",
        "approvals.pending": "R-1 has 1 of 2 approvals",
        "approvals.not_approved": "R-1 is rejected",
        "approvals.expired": "R-1 expired at 2024-03-04T12:00:00Z",
        "approvals.used": "R-1 was used by c-7",
        "approvals.lost_authority": "the approval of R-1 by sven no longer counts",
    }


def test_an_act_without_an_amount_is_told_without_one() -> None:
    needed = approvals.Needed(RELEASE_HOLD, None, "f", frozenset({ANYBODY}), 2)
    assert needed.text == "release_hold needs 2 approvals by: anybody"
    assert changed(needed, count=1).text == "release_hold needs 1 approval by: anybody"
    assert changed(needed, amount=AMOUNT).text == "release_hold of 250.00 EUR needs 2 approvals by: anybody"


def test_one_approval_can_be_told_apart_in_another_catalogue() -> None:
    needed = approvals.Needed(RELEASE_HOLD, None, "f", frozenset({ANYBODY}))
    whole, plain, *_ = approvals.Needed.sentences()
    assert isinstance(whole, Counted)
    assert isinstance(plain, Counted)
    german = Few(
        {
            ("approvals.needed", whole.one): (
                "{operation} über {amount}: eine Freigabe",
                "{operation} über {amount}: {count} Freigaben",
            ),
            ("approvals.needed", plain.one): ("{operation}: eine Freigabe", "{operation}: {count} Freigaben"),
        }
    )
    told = {
        changed(needed, amount=amount, count=count).render(german)
        for amount in (None, AMOUNT)
        for count in (1, 2)
    }
    assert told == {
        "release_hold: eine Freigabe",
        "release_hold: 2 Freigaben",
        "release_hold über 250.00 EUR: eine Freigabe",
        "release_hold über 250.00 EUR: 2 Freigaben",
    }


EARLY = {"requested": NOON.subtract(seconds=1), "approved": LATER.subtract(seconds=1)}


@pytest.mark.parametrize(
    ("request_", "command", "since"),
    [
        pytest.param(PENDING, approve(at=EARLY["requested"]), NOON, id="an approval before the request"),
        pytest.param(PENDING, reject(at=EARLY["requested"]), NOON, id="a rejection before the request"),
        pytest.param(PENDING, withdraw(at=EARLY["requested"]), NOON, id="taken back before it was asked"),
        pytest.param(PENDING, override(at=EARLY["requested"]), NOON, id="the glass broken before"),
        pytest.param(ENDORSED, approve(at=NOON, by=SARA), LATER, id="a second approval before the first"),
        pytest.param(APPROVED, use(at=EARLY["approved"]), LATER, id="an act before its approval"),
        pytest.param(
            after(ask(), override()), use(at=EARLY["approved"]), LATER, id="an act before the glass is broken"
        ),
    ],
)
def test_nothing_is_dated_before_what_it_rests_on(
    request_: Request, command: messages.Command, since: DateTime
) -> None:
    rules = TWO_NEEDED if request_ is ENDORSED else AUTHORITY
    assert decide(request_, command, rules) == refused(approvals.TooEarly("R-1", since))
    assert decide(request_, changed(command, recorded_at=since), rules).allowed, "backdated, recorded in time"


def test_who_holds_no_role_that_counts_is_told_so() -> None:
    told = beyond(AMOUNT, frozenset(), DIRECTOR).text
    assert told == "refund takes: director; of whoever answers here, no role counts"
    assert approvals.TooEarly("R-1", NOON).text == (
        "R-1 is as it is since 2024-03-01T12:00:00Z, and nothing about it is dated before"
    )


def test_customers_hear_nothing_of_people_limits_and_roles() -> None:
    needed = approvals.needed(REFUND, AMOUNT, "f", "olga", NOON, AUTHORITY, office=Office(staff=(SVEN, DORA)))
    window = (AMOUNT, Money(60, "EUR"), Money(50, "EUR"), Money(10, "EUR"))
    beyond_day = approvals.BeyondAllowance("a day's refunds", REFUND, *window, LATER)
    told = needs_approval(beyond_day, needed, approvals.Pending("R-1", 1, 2)).for_customer()
    assert [reason.text for reason in told.reasons] == ["somebody else has to approve this first"]
    hard = refused(changed(beyond_day, hard=True)).for_customer()
    assert hard == refused(Unavailable(REFUND))
