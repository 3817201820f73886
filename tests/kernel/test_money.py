"""Money: exact, frozen, of one currency; every trap of py-moneyed has a test named after it."""

import copy
import decimal
import pickle
import sys
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from operator import add, eq, floordiv, ge, gt, le, lt, mod, mul, ne, sub, truediv

import moneyed
import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from acctcore.kernel import currencies
from acctcore.kernel import money as kernel
from acctcore.kernel.errors import InvalidValue
from acctcore.kernel.integers import Rounding, Ties, divide, split
from acctcore.kernel.money import Money, Price, convert, exact, positive, share, times, total, zero
from tests.kernel.strategies import amounts, codes, minors, roundings, wrong

CENT = Money.of_minor(1, "EUR")
EURO = Money("1", "EUR")
FINER = moneyed.Money("1.005", "EUR")


def hostile() -> decimal.Context:
    """Return the worst context that a host could leave behind: one digit, and every signal is an error."""
    return decimal.Context(
        prec=1,
        rounding=decimal.ROUND_UP,
        Emin=-1,
        Emax=1,
        capitals=0,
        clamp=1,
        traps=list(decimal.Context().flags),
    )


def plain(money: Money) -> moneyed.Money:
    return moneyed.Money(money.amount, money.currency)


# The traps of py-moneyed


@pytest.mark.parametrize("name", ["amount", "currency", "minor", "code", "note"])
def test_mutability(name: str) -> None:
    money = Money("1", "EUR")
    with pytest.raises(AttributeError, match=f"Money is immutable; {name} cannot be set"):
        setattr(money, name, 5)
    with pytest.raises(AttributeError, match=f"Money is immutable; {name} cannot be deleted"):
        delattr(money, name)
    assert money == EURO


def test_an_amount_above_zero() -> None:
    @frozen
    class Fee:
        amount: Money = field(validator=positive)

    assert Fee(Money("0.01", "EUR")).amount.minor == 1
    for wrong_one in (Money("0.00", "EUR"), Money("-0.01", "EUR")):
        with pytest.raises(InvalidValue) as caught:
            Fee(wrong_one)
        error = caught.value
        assert (error.where, error.expected, error.got) == ("Fee.amount", "an amount above zero", wrong_one)


def test_no_amount_is_nothing() -> None:
    assert Money(currency="EUR") == Money(0, "EUR") == moneyed.Money(currency="EUR")


def test_hash() -> None:
    assert hash(Money("1.00", "EUR")) == hash(Money(1, "EUR")) == hash(moneyed.Money("1.0", "EUR"))
    assert len({Money("1", "EUR"), Money("1.00", "EUR"), Money("1", "USD")}) == 2
    assert {moneyed.Money("1", "EUR"): "kept"}[EURO] == "kept"


@pytest.mark.parametrize("amount", [0.1, 1.0, float("nan"), float("inf"), float("-inf")])
def test_float(amount: float) -> None:
    with pytest.raises(InvalidValue, match=r"Money: expected an exact decimal number"):
        Money(amount, "EUR")
    with pytest.raises(InvalidValue, match=r"Money \*: expected a whole number"):
        EURO * amount
    with pytest.raises(InvalidValue, match=r"Money \*: expected a whole number"):
        amount * EURO


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "-nan", "Infinity", "-inf", "nan123"])
def test_nan_and_infinity(amount: str) -> None:
    for value in (amount, Decimal(amount)):
        with pytest.raises(InvalidValue, match=r"Money: expected an exact decimal number"):
            Money(value, "EUR")


@pytest.mark.parametrize("amount", [True, False])
def test_bool(amount: bool) -> None:
    with pytest.raises(InvalidValue, match=r"Money: expected an exact decimal number"):
        Money(amount, "EUR")
    with pytest.raises(InvalidValue, match=r"Money \*: expected a whole number"):
        EURO * amount
    with pytest.raises(InvalidValue, match=r"whole number of minor units"):
        Money.of_minor(amount, "EUR")


