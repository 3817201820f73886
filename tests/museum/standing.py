"""Holds, payments, approvals: what stands, and what does not."""

from attrs import evolve as changed

from acctcore.accounts import account, holds
from acctcore.billing import subscriptions as subs
from acctcore.billing.subscriptions import Effect, HeldDays, OnHold
from acctcore.flows import balances, handle
from acctcore.kernel.terms import BILL
from acctcore.receivables import payments, refunds
from tests.flows.stories import LIMITED, PLAIN, Story, at, codes, eur
from tests.museum.billing import euros
from tests.museum.exhibit import Shown, exhibit

ROOM = "Holds, payments, approvals"


@exhibit(
    ROOM, "killbill#744", "killbill#123", "killbill#267", "killbill#1205",
    wrong="two holds on billing, and the first of them released: whether billing is held",
    rule="what is blocked is the union of all holds, in whatever order they were placed",
    naive="no", ours="yes",
)  # fmt: skip
def two_holds() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")
    flag = False
    for hold in ("H1", "H2"):
        story.do(holds.Place, "2024-06-03 09:00", hold_id=hold, reason="dispute", blocks={BILL})
        flag = True
    story.do(holds.Release, "2024-06-04 09:00", hold_id="H1")
    flag = False
    asked = story.ask(subs.ChangePlan, "2024-06-05 09:00", plan="large")
    return Shown("yes" if flag else "no", "yes" if not asked.allowed else "no")


@exhibit(
    ROOM, "killbill#2123",
    wrong="held from 5 to 25 June but for five minutes around midnight of the 11th: days billed of June",
    rule="which days a hold takes is a field of the policy",
    naive="11", ours="10",
)  # fmt: skip
def five_minutes() -> Shown:
    spans = ("2024-06-05 00:00", "2024-06-10 23:58"), ("2024-06-11 00:03", "2024-06-25 00:00")
    story = Story(changed(PLAIN, on_hold=OnHold(Effect.STOP, days=HeldDays.TOUCHED)))
    story.start("2024-06-01 00:00", "small", quantities={"seat": 0})
    for number, (since, until) in enumerate(spans):
        hold = {"hold_id": f"H{number}", "reason": "dispute", "blocks": {BILL}}
        story.run(since).do(holds.Place, since, **hold)
        story.do(holds.Release, until, hold_id=f"H{number}")
    midnights = [at(f"2024-06-{day:02d} 00:00") for day in range(1, 31)]
    naive = [on for on in midnights if not any(at(since) <= on < at(until) for since, until in spans)]
    return Shown(len(naive), story.run("2024-06-30 00:00").net() // 100)


@exhibit(
    ROOM, "killbill#880",
    wrong="a payment of 33.00 whose end nobody knows, where the books know yes and no: where it stands",
    rule="unknown is not failed: it is settled by what is found out, and not by trying again",
    naive="failed", ours="unknown",
)  # fmt: skip
def unknown_outcome() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")
    story.do(payments.Attempt, "2024-06-02 09:00", payment_id="P1", amount=eur("33.00"))
    story.do(payments.LoseTrack, "2024-06-02 09:01", payment_id="P1")
    (payment,) = story.file.payments
    came_in = bool(payment.refundable)
    return Shown("received" if came_in else "failed", payment.phase.value)


@exhibit(
    ROOM, "killbill#1230",
    wrong="a key used for a payment of 33.00, and for another one of 50.00: what the second is answered",
    rule="a key is used once: the same command gets the same answer, another is refused",
    naive="received", ours="flows.id_reused",
)  # fmt: skip
def key_used_again() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")
    facts = {"id": "K", "payment_id": "P1", "amount": eur("33.00")}
    first = story.command(payments.Receive, "2024-06-02 09:00", **facts)
    story.store(handle(story.file, first, PLAIN))
    facts |= {"payment_id": "P2", "amount": eur("50.00")}
    second = story.command(payments.Receive, "2024-06-02 09:00", **facts)
    answers = {first.id: "received"}
    (reason,) = codes(handle(story.file, second, PLAIN))
    return Shown(answers[second.id], reason)


@exhibit(
    ROOM, "polar#13077", "polar#13125",
    wrong="a plan of 33.00 that was cancelled to the end of June: charged in July by what was planned before",
    rule="what is due is read off the agreement as it stands, and is no list of its own",
    naive="33.00", ours="0.00",
)  # fmt: skip
def charged_after_the_end() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")
    planned = [(at("2024-07-01 00:00"), 3300)]
    story.do(subs.Cancel, "2024-06-10 09:00")
    june = story.net()
    naive = sum(amount for on, amount in planned if on <= at("2024-07-05 00:00"))
    return Shown(euros(naive), euros(story.run("2024-07-05 00:00").net() - june))


@exhibit(
    ROOM, "killbill#1007", "killbill#1949",
    wrong="a refund of 40.00 on an invoice of 33.00, the money sent before the credit note fails: money gone",
    rule="decide first, then act: all reasons before any event",
    naive="40.00", ours="0.00",
)  # fmt: skip
def money_gone() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small").pay("2024-06-02 09:00", eur("50.00"))
    facts = {"refund_id": "R1", "payment_id": "P1", "amount": eur("40.00")}
    asked = story.ask(refunds.Give, "2024-06-03 09:00", **facts)
    return Shown(euros(4000), euros(4000 * len(asked.events)))


@exhibit(
    ROOM, "fineract#6128", "fineract#6284", "openMF/mifos-x-field-officer-app#1181",
    "bcgov/sbc-pay#2127", "hmislk/hmis#3169",
    wrong="a refund of 20.00 by an officer who may give 10.00: what the office is told",
    rule="an approval that is missing is an outcome of its own, and nothing is done before it is there",
    naive="done", ours="needs_approval",
)  # fmt: skip
def done_while_pending() -> Shown:
    story = Story(changed(PLAIN, authority=LIMITED)).start("2024-06-01 00:00", "small")
    story.pay("2024-06-02 09:00", eur("33.00"))
    facts = {"refund_id": "R1", "payment_id": "P1", "amount": eur("20.00")}
    asked = story.ask(refunds.Give, "2024-06-03 09:00", **facts)
    return Shown("done", asked.outcome.value)


@exhibit(
    ROOM, "cedar-go#118", "cedar#1850", "casbin#606", "cerbos#858",
    wrong="closing an account with a subscription that runs and 33.00 that is owed: reasons that are told",
    rule="a refusal carries all its reasons, each with a code",
    naive="1", ours="2",
)  # fmt: skip
def all_reasons() -> Shown:
    story = Story(PLAIN).start("2024-06-01 00:00", "small")

    def naive() -> list[str]:
        if story.file.subscriptions:
            return ["subscription running"]
        return ["balance open"] if balances(story.file) else []

    return Shown(len(naive()), len(story.ask(account.Close, "2024-06-05 09:00").reasons))
