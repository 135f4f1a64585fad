"""Which plan, host, key header and limits a source is asked under, by what its owner set."""

from datetime import timedelta

import pytest

from kasparro.core.errors import ConfigurationError
from kasparro.core.limits import Limit
from kasparro.ingestion.access import Access, Choice, access
from kasparro.ingestion.sources import BY_NAME

KEY = "CG-made-up-0123456789"
GECKO = "https://api.coingecko.com/api/v3"
GECKO_PRO = "https://pro-api.coingecko.com/api/v3"
PAPRIKA = "https://api.coinpaprika.com/v1"
PAPRIKA_PRO = "https://api-pro.coinpaprika.com/v1"


def of(source: str, **choice: object) -> Access:
    return access(BY_NAME[source], Choice(**choice))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "source, choice, plan, host, headers",
    [
        ("coingecko", {}, "keyless", GECKO, {}),
        ("coingecko", {"key": KEY}, "demo", GECKO, {"x-cg-demo-api-key": KEY}),
        ("coingecko", {"key": KEY, "plan": "demo"}, "demo", GECKO, {"x-cg-demo-api-key": KEY}),
        ("coingecko", {"key": KEY, "plan": "pro"}, "pro", GECKO_PRO, {"x-cg-pro-api-key": KEY}),
        ("coingecko", {"plan": "demo"}, "keyless", GECKO, {}),
        ("coinpaprika", {}, "free", PAPRIKA, {}),
        ("coinpaprika", {"key": KEY}, "paid", PAPRIKA_PRO, {"Authorization": KEY}),
    ],
)
def test_the_key_chooses_the_plan_and_the_plan_the_host_and_the_header(
    source: str, choice: dict[str, str], plan: str, host: str, headers: dict[str, str]
) -> None:
    found = of(source, **choice)
    assert (found.plan, found.endpoint.base_url) == (plan, host)
    assert found.endpoint.headers() == headers


def test_a_plan_nobody_offers_is_refused_by_the_name_of_its_setting() -> None:
    with pytest.raises(ConfigurationError, match=r"COINGECKO_PLAN: 'gold' is no plan.*demo or pro"):
        of("coingecko", key=KEY, plan="gold")
    with pytest.raises(ConfigurationError, match="COINPAPRIKA_PLAN"):
        of("coinpaprika", key=KEY, plan="free")


def test_a_host_of_the_owners_own_takes_the_place_of_the_plans() -> None:
    found = of("coingecko", key=KEY, plan="pro", url="http://127.0.0.1:9/api/v3")
    assert found.endpoint.base_url == "http://127.0.0.1:9/api/v3"
    assert found.endpoint.headers() == {"x-cg-pro-api-key": KEY}


def test_keyless_pages_are_spaced_on_the_sources_own_host_and_nowhere_else() -> None:
    assert of("coingecko").spacing == timedelta(seconds=15)
    assert of("coingecko", url="http://127.0.0.1:9").spacing == timedelta()
    assert of("coingecko", key=KEY).spacing == timedelta()
    assert of("coinpaprika").spacing == timedelta()


def test_a_tenth_of_a_months_calls_is_held_back_and_nothing_of_a_minutes() -> None:
    assert list(of("coingecko").limits) == [Limit(10, "minute"), Limit(9_000, "month")]
    assert list(of("coinpaprika").limits) == [Limit(10, "second"), Limit(18_000, "month")]


def test_the_version_moves_with_host_plan_and_key_and_with_nothing_else() -> None:
    choices: list[dict[str, str]] = [
        {},
        {"url": "http://127.0.0.1:9"},
        {"key": KEY},
        {"key": KEY + "x"},
        {"key": KEY, "plan": "pro"},
    ]
    assert len({of("coingecko", **choice).version for choice in choices}) == len(choices)
    assert of("coingecko", key=KEY).version == of("coingecko", key=KEY, plan="demo").version


def test_no_representation_of_an_access_shows_the_key() -> None:
    found = of("coingecko", key=KEY)
    choice = Choice(key=KEY)
    assert KEY not in f"{found!r} {found} {choice!r} {found.version} {found.endpoint}"