@given(minors, minors, codes)
def test_ambient_decimal_context(left: int, right: int, code: str) -> None:
    def answers() -> list[str]:
        money, other = Money.of_minor(left, code), Money.of_minor(right, code)
        price = Price(f"{left if left > 0 else -left}.0000000007", code)
        return [
            repr(money + other),
            repr(money - other),
            repr(-money),
            repr(abs(money)),
            repr(money * 3),
            str(money),
            f"{money:>30}",
            repr(times(money, 1, 3)),
            repr(share(money, (1, 2, 3))),
            str(money == other),
            str(money < other),
            str(money == plain(other)),
            str(hash(money)),
            repr(Money(str(money.amount), code)),
            repr(price),
            str(price),
            str(price.minor),
        ]

    calm = answers()
    with decimal.localcontext(hostile()):
        assert answers() == calm


def test_ambient_decimal_context_does_not_decide_what_a_text_means() -> None:
    with decimal.localcontext(decimal.Context(traps=[])):
        for text in ("1E+999999999999999999999", "one", "", "1.2.3"):
            with pytest.raises(InvalidValue, match=r"Money: expected an exact decimal number"):
                Money(text, "EUR")


def test_round() -> None:
    money = Money("1.23456"[:5], "KWD")
    assert money.round() is money
    assert money.round(3) is money
    assert round(money) is money
    assert round(money, 3) is money
    for places in (0, 2, 4, True):
        with pytest.raises(InvalidValue, match=r"Money.round: expected the 3 places of KWD"):
            money.round(places)
        with pytest.raises(InvalidValue, match=r"Money.round: expected the 3 places of KWD"):
            round(money, places)


@pytest.mark.parametrize(
    ("amount", "code", "minor"), [("1.99", "JPY", None), ("1.005", "EUR", None), ("1.99", "EUR", 199)]
)
def test_get_amount_in_sub_unit(amount: str, code: str, minor: int | None) -> None:
    if minor is not None:
        assert Money(amount, code).get_amount_in_sub_unit() == minor
        return
    with pytest.raises(InvalidValue, match=f"Money: expected whole minor units of {code}, got '{amount}'"):
        Money(amount, code)


def test_sum() -> None:
    with pytest.raises(InvalidValue, match=r"Money \+: expected an amount of money, got 0"):
        sum([EURO])
    assert total("EUR", []) == Money(0, "EUR")
    assert total("EUR", [EURO, CENT, plain(CENT)]) == Money("1.02", "EUR")  # type: ignore[list-item]
    assert total("EUR", iter([EURO])) == EURO
    with pytest.raises(InvalidValue, match=r"Money \+: expected an amount in EUR"):
        total("EUR", [Money(1, "USD")])


def test_percent() -> None:
    for left in (10, 10.0, Decimal(10), plain(EURO)):
        with pytest.raises(InvalidValue, match=r"Money %: expected times\(\) to take a percentage"):
            mod(left, EURO)
    assert times(Money(200, "USD"), 5, 100) == Money(10, "USD")


@pytest.mark.parametrize("compare", [lt, le, gt, ge])
def test_ordering_across_currencies(compare: Callable[[object, object], bool]) -> None:
    for left, right in [
        (EURO, Money(1, "USD")),
        (EURO, moneyed.Money(1, "USD")),
        (moneyed.Money(1, "USD"), EURO),
    ]:
        with pytest.raises(InvalidValue, match=r"expected an amount in EUR"):
            compare(left, right)
    for other in (0, 1.5, None, "1 EUR"):
        with pytest.raises(InvalidValue, match=r"expected an amount of money"):
            compare(EURO, other)
    assert Money(1, "USD") != EURO
    assert (EURO == 1) is False
    assert (Money(0, "EUR") == 0) is False
    assert (EURO != "1 EUR") is True


@pytest.mark.parametrize("again", [lambda money: pickle.loads(pickle.dumps(money)), copy.copy, copy.deepcopy])
def test_pickle_and_copy(again: Callable[[Money], Money]) -> None:
    twin = again(EURO)
    assert twin == EURO
    assert type(twin) is Money
    assert twin.currency is EURO.currency
    assert len(pickle.dumps(EURO)) < 100


@pytest.mark.parametrize("code", ["ZZZ", "XXX", "XAU", "eur", " EUR", "EU", "", None, 978, [], b"EUR", 1.5])
def test_unknown_currency(code: str) -> None:
    for make in (
        lambda: Money("1", code),
        lambda: Money.of_minor(1, code),
        lambda: Price("1", code),
        lambda: zero(code),
    ):
        with pytest.raises(InvalidValue, match=r"currency: expected an ISO 4217 currency code"):
            make()
    with pytest.raises(InvalidValue, match=r"currency: expected an ISO 4217 currency code"):
        convert(moneyed.Money("1", moneyed.Currency("ZZZ")))


