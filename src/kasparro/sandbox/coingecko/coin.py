"""CoinGecko's pages of one coin: everything about it now, and what it was worth on a day."""

from collections.abc import Mapping
from typing import Any

from kasparro.sandbox import contracts
from kasparro.sandbox.coingecko.exchanges import tickers
from kasparro.sandbox.coingecko.listings import CATEGORIES, of_category, one, updated_ms
from kasparro.sandbox.coingecko.market_data import market_data
from kasparro.sandbox.coingecko.parameters import yes
from kasparro.sandbox.coingecko.plans import GeckoPlan
from kasparro.sandbox.coingecko.rows import identity, image
from kasparro.sandbox.coingecko.simple import at_contract
from kasparro.sandbox.coingecko.spans import beginning_ms, day_ms, within_the_plan
from kasparro.sandbox.currencies import of_coingecko
from kasparro.sandbox.draws import draw
from kasparro.sandbox.instants import DAY_MS, to_milliseconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.wire import Call
from kasparro.sandbox.world import Coin

LOCALES = ("en", "de", "es", "fr", "ja")
DECIMALS = 18
COMMUNITY = {
    "facebook_likes": None,
    "reddit_average_posts_48h": 0.0,
    "reddit_average_comments_48h": 0.0,
    "reddit_subscribers": 0,
    "reddit_accounts_active_48h": 0,
}
DEVELOPERS = {
    "forks": 0,
    "stars": 0,
    "subscribers": 0,
    "total_issues": 0,
    "closed_issues": 0,
    "pull_requests_merged": 0,
    "pull_request_contributors": 0,
    "code_additions_deletions_4_weeks": {"additions": 0, "deletions": 0},
    "commit_count_4_weeks": 0,
}


def page(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    return _page(market, call, one(market, call.path["id"]))


def page_by_contract(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    page = _page(market, call, at_contract(market, call))
    return page | {"contract_address": call.path["address"].lower()}


def snapshot(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """The coin at midnight of a day; without `market_data` where there is none."""
    coin, at_ms = one(market, call.path["id"]), day_ms(call)
    within_the_plan(call, at_ms + DAY_MS)
    known = coin.traded and beginning_ms(coin) <= at_ms <= call.at_ms
    every = {
        code: Quoted(market, coin, currency).standing(at_ms)
        for code, currency in of_coingecko().items()
    }
    values = {
        "current_price": {code: then.price for code, then in every.items()},
        "market_cap": {code: then.market_cap for code, then in every.items()},
        "total_volume": {code: then.volume_24h for code, then in every.items()},
    }
    return {
        **identity(coin),
        **_localization(call.params, coin),
        "image": {size: image(coin, size) for size in ("thumb", "small")},
        **({"market_data": values} if known else {}),
        "community_data": COMMUNITY,
        "developer_data": DEVELOPERS,
        "public_interest_stats": {"alexa_rank": None, "bing_matches": None},
    }


def _page(market: Market, call: Call[GeckoPlan], coin: Coin) -> dict[str, Any]:
    ranking, updated = market.ranking(call.at_ms), updated_ms(market, coin, call.at_ms)
    ranks = {
        "market_cap_rank": ranking.of_coingecko.get(coin.key),
        "market_cap_rank_with_rehypothecated": (
            ranking.of_coingecko_with_rehypothecated.get(coin.key)
        ),
    }
    sections: dict[str, Any] = {
        "market_data": lambda: market_data(market, coin, updated) | ranks,
        "community_data": lambda: {**COMMUNITY, "telegram_channel_user_count": None},
        "developer_data": lambda: {**DEVELOPERS, "last_4_weeks_commit_activity_series": []},
        "tickers": lambda: tickers(market, coin, call),
    }
    return {
        **identity(coin),
        "web_slug": coin.coingecko_id,
        **_addresses(market, coin),
        **_localization(call.params, coin),
        **_description(market, coin),
        **ranks,
        **{name: made() for name, made in sections.items() if yes(call.params, name, default=True)},
        "status_updates": [],
        "last_updated": to_milliseconds(updated),
    }


def _addresses(market: Market, coin: Coin) -> dict[str, Any]:
    """A coin without contracts has one empty platform."""
    found = {
        platform.coingecko: contracts.address(market.world, coin, platform)
        for platform in contracts.platforms(coin)
    }
    details = {
        name: {"decimal_place": DECIMALS, "contract_address": address}
        for name, address in found.items()
    }
    return {
        "asset_platform_id": next(iter(found), None),
        "platforms": found or {"": ""},
        "detail_platforms": details or {"": {"decimal_place": None, "contract_address": ""}},
    }


def _localization(params: Mapping[str, str], coin: Coin) -> dict[str, Any]:
    wanted = yes(params, "localization", default=True)
    return {"localization": dict.fromkeys(LOCALES, coin.name)} if wanted else {}


def _description(market: Market, coin: Coin) -> dict[str, Any]:
    liked = round(50 + 50 * draw(market.world.seed, coin.key, "liked"), 2)
    text = f"A simulated {coin.name}.\r\n\r\nNothing here is a fact."
    website = f"https://{coin.coingecko_id}.example/"
    return {
        "block_time_in_minutes": 0,
        "hashing_algorithm": None,
        "categories": [name for id_, name in CATEGORIES.items() if of_category([coin], id_)],
        "preview_listing": False,
        "public_notice": None,
        "additional_notices": [],
        "has_supply_breakdown": False,
        "description": {"en": text},
        "links": {
            "homepage": [website, "", ""],
            "whitepaper": "",
            "blockchain_site": [],
            "official_forum_url": ["", "", ""],
            "chat_url": ["", "", ""],
            "announcement_url": ["", ""],
            "snapshot_url": None,
            "twitter_screen_name": "",
            "facebook_username": "",
            "bitcointalk_thread_identifier": None,
            "telegram_channel_identifier": "",
            "subreddit_url": "",
            "repos_url": {"github": [], "bitbucket": []},
        },
        "image": {size: image(coin, size) for size in ("thumb", "small", "large")},
        "country_origin": "",
        "genesis_date": None,
        "sentiment_votes_up_percentage": liked,
        "sentiment_votes_down_percentage": round(100 - liked, 2),
        "watchlist_portfolio_users": int(draw(market.world.seed, coin.key, "watch") * 1_000_000),
    }
