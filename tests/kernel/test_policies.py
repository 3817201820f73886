"""References to policies: name, version, digest and ruleset."""

import attrs
import pytest

from acctcore.billing.proration import BY_DAY, FromPrice, NoCap
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.policies import RULESET, PolicyRef, built_in, ref_of


@attrs.frozen
class Rule:
    """A host's policy."""

    name: str
    version: str
    days: int


@attrs.frozen
class Loose:
    """A host's policy whose content has no exact text."""

    name: str
    version: str
    share: float


def test_a_reference_tells_name_version_and_every_choice_apart() -> None:
    refs = [
        ref_of(rule) for rule in (Rule("a", "1", 3), Rule("a", "1", 4), Rule("a", "2", 3), Rule("b", "1", 3))
    ]
    assert len(set(refs)) == len({ref.digest for ref in refs}) == 4
    assert [str(ref) for ref in refs] == ["a/1", "a/1", "a/2", "b/1"]
    assert ref_of(Rule("a", "1", 3)) == refs[0]
    assert {ref.ruleset for ref in refs} == {RULESET}


def test_what_tells_two_contents_apart_is_told() -> None:
    one, other = ref_of(Rule("a", "1", 3)), ref_of(Rule("a", "1", 4))
    assert one.exact == f"a/1 ({one.digest[:8]}, ruleset {RULESET})"
    assert one.exact != other.exact


def test_a_reference_of_another_ruleset_is_another_reference() -> None:
    ref = ref_of(BY_DAY)
    assert ref == BY_DAY.ref
    assert attrs.evolve(ref, ruleset="0") != ref


def test_the_name_of_a_settlement_is_part_of_its_reference() -> None:
    assert FromPrice(NoCap(), name="acme").ref != FromPrice(NoCap()).ref


def test_a_rule_without_choices_is_its_name_and_version() -> None:
    assert built_in("stated", "1") == built_in("stated", "1")
    assert built_in("stated", "1").digest != built_in("stated", "2").digest
    assert built_in("stated", "1").digest != built_in("told", "1").digest


@pytest.mark.parametrize("wrong", ["", " a", 3, None])
def test_a_name_is_a_name(wrong: str) -> None:
    with pytest.raises(InvalidValue, match=r"PolicyRef\.name"):
        PolicyRef(wrong, "1", "0" * 32)


def test_a_policy_with_a_float_has_no_exact_content() -> None:
    with pytest.raises(InvalidValue, match="a plain or frozen value"):
        ref_of(Loose("a", "1", 0.5))