def test_unknown_currency_is_interned_once_it_is_known() -> None:
    class Code(str, Enum):  # noqa: UP042 - as Django's TextChoices are
        EUR = "EUR"

    forged = moneyed.Currency("EUR", sub_unit=1)
    for money in (Money(1, Code.EUR), Money(1, forged), Money.of_minor(100, Code.EUR)):
        assert money == EURO
        assert type(money.code) is str
        assert money.currency is EURO.currency
    assert type(Price(1, Code.EUR).currency) is str


def test_jpy_decimals() -> None:
    with pytest.raises(InvalidValue, match=r"whole minor units of JPY"):
        Money("1.5", "JPY")
    assert str(Money("1234", "JPY")) == "1,234 JPY"
    assert Money("1234.0", "JPY").minor == 1234
    assert Money("1.999", "BHD").minor == 1999


def test_str_without_grouping() -> None:
    assert str(Money("-1234567.8", "EUR")) == "-1,234,567.80 EUR"
    assert f"{Money(0, 'EUR'):>10}" == "  0.00 EUR"
    assert repr(Money("1234567.8", "EUR")) == "Money('1234567.80', 'EUR')"
    assert str(Price("1234.00010", "EUR")) == "1,234.00010 EUR"


# A plain py-moneyed amount on either side of an operator


PAIRS = [
    pytest.param(lambda left, right: (left, plain(right)), id="plain on the right"),
    pytest.param(lambda left, right: (plain(left), right), id="plain on the left"),
    pytest.param(lambda left, right: (left, right), id="none plain"),
]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("operator", [add, sub])
@given(left=minors, right=minors, code=codes)
def test_sums_with_a_plain_amount_are_ours(
    pair: Callable[[Money, Money], tuple[object, object]],
    operator: Callable[[object, object], object],
    left: int,
    right: int,
    code: str,
) -> None:
    one, other = pair(Money.of_minor(left, code), Money.of_minor(right, code))
    answer = operator(one, other)
    assert type(answer) is Money
    assert answer.minor == operator(left, right)
    assert answer.code == code


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("operator", [eq, ne, lt, le, gt, ge])
@given(left=st.integers(-3, 3), right=st.integers(-3, 3))
def test_comparisons_with_a_plain_amount(
    pair: Callable[[Money, Money], tuple[object, object]],
    operator: Callable[[object, object], object],
    left: int,
    right: int,
) -> None:
    assert operator(*pair(Money.of_minor(left, "EUR"), Money.of_minor(right, "EUR"))) is operator(left, right)


@pytest.mark.parametrize("operator", [add, sub, lt, le, gt, ge])
def test_a_plain_amount_finer_than_a_minor_unit_is_refused(
    operator: Callable[[object, object], object],
) -> None:
    for left, right in [(EURO, FINER), (FINER, EURO)]:
        with pytest.raises(InvalidValue, match=r"Money: expected whole minor units of EUR"):
            operator(left, right)


@pytest.mark.parametrize(
    "other",
    [
        FINER,
        moneyed.Money(1, "USD"),
        moneyed.Money(1, moneyed.Currency("ZZZ")),
        moneyed.Money(Decimal("NaN"), "EUR"),
        moneyed.Money(Decimal("sNaN"), "EUR"),
        moneyed.Money(Decimal("Infinity"), "EUR"),
    ],
    ids=["finer", "another currency", "no currency", "NaN", "signalling NaN", "infinity"],
)
def test_what_money_of_ours_cannot_be_equals_none_of_ours(other: moneyed.Money) -> None:
    assert (EURO == other) is (other == EURO) is False  # noqa: SIM300
    assert (EURO != other) is (other != EURO) is True  # noqa: SIM300


@pytest.mark.parametrize("operator", [mul, truediv, mod])
def test_a_product_or_quotient_with_a_plain_amount_is_refused(
    operator: Callable[[object, object], object],
) -> None:
    for left, right in [(plain(EURO), EURO), (EURO, plain(EURO)), (EURO, EURO)]:
        with pytest.raises((InvalidValue, TypeError)):
            operator(left, right)


