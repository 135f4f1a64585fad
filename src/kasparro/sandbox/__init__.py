"""Simulated CoinPaprika and CoinGecko servers, one market behind both: for demos and tests.

They compute in binary floating point, as the real ones do. None of these numbers reaches a table of
ours except as JSON, through the same connectors that read the real sources.
"""
