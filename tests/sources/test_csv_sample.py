"""The file that ships with us loads as it is, and says where its numbers come from."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import kasparro
from kasparro.store.seed import shipped_coins
from support.csv_files import dataset, read

SAMPLES = Path(kasparro.__file__).parent / "samples"


def test_the_shipped_directory_is_one_dataset_of_several_coins_without_a_fault():
    assert dataset(SAMPLES).name == "canonical"
    seen = read(SAMPLES)
    assert seen.rejections == []
    assert seen.without_price == 0
    assert seen.unknown_fields == {}
    assert len(seen.observations) >= 30
    assert len(seen.listings) >= 5


def test_every_coin_of_the_sample_is_one_of_the_shipped_map():
    shipped = {slug: (symbol, name) for slug, symbol, name in shipped_coins()}
    for listing in read(SAMPLES).listings.values():
        assert shipped[listing.coin_id] == (listing.symbol, listing.name)


def test_the_changes_of_the_sample_follow_from_its_own_closes():
    by_coin: dict[str, list] = {}
    for observation in read(SAMPLES).observations:
        by_coin.setdefault(observation.source_asset_id, []).append(observation)
    for days in by_coin.values():
        for before, after in pairwise(days):
            change = (after.price_usd / before.price_usd - 1) * 100
            assert abs(change - after.change_24h_percent) < Decimal("0.0001")


def test_the_origin_of_every_coin_of_the_sample_is_told():
    origin = (SAMPLES / "ORIGIN.md").read_text(encoding="utf-8")
    for coin in read(SAMPLES).listings:
        assert f"| {coin} |" in origin
