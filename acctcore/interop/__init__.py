"""Records in the models of other libraries, in the one wire form that `records` writes, and data from others.

Each module needs its library and nothing else, and is behind an extra of the same name:

    acctcore.interop.pydantic   AsRecord for the fields of models, and so for FastAPI and OpenAPI
    acctcore.interop.msgspec    Record for the fields of structs, and the hooks that know it
    acctcore.interop.cattrs     configure for a converter
    acctcore.interop.holidays   public holidays of countries for business calendars

None of them is imported by the rest of acctcore.
"""
