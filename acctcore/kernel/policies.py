"""How a policy is named in what was decided under it, so that no upgrade changes a result in silence.

An event, a basis or a document bears the reference of the policy that it was computed under: its
name and version, a digest of every choice in it, and the ruleset of acctcore that read it.
"""

from __future__ import annotations

from typing import Final, Protocol

from attrs import field, frozen

from acctcore.kernel.identity import fingerprint
from acctcore.kernel.validation import identifier

RULESET: Final = "1"
"""The version of acctcore's own arithmetic: it changes when the same facts under the same policy would
give another result, and only then."""


@frozen
class PolicyRef:
    """A policy as it was when something was decided under it.

    `digest` tells two contents under one name and version apart: an edited policy without a new
    version, say. `ruleset` is the version of the arithmetic that read it.
    """

    name: str = field(validator=identifier)
    version: str = field(validator=identifier)
    digest: str = field(validator=identifier)
    ruleset: str = field(default=RULESET, validator=identifier)

    def __str__(self) -> str:
        """Name/version: what people call it."""
        return f"{self.name}/{self.version}"

    @property
    def exact(self) -> str:
        """Name, version, the beginning of the digest and the ruleset: what tells two contents apart."""
        return f"{self} ({self.digest[:8]}, ruleset {self.ruleset})"


class Named(Protocol):
    """A policy: a frozen value with a name and a version."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def version(self) -> str:
        """Which of its versions it is; another one for every change of content."""
        ...


def ref_of(policy: Named) -> PolicyRef:
    """Return the reference of a policy: its name and version, and a digest of its whole content.

    Raises: InvalidValue for a policy with content that has no exact text: a float, a mapping.
    """
    return PolicyRef(policy.name, policy.version, fingerprint(policy))


def built_in(name: str, version: str) -> PolicyRef:
    """Return the reference of a rule that has no choices: its name and version say it all."""
    return PolicyRef(name, version, fingerprint(name, version))
