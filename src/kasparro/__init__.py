"""kasparro: a self-hosted server for cryptocurrency market data."""

__version__ = "0.1.0"
