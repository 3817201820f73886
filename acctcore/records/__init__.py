"""Records: every state, command, event, decision, document and policy as plain data, and back.

`dump` and `load` speak data (dict, list, str, int, bool, None), `dumps` and `loads` JSON text, and
`canonical` gives the bytes that an audit chain takes. Whatever is wrong with data raises InvalidValue
(RecordErrors where it is several things) or UnknownRecord, with the path to each mistake.
"""

from acctcore.records.codec import canonical, dump, dumps, load, loads, schema
from acctcore.records.plain import Json
from acctcore.records.problems import RecordErrors
from acctcore.records.table import Check, Table, Upcaster
from acctcore.records.tags import TABLE
from acctcore.records.text import Limits

__all__ = [
    "TABLE",
    "Check",
    "Json",
    "Limits",
    "RecordErrors",
    "Table",
    "Upcaster",
    "canonical",
    "dump",
    "dumps",
    "load",
    "loads",
    "schema",
]
