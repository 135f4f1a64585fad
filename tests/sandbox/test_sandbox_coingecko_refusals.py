"""The simulated CoinGecko: each of the shapes of its errors."""

import pytest


@pytest.mark.parametrize(
    "path, params, status, body",
    [
        ("/coins/markets", {}, 422, {"error": "Missing parameter vs_currency"}),
        ("/simple/price", {"vs_currencies": "usd"}, 422, {"error": "Missing parameter ids"}),
        ("/simple/price", {"ids": "x"}, 422, {"error": "Missing parameter vs_currencies"}),
        ("/coins/bitcoin/history", {}, 422, {"error": "Missing parameter date"}),
        (
            "/coins/bitcoin/market_chart",
            {"vs_currency": "usd"},
            422,
            {"error": "Missing parameter days"},
        ),
        ("/coins/markets", {"vs_currency": "usdt"}, 400, {"error": "invalid vs_currency"}),
        ("/coins/bitcoin/history", {"date": "2026/01/01"}, 400, {"error": "invalid date"}),
        ("/coins/nobody", {}, 404, {"error": "coin not found"}),
        ("/coins/nobody/ohlc", {}, 404, {"error": "coin not found"}),
        ("/coins/ethereum/contract/0x00", {}, 404, {"error": "coin not found"}),
        ("/coins/bitcoin/ohlc", {}, 500, {"status": 500, "error": "Internal Server Error"}),
    ],
)
def test_a_question_without_sense_is_refused_in_the_words_of_the_real_one(
    visitor, path, params, status, body
):
    answer = visitor.gecko(path, **params)
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["cache-control"] == "no-cache"


def test_an_unknown_path_has_a_status_in_its_body(visitor):
    answer = visitor.gecko("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["status"]["error_code"] == 404


@pytest.mark.parametrize("days", ["max", "366", "4000"])
def test_history_beyond_a_year_needs_a_larger_plan(visitor, days):
    path, params = "/coins/bitcoin/market_chart", {"vs_currency": "usd", "days": days}
    refused = visitor.gecko(path, **params)
    assert refused.status_code == 401
    assert refused.json()["error"]["status"]["error_code"] == 10012
    assert refused.json()["error"]["status"]["timestamp"].endswith("+00:00")
    assert visitor.pro_gecko(path, **params).status_code == 200
    assert visitor.gecko("/coins/bitcoin/history", date="01-10-2024").status_code == 401


def test_too_many_addresses_are_refused_in_a_shape_of_their_own(visitor):
    addresses = ",".join(f"0x{n:040x}" for n in range(11))
    path = "/simple/token_price/ethereum"
    answer = visitor.gecko(path, contract_addresses=addresses, vs_currencies="usd")
    assert answer.status_code == 400
    assert answer.json()["error_code"] == 10012
    assert "(10 addresses)" in answer.json()["status"]["error_message"]
