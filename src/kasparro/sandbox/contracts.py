"""Where tokens live: made-up addresses, the same at both sources, each written their own way."""

from collections.abc import Iterator

from kasparro.core.platforms import OF_COINGECKO, Platform
from kasparro.sandbox.draws import draws
from kasparro.sandbox.world import Coin, World

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
HEX = "0123456789abcdef"
KINDS = {"ethereum": "ERC20", "tron": "TRC20"}  # what CoinPaprika has a word for


def address(world: World, coin: Coin, platform: Platform) -> str:
    """As CoinGecko writes it: EVM addresses in lower case."""
    if platform.evm:
        return "0x" + _written(HEX, 40, world, coin, platform)
    if platform.name == "tron":
        return "T" + _written(BASE58, 33, world, coin, platform)
    return _written(BASE58, 44, world, coin, platform)


def coinpaprika_address(world: World, coin: Coin, platform: Platform) -> str:
    """As CoinPaprika writes it: letters of EVM addresses in either case, as they were entered."""
    plain = address(world, coin, platform)
    if not platform.evm:
        return plain
    cases = draws(42, world.seed, coin.key, "case")
    return "0x" + "".join(
        letter.upper() if case < cases[0] else letter
        for letter, case in zip(plain[2:], cases[2:], strict=True)
    )


def kind(platform: Platform) -> str:
    return KINDS.get(platform.name, "Other")


def platforms(coin: Coin) -> Iterator[Platform]:
    return (OF_COINGECKO[name] for name in coin.platforms)


def _written(alphabet: str, length: int, world: World, coin: Coin, platform: Platform) -> str:
    drawn = draws(length, world.seed, coin.key, platform.name, "address")
    return "".join(alphabet[int(number * len(alphabet))] for number in drawn)
