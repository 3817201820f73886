"""Questions about an account that is not there yet: the mistake is told, and what to do about it."""

from collections.abc import Callable
from typing import Any

import pytest

from acctcore import flows
from acctcore.kernel.calendar import Span
from acctcore.kernel.errors import InvalidValue
from tests.flows.stories import PLAIN, at

NOW = at("2024-03-01 00:00")


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        pytest.param(lambda file: flows.due(file, NOW, PLAIN), "due", id="due"),
        pytest.param(lambda file: flows.catch_up(file, NOW, PLAIN), "due", id="catch_up"),
        pytest.param(lambda file: flows.may(file, NOW, PLAIN), "may", id="may"),
        pytest.param(lambda file: flows.duties(file, NOW, PLAIN), "duties", id="duties"),
        pytest.param(lambda file: flows.pending(file, NOW, PLAIN), "pending", id="pending"),
        pytest.param(flows.balances, "balances", id="balances"),
        pytest.param(lambda file: flows.statement(file, "EUR", Span(NOW, NOW)), "statement", id="statement"),
        pytest.param(lambda file: flows.settled(file, "INV-1", NOW), "settled", id="settled"),
        pytest.param(flows.check, "check", id="check"),
    ],
)
def test_before_there_is_a_file_open_the_account(asked: Callable[[Any], object], where: str) -> None:
    with pytest.raises(InvalidValue, match=f"{where}: expected an account file; open the account first"):
        asked(None)