@pytest.mark.parametrize("other", wrong(), ids=str)
@pytest.mark.parametrize("operator", [add, sub, mul, truediv])
def test_arithmetic_with_another_kind_is_refused(
    operator: Callable[[object, object], object], other: object
) -> None:
    if operator is mul and type(other) is int:
        return
    for left, right in [(EURO, other), (other, EURO)]:
        with pytest.raises(InvalidValue, match=r"Money [-+*/]: expected"):
            operator(left, right)


def test_equality_leaves_a_foreign_kind_its_say() -> None:
    class Anything:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    assert (EURO == Anything()) is True  # noqa: SIM300
    assert (EURO != Anything()) is False  # noqa: SIM300


# Arithmetic against Decimal and Fraction


@given(amounts)
def test_the_amount_is_the_minor_units_at_their_place(money: Money) -> None:
    places = currencies.places(money.code)
    assert Fraction(money.amount) == Fraction(money.minor, 10**places)
    assert money.amount.as_tuple().exponent == -places
    assert Money(money.amount, money.code) == Money(str(money.amount), money.code) == money
    assert bool(money) is bool(money.minor)
    assert +money is money


@given(minors, minors, st.integers(-(10**6), 10**6), codes)
def test_arithmetic_is_exact(left: int, right: int, factor: int, code: str) -> None:
    one, other = Money.of_minor(left, code), Money.of_minor(right, code)
    with decimal.localcontext(decimal.Context(prec=100)):
        assert (one + other).amount == one.amount + other.amount
        assert (one - other).amount == one.amount - other.amount
        assert (one * factor).amount == (factor * one).amount == one.amount * factor
        assert (-one).amount == -one.amount
        assert abs(one).amount == abs(one.amount)
    assert total(code, (one, other, one)) == one + other + one


@given(amounts, st.integers(-(10**9), 10**9), st.integers(1, 10**9), roundings)
def test_times_rounds_once(money: Money, numerator: int, denominator: int, rounding: Rounding) -> None:
    answer = times(money, numerator, denominator, rounding)
    assert answer == Money.of_minor(divide(money.minor * numerator, denominator, rounding), money.code)
    assert times(plain(money), numerator, denominator, rounding) == answer  # type: ignore[arg-type]


def test_who_is_first_among_equals() -> None:
    ten = Money("0.10", "EUR")
    shares = {ties: [part.minor for part in share(ten, (1, 1, 1), ties)] for ties in Ties}
    assert shares == {Ties.FIRST: [4, 3, 3], Ties.LAST: [3, 3, 4], Ties.LARGEST: [4, 3, 3]}
    assert [part.minor for part in share(Money("0.05", "EUR"), (3, 7), Ties.LARGEST)] == [1, 4]
    assert [part.minor for part in share(Money("0.05", "EUR"), (3, 7))] == [2, 3]


def test_a_text_of_any_length_that_could_be_an_amount_is_read() -> None:
    assert Money("1".rjust(160, "0"), "EUR") == Money(1, "EUR")
    with pytest.raises(InvalidValue, match="an exact decimal number"):
        Money("1".rjust(161, "0"), "EUR")


@given(amounts, st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any))
def test_shares_add_up(money: Money, weights: list[int]) -> None:
    parts = share(money, weights)
    assert total(money.code, parts) == money
    assert [part.minor for part in parts] == list(split(money.minor, weights))
    assert share(plain(money), weights) == parts  # type: ignore[arg-type]


def test_a_sum_may_outgrow_what_a_single_amount_may_be() -> None:
    most = Money("9" * kernel.MAX_DIGITS, "EUR")
    assert (most + most).amount == 2 * 10**kernel.MAX_DIGITS - 2
    vast = most * 10**5_000  # longer than Python turns an int into text
    assert str(vast.amount).startswith("9999")
    assert vast.amount.as_tuple().exponent == -2
    assert hash(vast) == hash(moneyed.Money(vast.amount, "EUR"))
    assert sys.get_int_max_str_digits() < 5_000


# Hostile values


@pytest.mark.parametrize("amount", wrong("a decimal", "nothing"))
def test_money_and_price_want_an_exact_number(amount: object) -> None:
    with pytest.raises(InvalidValue, match=r"Money: expected an exact decimal number|at most 40 digits"):
        Money(amount, "EUR")
    with pytest.raises(
        InvalidValue, match=r"Price.amount: expected an exact decimal number|at most 40 digits"
    ):
        Price(amount, "EUR")
    with pytest.raises(InvalidValue, match=r"here: expected an exact decimal number|at most 40 digits"):
        exact(amount, 100, "here")


