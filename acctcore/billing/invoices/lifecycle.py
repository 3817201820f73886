"""The table of documents: what is asked of them in which phase, and where each event leads."""

from __future__ import annotations

from acctcore.billing.invoices.left import left_of
from acctcore.billing.invoices.messages import (
    Credit,
    Debit,
    Discard,
    Discarded,
    Draft,
    Drafted,
    Issue,
    Issued,
    Revise,
    Revised,
    Void,
    Voided,
)
from acctcore.billing.invoices.model import Document, Kind, Phase
from acctcore.kernel.lifecycle import NOTHING, Accepts, Lifecycle

LIFECYCLE = Lifecycle[Phase](
    #        command   asked in                          may bring about
    Accepts(Draft, NOTHING, (Drafted,)),
    Accepts(Revise, (Phase.DRAFT,), (Revised,)),
    Accepts(Discard, (Phase.DRAFT,), (Discarded,)),
    Accepts(Issue, (Phase.DRAFT,), (Issued,)),
    Accepts(Credit, (Phase.ISSUED,), (Issued,)),
    Accepts(Debit, (Phase.ISSUED,), (Issued,)),
    Accepts(Void, (Phase.ISSUED,), (Voided,)),
    moves={Drafted: Phase.DRAFT, Issued: Phase.ISSUED, Voided: Phase.VOIDED},
    by_time=(
        (Phase.ISSUED, Phase.CREDITED, "nothing is left after its credit notes"),
        (Phase.CREDITED, Phase.ISSUED, "one of them is voided"),
    ),
)


def phase(document: Document, notes: tuple[Document, ...], filed: Phase) -> Phase:
    """Return the phase with "credited" read off the credit notes: nothing is left of the document."""
    if filed is Phase.ISSUED and notes and document.kind is not Kind.CREDIT_NOTE:
        return Phase.CREDITED if left_of(document, notes).nothing else filed
    return filed
