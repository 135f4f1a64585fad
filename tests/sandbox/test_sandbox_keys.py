"""The simulated servers know their keys, and whose host a key belongs to."""

import pytest

from support.sandbox import ANALYST, BASIC, BUSINESS, DEMO, STARTER, Visitor

PING = "/coingecko/api/v3/ping"
PRO_PING = "/coingecko-pro/api/v3/ping"
PLATFORMS = "/coinpaprika/v1/contracts"


def test_coinpaprika_tells_a_key_what_it_has_used():
    visitor = Visitor()
    for _ in range(3):
        visitor.ask("/coinpaprika-pro/v1/contracts", headers=STARTER)
    told = visitor.ask("/coinpaprika-pro/v1/key/info", headers=STARTER).json()
    assert told["plan"] == "starter"
    assert told["usage"]["current_month"] == {"requests_made": 3, "requests_left": 399_997}


@pytest.mark.parametrize(
    "path, key, status, code",
    [
        (PING, {}, 200, None),
        (PING, DEMO, 200, None),
        (PING, {"x-cg-demo-api-key": "CG-unheard-of"}, 401, 401),
        (PING, BASIC, 400, 10010),
        (PING, {"x-cg-demo-api-key": BASIC["x-cg-pro-api-key"]}, 400, 10010),
        (PRO_PING, BASIC, 200, None),
        (PRO_PING, ANALYST, 200, None),
        (PRO_PING, {}, 401, 10002),
        (PRO_PING, DEMO, 400, 10011),
        (PRO_PING, {"x-cg-pro-api-key": DEMO["x-cg-demo-api-key"]}, 400, 10011),
        (PRO_PING, {"x-cg-pro-api-key": "CG-unheard-of"}, 401, 401),
    ],
)
def test_each_coingecko_host_takes_its_own_keys_and_names_the_others(
    visitor, path, key, status, code
):
    answer = visitor.ask(path, headers=key)
    body = answer.json()
    assert answer.status_code == status
    assert (body.get("error_code") or body.get("status", {}).get("error_code")) == code


def test_coingecko_takes_its_keys_as_parameters_too(visitor):
    demo, pro = DEMO["x-cg-demo-api-key"], BASIC["x-cg-pro-api-key"]
    assert visitor.ask(PING, x_cg_demo_api_key=demo).status_code == 200
    assert visitor.ask(PRO_PING, x_cg_pro_api_key=pro).status_code == 200
    assert visitor.ask(PRO_PING, x_cg_pro_api_key="wrong").status_code == 401


@pytest.mark.parametrize(
    "headers, status",
    [
        (STARTER, 200),
        (BUSINESS, 200),
        ({}, 403),
        ({"Authorization": "made-up"}, 403),
        ({"Authorization": "Bearer sandbox-starter-1a2b3c"}, 403),
    ],
)
def test_the_paid_coinpaprika_host_takes_a_bare_key(visitor, headers, status):
    answer = visitor.ask("/coinpaprika-pro/v1/contracts", headers=headers)
    assert answer.status_code == status
    assert status == 200 or list(answer.json()) == ["error"]


def test_the_free_coinpaprika_host_asks_for_no_key(visitor):
    assert visitor.ask(PLATFORMS, headers={"Authorization": "anything"}).status_code == 200