@pytest.mark.parametrize(
    "text",
    [
        "1E+999999",
        "1E-999999",
        "1E+40",
        "1" + "0" * 40,
        "0." + "0" * 40 + "1",
        "1E+9999999",
        "0E+41",
        "0E-41",
    ],
)
def test_the_size_of_an_amount_is_bounded(text: str) -> None:
    for value in (text, Decimal(text)):
        with pytest.raises(InvalidValue, match=r"at most 40 digits on either side of the point"):
            Money(value, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "1E+99999999999999999999",
        "1_000",
        " 1",
        "1 ",
        "1\n",
        "١",
        "１",
        "1,5",
        "0x1",
        "--1",
        "1e",
        "+",
        "1" * 161,
    ],
)
def test_an_amount_is_written_in_one_way(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"Money: expected an exact decimal number"):
        Money(text, "EUR")


@pytest.mark.parametrize("text", ["1.00", "+1", "1.", "01", "1E0", "1e0", "100e-2", "1" + "." + "0" * 40])
def test_an_amount_may_be_written_as_a_decimal_number(text: str) -> None:
    assert Money(text, "EUR") == EURO
    assert Price(text, "EUR") == Price(1, "EUR")


def test_the_largest_and_the_smallest_number() -> None:
    most = "9" * 40
    assert Money(most, "CLF").minor == int(most) * 10_000
    assert Money.of_minor(int(most) * 10_000, "CLF") == Money(most, "CLF")
    assert Money(int(most), "EUR") == Money(most, "EUR")
    assert Money(f"-{most}.99", "EUR").minor == -(10**42 - 1)
    assert exact("0." + "0" * 39 + "1", 100, "here") == (100, 10**40)
    for minor in (10**44, -(10**44), 10**5_000, 1.5, "1", None):
        with pytest.raises(InvalidValue, match=r"whole number of minor units"):
            Money.of_minor(minor, "EUR")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"at most 40 digits"):
        Money(10**40, "EUR")


@pytest.mark.parametrize("value", wrong())
def test_functions_of_money_want_money(value: Money) -> None:
    for ask in (
        lambda: times(value, 1, 2),
        lambda: share(value, (1, 2)),
        lambda: convert(value),
        lambda: total("EUR", [value]),
    ):
        with pytest.raises(InvalidValue, match=r"expected an amount of money"):
            ask()
    for factor in (value, 0.5, "x"):
        if type(factor) is not int:
            with pytest.raises(InvalidValue, match=r"times: expected a whole number to multiply by"):
                times(EURO, factor, 2)  # type: ignore[arg-type]


def test_total_wants_something_to_go_through() -> None:
    with pytest.raises(InvalidValue, match=r"total: expected amounts of money"):
        total("EUR", EURO)  # type: ignore[arg-type]


@pytest.mark.parametrize("operator", [floordiv, mod, divmod, pow])
def test_what_py_moneyed_cannot_do_either_stays_a_type_error(
    operator: Callable[[object, object], object],
) -> None:
    with pytest.raises(TypeError, match=r"unsupported operand"):
        operator(EURO, 2)


# Prices


@given(st.decimals(0, 10**9, places=12), codes)
def test_a_price_keeps_every_digit(amount: Decimal, code: str) -> None:
    price = Price(amount, code)
    assert Fraction(*price.minor) == Fraction(amount) * currencies.scale(code)
    assert price == Price(f"{amount:f}", code) == Price(f"{amount:f}0", code)
    assert hash(price) == hash(Price(f"{amount:f}0", code))
    assert pickle.loads(pickle.dumps(price)) == price


def test_a_price_is_told_in_full() -> None:
    tiny = Price("0.0000000001", "USD")
    assert str(tiny) == "0.0000000001 USD"
    assert repr(tiny) == "Price(amount=0.0000000001, currency='USD')"
    assert str(Price(Decimal("1E+3"), "USD")) == "1,000 USD"
    assert str(Price("-0", "USD")) == "0 USD"


def test_a_price_is_not_below_zero_and_not_made_of_money() -> None:
    with pytest.raises(InvalidValue, match=r"Price.amount: expected a price of zero or more"):
        Price("-0.01", "EUR")
    with pytest.raises(InvalidValue, match=r"Price.amount: expected an exact decimal number"):
        Price(Money(1, "USD"), "EUR")
