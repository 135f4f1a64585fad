"""The simulated CoinGecko: how numbers are rounded, and in which currencies they are counted."""

import pytest

from kasparro.sandbox.figures import shortened
from support.sandbox import markets


@pytest.mark.parametrize(
    "amount, usual",
    [
        (105_029.4, 105_029),
        (3551.6649, 3551.66),
        (1.23456, 1.235),
        (0.9998161, 0.999816),
        (0.0170842649, 0.01708426),
        (0.00000988449, 9.88e-06),
        (5.63661e-11, 5.6366e-11),
        (0.0, 0.0),
        (-3.14159, -3.14),
    ],
)
def test_numbers_are_rounded_by_their_size(amount, usual):
    assert shortened(amount) == usual
    assert type(shortened(amount)) is type(usual)


def test_precision_says_how_many_digits(visitor):
    full, two, none = (
        markets(visitor, ids="chainlink", precision=digits)[0]["current_price"]
        for digits in ("full", "2", "0")
    )
    assert len(str(full)) > 12
    assert two == round(full, 2)
    assert none == round(full)
    assert visitor.gecko("/coins/markets", vs_currency="usd", precision="19").status_code == 400


def test_changes_and_sparklines_come_when_asked_for(visitor):
    (row,) = markets(
        visitor, ids="bitcoin", sparkline="true", price_change_percentage="1h,7d,1y,2d"
    )
    asked = [name for name in row if name.endswith("_in_currency")]
    assert asked == [f"price_change_percentage_{span}_in_currency" for span in ("1h", "7d", "1y")]
    assert len(row["sparkline_in_7d"]["price"]) == 168
    assert row["low_24h"] <= row["current_price"] <= row["high_24h"]


def test_another_currency_counts_the_same_worth(visitor):
    (dollars,), (euros,), (satoshis,) = (
        markets(visitor, ids="bitcoin", vs_currency=code, precision="full")
        for code in ("usd", "eur", "sats")
    )
    assert euros["current_price"] < dollars["current_price"]
    assert satoshis["current_price"] == pytest.approx(1e8)
    rates = visitor.gecko("/exchange_rates").json()["rates"]
    assert rates["btc"]["value"] == 1
    assert len(rates) == 63
    ratio = rates["eur"]["value"] / rates["usd"]["value"]
    assert euros["current_price"] / dollars["current_price"] == pytest.approx(ratio, rel=1e-6)
