"""Plain lines are read at once and the others one by one; nobody can tell which was which."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.core.contract import Checked
from kasparro.core.csv.coins import KnownCoins, known_coins
from kasparro.core.csv.layout import Choices, recognise
from kasparro.core.csv.marks import END, UNREAD, reading_headers
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Payload, Request
from kasparro.ingestion.interpret import interpret
from kasparro.ingestion.sources.csv_file import SOURCE, skim

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
KNOWN: KnownCoins = known_coins([("bitcoin", "BTC", "Bitcoin")])
STREAM = SOURCE.stream("any")

CANONICAL = (
    "coin_id,symbol,name,timestamp,price_usd,market_cap,volume_24h,price_change_24h,note\n"
    "bitcoin,BTC,Bitcoin,2024-05-01T00:00:00Z,42500.50,850000000000.0,28000000000,-2.5,\n"
)
CANDLES = (
    "date,close,open,high,low,volume,marketcap,name,symbol\n"
    "2024-05-01 00:00:00,42500.50,1.5,3.5,0.5,28000000000.1,850000000000,Bitcoin,BTC\n"
)
PAIRS = (
    "unix;date;symbol;open;high;low;close;Volume BTC;Volume USDT\n"
    "1714521600;2024-05-01 00:00:00;BTC/USDT;1.5;3.5;0.5;2.5;7;8.25\n"
    "1714525200;2024-05-01 01:00:00;BTC/USDT;1.5;3.5;0.5;2.5;7;8.25\n"
)
NAMED = "Date,Open,High,Low,Close,Adj Close,Volume\n2024-05-01,1.5,3.5,0.5,2.5,2.5,100\n"
PLAIN = {"prices": CANONICAL, "kaggle": CANDLES, "Binance_BTCUSDT_1h": PAIRS, "BTC-USD": NAMED}
OTHERS = {
    "twice": "coin_id,timestamp,price_usd,price_usd\nbitcoin,2024-05-01T00:00:00Z,1.5,1.5\n",
    "commas": "coin_id;timestamp;price_usd\nbitcoin;2024-05-01;1,5\n",
    "unproved": "coin_id;timestamp;price_usd\nbitcoin;2024-05-01;15\n",
    "shared": "coin,when,price\nbitcoin,2024-05-01,1.5\n",
    "numbered": "bitcoin,2\n",
}
FILES = PLAIN | OTHERS
CHOICES = {
    "shared": {"map": {"coin": "coin", "time": "when", "symbol": "price", "price": "price"}},
    "numbered": {"map": {"coin": "1", "price": "2"}, "default_time": "2024-05-01"},
}

NUMBERS = [
    "0", "-0", "0.00", "00.10", "007", "1", "-3.5", "+4", "42500.50", "1,234.5", "1.234", "1e-7",
    "1E+5", ".5", "5.", "0.000000000000000000000000000001", "1e-41", "9" * 29, "9" * 30, "9" * 31,
    "0." + "1" * 30, "0." + "1" * 60, "0." + "1" * 61, "", " ", " 7 ", "7 %", "$7", "3K", "nan",
    "NaN", "null", "-", "inf", "\u0664\u0662", "1_000", "x", "\ufffd", "\0",
]  # fmt: skip
TIMES = [
    "2024-05-01T00:00:00Z", "2024-05-01", "2024-05-01 02:00:00", "2024-05-01T02:00:00+02:00",
    "1714521600", "1714521600000", "2026-05-18T12:01:00Z", "2026-05-18T12:03:00Z", "2026-05-18",
    "2026-05-18 11:00:00", "2008-12-31", "2009-01-03", "9999-12-31", "1970-01-20T20:15:21Z", "",
    "13/05/2024", "soon", " 2024-05-02 ", "\ufffd",
]  # fmt: skip
COINS = [
    "bitcoin", "BTC", " btc ", "BTC/USDT", "ETH/USDT", "BTC/EUR", "ETH-USD", "Bitcoin", "", "-",
    "null", "a" * 201, "\0", "\ufffd", "Bitcoin Cash",
]  # fmt: skip
CELLS = [*NUMBERS, *TIMES, *COINS, '"7"', '"7', 'a "b" c', '"a\nb"', "a\rb", "7\r", "\u2028", "\f"]
UNQUOTED = [cell for cell in CELLS if '"' not in cell]
MARKS = [",", ";", "\n", "\r\n", "\r", '"', ",,,", "\n\n"]


def payload(name: str, body: str) -> Payload:
    """A chunk of a file that begins as the one of this name does, after its header."""
    top = FILES[name]
    layout = recognise(
        top.encode(),
        name=name,
        modified_at=NOON,
        choices=Choices(**CHOICES.get(name, {})),
        known=KNOWN,
    )
    content = body.encode()
    headers = reading_headers(size=1, mtime_ns=1, kept=1, sha256="", left=END)
    return Payload(
        request=Request(path=name, params={**layout.params, "offset": layout.size}),
        cursor={"queue": [name], "files": {name: UNREAD}},
        body=content,
        fetched_at=NOON,
        headers=headers,
    )


def digits(said: Interpretation) -> list[Any]:
    """Every number as it will be stored: equal decimals may differ in their places."""
    return [[str(value) for value in vars_of(one)] for one in said.observations]


def vars_of(one: Any) -> list[Any]:
    return [getattr(one, name) for name in one.__struct_fields__]


@st.composite
def chunks(draw: st.DrawFn) -> Payload:
    """Good rows of a file with a few cells changed, lost or gained."""
    name = draw(st.sampled_from(sorted(FILES)))
    top = FILES[name].splitlines()
    mark = ";" if ";" in top[0] else ","
    lines = []
    for good in draw(st.lists(st.sampled_from(top), max_size=8)):
        cells = good.split(mark)
        for _ in range(draw(st.integers(0, 2))):
            cells[draw(st.integers(0, len(cells) - 1))] = draw(st.sampled_from(CELLS))
        lines.append(mark.join(cells) + draw(st.sampled_from(["", "", "", "", *MARKS])))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return payload(name, end.join(lines) + draw(st.sampled_from(["", end])))


@given(chunks())
def test_skimming_says_what_reading_every_record_says(chunk):
    skimmed, read = interpret(STREAM, chunk), interpret(replace(STREAM, skim=None), chunk)
    assert skimmed == read
    assert digits(skimmed) == digits(read)


@pytest.mark.parametrize("name", PLAIN)
def test_the_good_lines_of_a_file_are_plain(name):
    lines = FILES[name].splitlines(keepends=True)[1:]
    records = skim(payload(name, "".join(lines * 3))).records
    assert [type(record) for record in records] == [Checked] * len(lines) * 3


@pytest.mark.parametrize("name", FILES)
def test_whatever_stands_in_a_cell_means_the_same(name):
    good = FILES[name].splitlines()[-1]
    mark = ";" if ";" in good else ","
    cells = good.split(mark)
    for column in range(len(cells)):
        rows = [[*cells[:column], other, *cells[column + 1 :]] for other in UNQUOTED]
        chunk = payload(name, "\n".join(mark.join(row) for row in rows))
        skimmed, read = interpret(STREAM, chunk), interpret(replace(STREAM, skim=None), chunk)
        assert (skimmed, digits(skimmed)) == (read, digits(read))


def test_a_line_that_is_not_plain_costs_no_other_line_its_position():
    cells = CANONICAL.splitlines()[1].split(",")
    rows = []
    for number in range(9):
        cells[3] = f"{NOON - timedelta(days=9 - number):%Y-%m-%dT%H:%M:%SZ}"
        cells[4] = "oops" if number % 3 == 1 else str(number + 1)
        rows.append(",".join(cells))
    said = interpret(STREAM, payload("prices", "\n\n".join(rows)))
    assert [one.position for one in said.observations] == [0, 2, 3, 5, 6, 8]
    assert [one.price_usd for one in said.observations] == [Decimal(n) for n in (1, 3, 4, 6, 7, 9)]
    assert [one.position for one in said.rejections] == [1, 4, 7]
