"""What is known of the customer: who may change it, what is verified, until when, and what waits for it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pendulum
import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime

from acctcore.accounts import account
from acctcore.accounts.account import Account, FieldRule, FieldState, Phase, ProfileField, Verification
from acctcore.kernel.calendar import instant
from acctcore.kernel.decision import Decision, allowed, refused
from acctcore.kernel.duties import Duty
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import ACTIVATE, BILL, REFUND, Actor
from tests.accounts.account.stories import (
    CLERK,
    NOON,
    OFFICER,
    POLICY,
    T0,
    activate,
    after,
    amend,
    apply,
    ask,
    begin,
    close,
    evolved,
    open_,
    verify,
)

GUEST = Actor("gast")
FULL = {"address": "a1", "name": "n1", "passport": "p1", "phone": "f1"}
KNOWN = after(open_(fields=FULL), verify(at=T0, fields={"address": "a1", "passport": "p1"}))
CLERKS = frozenset({"clerk", "officer"})
MIDNIGHT_15 = pendulum.datetime(2024, 3, 15, 23)  # the end of 15 March in Berlin, 14 days after 1 March


def state(subject: Account, key: str, at: DateTime = NOON) -> Verification:
    (found,) = [each for each in account.field_states(subject, at, POLICY) if each.key == key]
    return found.verification


# Who may say what


@pytest.mark.parametrize(
    ("command", "decision"),
    [
        pytest.param(
            amend(zone=None, fields={"address": "a2"}),
            allowed(
                account.Amended(NOON, "c", None, None, (("address", "a2"),)),
                duties=(
                    Duty(
                        "account.verify/A-1/address/first/2024-03-01T12:00:00Z",
                        "account.verify",
                        MIDNIGHT_15,
                        subject="address",
                    ),
                ),
            ),
            id="a change that has to be verified within two weeks",
        ),
        pytest.param(
            amend(zone=None, by=CLERK, fields={"phone": "f2", "address": "a1"}),
            allowed(account.Amended(NOON, "c", None, None, (("phone", "f2"),))),
            id="only what changes is told, and a number needs nobody's word",
        ),
        pytest.param(
            amend(zone=None, fields={"phone": ""}),
            allowed(account.Amended(NOON, "c", None, None, (("phone", ""),))),
            id="a field is taken off",
        ),
        pytest.param(
            amend(zone=None, fields={"address": "a1", "phone": "f1"}),
            refused(account.Unchanged()),
            id="what is already so",
        ),
        pytest.param(
            amend(zone=None, by=CLERK, fields={"name": "n2", "phone": "f2"}),
            refused(account.NotEntitled("carl", "name", frozenset({"officer"}))),
            id="a clerk does not change names, and then nothing changes",
        ),
        pytest.param(
            amend(by=GUEST, fields={"adress": "a2", "name": "n2", "phone": "f2"}),
            refused(
                account.UnknownFields(("adress",), ("address", "name", "passport", "phone")),
                account.NotEntitled("gast", "name", frozenset({"officer"})),
                account.NotEntitled("gast", "phone", CLERKS),
            ),
            id="every reason at once: a field that nobody knows, two that are not theirs",
        ),
        pytest.param(
            verify(fields={"name": "n1"}, by=CLERK),
            allowed(
                account.Verified(NOON, "c", "carl", (("name", "n1"),), "scan-7", None),
                duties=(
                    Duty(
                        "account.verify/A-1/name/again/2024-03-01T12:00:00Z",
                        "account.verify",
                        pendulum.datetime(2026, 3, 1, 23),
                        subject="name",
                    ),
                ),
            ),
            id="a name is verified for two years, by others than those who change it",
        ),
        pytest.param(
            verify(fields={"name": "n1"}),
            refused(account.NotEntitled("olga", "name", frozenset({"clerk"}))),
            id="who changes it may not verify it where the rule says so",
        ),
        pytest.param(
            verify(fields={"passport": "p0", "address": "a0"}),
            refused(account.ChangedMeanwhile(("address a1", "passport p1"))),
            id="what was looked at is not what stands there by now",
        ),
        pytest.param(
            verify(fields={"fax": "1"}),
            refused(account.UnknownFields(("fax",), ("address", "name", "passport", "phone"))),
            id="nobody verifies what the policy does not know",
        ),
    ],
)
def test_what_becomes_of_it(command: account.Command, decision: Decision[account.Event]) -> None:
    assert ask(KNOWN, command) == decision


def test_what_is_not_on_the_profile_is_not_verified() -> None:
    bare = after(open_(fields={"phone": "f1"}))
    assert ask(bare, verify(fields={"passport": "p1"})) == refused(
        account.UnknownFields(("passport",), ("phone",))
    )


def test_an_account_begins_with_a_profile_that_its_opener_may_state() -> None:
    assert [each.key for each in KNOWN.profile] == sorted(FULL)
    for begun in (open_(by=CLERK, fields=FULL), apply(by=CLERK, fields=FULL)):
        assert ask(None, begun) == refused(
            account.NotEntitled("carl", "name", frozenset({"officer"})),
            account.NotEntitled("carl", "passport", frozenset({"officer"})),
        )


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        pytest.param(OFFICER, ("address", "name", "passport", "phone"), id="officers"),
        pytest.param(CLERK, ("address", "phone"), id="clerks"),
        pytest.param(GUEST, (), id="guests"),
    ],
)
def test_who_may_change_what(by: Actor, keys: tuple[str, ...]) -> None:
    assert POLICY.may_change(by) == keys


def test_each_reason_reads_as_a_sentence() -> None:
    waiting = account.unverified(after(open_()), REFUND, NOON, POLICY)
    assert waiting is not None
    reasons = [
        *ask(KNOWN, amend(by=GUEST, fields={"adress": "a2", "name": "n2"})).reasons,
        *ask(KNOWN, verify(fields={"passport": "p0"})).reasons,
        waiting,
    ]
    assert [(reason.code, reason.text) for reason in reasons] == [
        (
            "account.unknown_fields",
            "the profile has no fields adress, only: address, name, passport, phone",
        ),
        ("account.not_entitled", "gast may not do this to name; it takes: officer"),
        ("account.changed_meanwhile", "not what was verified, but passport p1 stands on the profile by now"),
        ("account.unverified", "refund has to wait until these are verified: address, passport"),
    ]


# How a field stands


def test_a_field_goes_through_every_state() -> None:
    subject = after(open_())
    assert (state(subject, "phone"), state(subject, "address")) == (
        Verification.NOT_ASKED,
        Verification.MISSING,
    )
    subject = evolved(subject, ask(subject, amend(at=T0, zone=None, fields={"address": "a1"})))
    assert state(subject, "address") is Verification.UNVERIFIED
    subject = evolved(subject, ask(subject, verify(at=T0, fields={"address": "a1"}, valid_until=NOON)))
    assert state(subject, "address", NOON.subtract(microseconds=1)) is Verification.VERIFIED
    assert state(subject, "address", NOON) is Verification.STALE
    subject = evolved(subject, ask(subject, amend(at=T0, zone=None, fields={"address": "a2"})))
    assert state(subject, "address") is Verification.CHANGED
    subject = evolved(subject, ask(subject, amend(at=T0, zone=None, fields={"address": "a1"})))
    assert state(subject, "address", T0) is Verification.VERIFIED  # what was verified stands there again
    subject = evolved(subject, ask(subject, amend(at=T0, zone=None, fields={"address": ""})))
    assert state(subject, "address") is Verification.MISSING
    assert subject.profile == ()


def test_a_field_whose_changes_need_no_verification_keeps_the_earlier_one() -> None:
    subject = evolved(KNOWN, ask(KNOWN, amend(zone=None, fields={"passport": "p2"})))
    assert state(subject, "passport") is Verification.VERIFIED
    assert state(subject, "passport", T0.add(days=366)) is Verification.STALE
    (again,) = [duty for duty in account.duties(subject, POLICY) if duty.subject == "passport"]
    assert again.by == pendulum.datetime(2025, 1, 9, 23)


def test_the_evidence_may_end_before_the_verification_would() -> None:
    ends = NOON.add(days=3)
    subject = evolved(KNOWN, ask(KNOWN, verify(fields={"passport": "p1"}, valid_until=ends)))
    assert account.next_stale(subject, NOON, POLICY) == ends
    assert [each.key for each in account.stale_fields(subject, ends, POLICY)] == ["name", "passport"]


def test_stale_fields_are_told_with_since_when_and_by_when() -> None:
    assert account.stale_fields(KNOWN, NOON, POLICY) == (
        FieldState("name", Verification.UNVERIFIED, T0, pendulum.datetime(2024, 1, 10, 23)),
    )
    assert account.next_stale(KNOWN, NOON, POLICY) == pendulum.datetime(2025, 1, 9, 23)
    assert account.next_stale(after(open_()), NOON, POLICY) is None


# What waits for it


@pytest.mark.parametrize(
    ("operation", "subject", "keys"),
    [
        pytest.param(REFUND, KNOWN, None, id="verified, and free"),
        pytest.param(BILL, after(open_()), None, id="an operation that waits for nothing"),
        pytest.param(REFUND, after(open_()), ("address", "passport"), id="what is missing is not verified"),
        pytest.param(ACTIVATE, after(apply(), begin(at=T0)), ("passport",), id="nor is an applicant's"),
        pytest.param(
            REFUND,
            evolved(KNOWN, ask(KNOWN, amend(zone=None, fields={"address": "a2"}))),
            ("address",),
            id="a change, until it is verified",
        ),
        pytest.param(
            REFUND,
            evolved(KNOWN, ask(KNOWN, amend(zone=None, fields={"address": ""}))),
            ("address",),
            id="taking a field off does not get round it",
        ),
    ],
)
def test_what_an_operation_waits_for(operation: str, subject: Account, keys: tuple[str, ...] | None) -> None:
    waiting = account.unverified(subject, operation, NOON, POLICY)
    assert waiting == (None if keys is None else account.Unverified(operation, keys))


def test_a_new_policy_counts_at_once() -> None:
    strict = changed(POLICY, fields=(FieldRule("address", "clerk", valid_days=1, blocks={BILL}),))
    assert account.unverified(KNOWN, BILL, T0.add(days=1), strict) is None
    assert account.unverified(KNOWN, BILL, NOON, strict) == account.Unverified(BILL, ("address",))
    assert account.unverified(KNOWN, BILL, NOON, POLICY) is None


# Duties


def test_a_verification_discharges_the_duty_and_owes_the_next() -> None:
    subject = evolved(KNOWN, ask(KNOWN, amend(zone=None, fields={"address": "a2"})))
    before = account.duties(subject, POLICY)
    at = NOON.add(days=1)
    subject = evolved(subject, ask(subject, verify(at=at, fields={"address": "a2"})))
    gone = [duty.key for duty in before if duty not in account.duties(subject, POLICY)]
    assert gone == ["account.verify/A-1/address/first/2024-03-01T12:00:00Z"]
    subject = evolved(subject, ask(subject, verify(at=at, fields={"passport": "p1"})))
    keys = [duty.key for duty in account.duties(subject, POLICY) if duty.subject == "passport"]
    assert keys == ["account.verify/A-1/passport/again/2024-03-02T12:00:00Z"]


def test_an_overdue_duty_keeps_its_key_whatever_else_happens() -> None:
    before = account.duties(KNOWN, POLICY)
    late = evolved(KNOWN, ask(KNOWN, amend(at=T0.add(years=3), zone=None, fields={"phone": "f9"})))
    assert account.duties(late, POLICY) == before
    closed = evolved(late, ask(late, close(at=T0.add(years=3))))
    assert account.duties(closed, POLICY) == ()


# Oracles: days on a wall calendar


@given(
    st.dates(date(2023, 1, 1), date(2025, 12, 31)),
    st.integers(0, 23),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]),
    st.integers(0, 400),
    st.integers(-2, 26),
)
def test_a_verification_serves_to_the_end_of_its_last_local_day(
    on: date, hour: int, zone: str, days: int, hours: int
) -> None:
    seen = instant(datetime(on.year, on.month, on.day, hour, 30, tzinfo=ZoneInfo(zone)))
    policy = changed(POLICY, fields=(FieldRule("name", "officer", valid_days=days, blocks={REFUND}),))
    subject = Account("A", zone, Phase.ACTIVE, seen, opened_at=seen)
    for command in (
        amend(at=seen, zone=None, fields={"name": "n"}),
        verify(at=seen, fields={"name": "n"}),
    ):
        subject = evolved(subject, account.decide(subject, command, policy))
    local = seen.astimezone(ZoneInfo(zone)).date()
    last = local + timedelta(days=days)
    probe = instant(
        datetime(last.year, last.month, last.day, 0, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
        + timedelta(hours=hours)
    )
    if probe < seen:
        return
    serves = probe.astimezone(ZoneInfo(zone)).date() <= last
    assert (account.unverified(subject, REFUND, probe, policy) is None) is serves
    (duty,) = account.duties(subject, policy)
    assert (probe < duty.by) is serves
    assert account.next_stale(subject, probe, policy) == (duty.by if serves else None)


# Values


@pytest.mark.parametrize(
    ("make", "where"),
    [
        pytest.param(lambda: amend(zone=None, fields={}), "Amend", id="an amendment amends something"),
        pytest.param(lambda: verify(fields={}), "Verify.fields", id="a verification is of something"),
        pytest.param(lambda: verify(fields={"name": ""}), "Verify.fields", id="and of what was seen"),
        pytest.param(lambda: open_(fields={"name": ""}), "Open.fields", id="a profile begins with marks"),
        pytest.param(lambda: apply(fields={"name": ""}), "Apply.fields", id="an applicant's, too"),
        pytest.param(lambda: verify(evidence=""), "Verify.evidence", id="there is evidence"),
        pytest.param(lambda: verify(valid_until=NOON), "Verify.valid_until", id="that has not ended"),
        pytest.param(
            lambda: amend(fields="name"),  # type: ignore[arg-type]
            "fields",
            id="a text is no fields",
        ),
        pytest.param(
            lambda: amend(fields=[("name",)]),  # type: ignore[list-item]
            "fields",
            id="a key has a mark",
        ),
        pytest.param(
            lambda: amend(fields=[("name", 7)]),  # type: ignore[list-item]
            "fields",
            id="a number is no mark",
        ),
        pytest.param(lambda: amend(fields={" ": "n"}), "fields", id="a blank is no key"),
        pytest.param(lambda: amend(fields={"name": "n "}), "fields", id="marks have no spaces at the ends"),
        pytest.param(lambda: amend(fields={"name": "n" * 400}), "fields", id="a mark is not the content"),
        pytest.param(
            lambda: amend(fields=(("name", "1"), ("name", "2"))), "fields", id="a field has one mark"
        ),
        pytest.param(lambda: ProfileField("k", "m", NOON, "m"), "ProfileField", id="seen when, by what?"),
        pytest.param(
            lambda: ProfileField("k", "m", NOON, valid_until=NOON),
            "ProfileField",
            id="what was not verified has no end of it",
        ),
        pytest.param(lambda: changed(KNOWN, profile=KNOWN.profile[::-1]), "Account.profile", id="in order"),
        pytest.param(lambda: changed(KNOWN, profile=KNOWN.profile[:1] * 2), "Account.profile", id="once"),
        pytest.param(lambda: FieldRule("", "officer"), "FieldRule.key", id="a rule is of a field"),
        pytest.param(lambda: FieldRule("k", ()), "FieldRule.may_change", id="somebody may change it"),
        pytest.param(
            lambda: FieldRule("k", "officer", may_verify=()), "FieldRule.may_verify", id="or verify it"
        ),
        pytest.param(lambda: FieldRule("k", "o", valid_days=-1), "FieldRule.valid_days", id="days count up"),
        pytest.param(
            lambda: changed(POLICY, fields=POLICY.fields[:1] * 2), "AccountPolicy.fields", id="one rule each"
        ),
    ],
)
def test_what_cannot_be(make: object, where: str) -> None:
    with pytest.raises(InvalidValue) as error:
        make()  # type: ignore[operator]
    assert error.value.where == where


def test_marks_come_from_a_mapping_or_pairs_and_are_in_order() -> None:
    assert amend(fields={"b": "2", "a": "1"}).fields == (("a", "1"), ("b", "2"))
    assert amend(fields=[("b", "2"), ("a", "1")]).fields == (("a", "1"), ("b", "2"))


def test_activation_does_not_ask_the_profile_by_itself() -> None:
    applicant = after(apply(), begin(at=T0))
    assert ask(applicant, activate()).allowed  # the account file asks: rooms do what they are told
