"""Records in the models of other libraries: one wire form, the one that `records` writes, for all of them.

Each module needs its library and nothing else, and is behind an extra of the same name:

    acctcore.interop.pydantic   AsRecord for the fields of models, and so for FastAPI and OpenAPI
    acctcore.interop.msgspec    Record for the fields of structs, and the hooks that know it
    acctcore.interop.cattrs     configure for a converter

None of them is imported by the rest of acctcore.
"""
