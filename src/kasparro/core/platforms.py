"""Our words for the platforms tokens live on, and what each source calls them.

A platform that is not here links nothing: its contracts stay in the raw payload. Addresses are
compared as text, so those of EVM platforms, whose letter case is only a checksum, are lower-cased;
everywhere else case is part of the address.
"""

import re
from dataclasses import dataclass

from kasparro.core.observation import Contract

EVM_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
OTHER_ADDRESS = re.compile(r"[0-9A-Za-z]{1,64}")  # base58, or the number of a TRC10 token


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform; `evm`: addresses are 20 bytes in hexadecimal, of any case."""

    name: str
    coingecko: str
    coinpaprika: str
    evm: bool = True


# CoinGecko's words: its /asset_platforms; CoinPaprika's: its /contracts. Read 2026-11.
PLATFORMS = (
    Platform("ethereum", "ethereum", "eth-ethereum"),
    Platform("bsc", "binance-smart-chain", "bnb-binance-coin"),
    Platform("polygon", "polygon-pos", "matic-polygon"),
    Platform("avalanche", "avalanche", "avax-avalanche"),
    Platform("arbitrum", "arbitrum-one", "arb-arbitrum"),
    Platform("optimism", "optimistic-ethereum", "op-optimism"),
    Platform("base", "base", "base-base"),
    Platform("solana", "solana", "sol-solana", evm=False),
    Platform("tron", "tron", "trx-tron", evm=False),
)

OF_COINGECKO = {platform.coingecko: platform for platform in PLATFORMS}
OF_COINPAPRIKA = {platform.coinpaprika: platform for platform in PLATFORMS}


def contract(platform: Platform | None, address: str | None) -> Contract | None:
    """The contract in our words; None when the platform is unknown or the address is not one.

    CoinPaprika files tokens of the old BNB Beacon Chain ("ABC-1F2") under the BNB platform.
    """
    written = (address or "").strip()
    if platform is None:
        return None
    written = written.lower() if platform.evm else written
    shape = EVM_ADDRESS if platform.evm else OTHER_ADDRESS
    return Contract(platform=platform.name, address=written) if shape.fullmatch(written) else None
