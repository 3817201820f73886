"""What is known of the customer, by reference: which field changed when, and what of it was verified.

The host keeps what the fields say. Here are its keys for them, a mark of each content (the number of
its version, or a salted digest) and a reference to the evidence: nothing personal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve as changed
from attrs import field, frozen
from pendulum import DateTime

from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.terms import FieldKey
from acctcore.kernel.validation import identifier, optional, reference


def marks(value: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[FieldKey, str], ...]:
    """Return the marks of fields by their keys, in order of key.

    Raises: InvalidValue for anything but texts, and for a key that comes twice.
    """
    given: object = tuple(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(given, tuple | list):
        raise InvalidValue("the marks of fields by their keys", value, "fields")
    for pair in given:
        if not isinstance(pair, tuple) or len(pair) != 2 or not all(isinstance(each, str) for each in pair):
            raise InvalidValue("a key and a mark", pair, "fields")
        key, mark = pair
        if not key.strip() or key != key.strip() or mark != mark.strip() or len(key + mark) > 400:
            raise InvalidValue("a key and a mark without spaces at their ends", pair, "fields")
    pairs = tuple(sorted(given))
    if len({key for key, _ in pairs}) != len(pairs):
        raise InvalidValue("one mark for each field", value, "fields")
    return pairs


@frozen
class ProfileField:
    """One field of the customer's profile: the mark of its content, and what was verified of it last.

    `verified_mark` is the mark that the field had then; where it is not the mark of today, the field
    has changed since. `valid_until` is when the evidence itself ends: the expiry of a passport.
    """

    key: FieldKey = field(validator=identifier)
    mark: str = field(validator=identifier)
    changed_at: DateTime
    verified_mark: str | None = field(default=None, validator=optional(identifier))
    verified_at: DateTime | None = None
    evidence: str | None = field(default=None, validator=optional(reference))
    valid_until: DateTime | None = None

    def __attrs_post_init__(self) -> None:
        told = {each is None for each in (self.verified_mark, self.verified_at, self.evidence)}
        if len(told) != 1 or (self.verified_at is None and self.valid_until is not None):
            raise InvalidValue("a mark, an instant and evidence of a verification", self, "ProfileField")


# What events make of a profile


def stated(
    profile: tuple[ProfileField, ...], fields: tuple[tuple[FieldKey, str], ...], at: DateTime
) -> tuple[ProfileField, ...]:
    """Return the profile with fields as they are now; one without a mark is taken off."""
    known = {each.key: each for each in profile}
    for key, mark in fields:
        before = known.pop(key, None)
        if mark and before is not None:
            known[key] = changed(before, mark=mark, changed_at=at)
        elif mark:
            known[key] = ProfileField(key, mark, at)
    return tuple([known[key] for key in sorted(known)])


def verified(
    profile: tuple[ProfileField, ...],
    fields: tuple[tuple[FieldKey, str], ...],
    at: DateTime,
    evidence: str,
    valid_until: DateTime | None,
) -> tuple[ProfileField, ...]:
    """Return the profile with fields verified as of an instant."""
    found = dict(fields)
    return tuple(
        [
            changed(
                each,
                verified_mark=found[each.key],
                verified_at=at,
                evidence=evidence,
                valid_until=valid_until,
            )
            if each.key in found
            else each
            for each in profile
        ]
    )
