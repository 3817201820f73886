"""A scenario in, a timeline out: the whole library on a virtual clock.

read(text)                        a scenario from TOML, or every mistake in it
simulate_children(scenario)       the same for a parent with many accounts, added up
simulate(scenario, until=None)    what happens: entries, documents, statements, a closing check
merge(scenario, further)          the same scenario with further steps, for a "what if"
compare(before, after)            what that changes in documents and balances

Owns the scenario format and the run. Reads no file and no clock, and prints nothing: the command
line does, and a test suite need not.
"""

from acctcore.simulation.children import Family, Sum, child, simulate_children
from acctcore.simulation.compare import BalanceChange, Difference, DocumentChange, compare
from acctcore.simulation.mistakes import BadScenario, Mistake
from acctcore.simulation.reading import FORMAT, read, read_steps
from acctcore.simulation.run import simulate
from acctcore.simulation.scenario import Expectations, Late, Scenario, Step, Wanted, commands, merge
from acctcore.simulation.timeline import Check, Entry, Printed, Result

__all__ = [
    "FORMAT",
    "BadScenario",
    "BalanceChange",
    "Check",
    "Difference",
    "DocumentChange",
    "Entry",
    "Expectations",
    "Family",
    "Late",
    "Mistake",
    "Printed",
    "Result",
    "Scenario",
    "Step",
    "Sum",
    "Wanted",
    "child",
    "commands",
    "compare",
    "merge",
    "read",
    "read_steps",
    "simulate",
    "simulate_children",
]
