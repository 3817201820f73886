"""The account file and the stories that cross rooms: ask with `handle`, store with `evolve`.

handle(file, command, policies)   one atomic answer across rooms
evolve(file, decision.events)     the file after it
due(file, now, policies)          what the schedule wants by now, and when to ask again
catch_up(file, now, policies)     the file after all of it, and every answer on the way
may(file, at, policies)           what could be asked now, and why not the rest
duties(file, at, policies)        what is owed to somebody
closing_plan(file, at, policies)  what has to end before the account can close, in order
pending(file, at, policies)       what waits for somebody's approval, and for whose
settled(file, document_id, at)    whether a document was paid or credited by then
seal(file, before)                the file without what is settled, and that as an archive
"""

from acctcore.flows.as_of import InFlight, balances_at, in_flight, items_at
from acctcore.flows.asking import Asking, may
from acctcore.flows.authority import Act, authorised, pending
from acctcore.flows.books import balances, check, movements, settled, statement
from acctcore.flows.catching_up import CaughtUp, catch_up
from acctcore.flows.contents import Sealed
from acctcore.flows.file import Answer, File, evolve
from acctcore.flows.handle import IdReused, IdTaken, handle, operations
from acctcore.flows.office import closing_plan
from acctcore.flows.own import OwnEvent, OwnPolicy, OwnRecord, SealedWith
from acctcore.flows.own_operations import OwnOperation
from acctcore.flows.policies import Policies
from acctcore.flows.schedule import Due, due, duties
from acctcore.flows.seal import Archive, Places, SealedTimeline, seal, unseal

__all__ = [
    "Act",
    "Answer",
    "Archive",
    "Asking",
    "CaughtUp",
    "Due",
    "File",
    "IdReused",
    "IdTaken",
    "InFlight",
    "OwnEvent",
    "OwnOperation",
    "OwnPolicy",
    "OwnRecord",
    "Places",
    "Policies",
    "Sealed",
    "SealedTimeline",
    "SealedWith",
    "authorised",
    "balances",
    "balances_at",
    "catch_up",
    "check",
    "closing_plan",
    "due",
    "duties",
    "evolve",
    "handle",
    "in_flight",
    "items_at",
    "may",
    "movements",
    "operations",
    "pending",
    "seal",
    "settled",
    "statement",
    "unseal",
]
