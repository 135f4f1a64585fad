"""CoinPaprika API v1 as its documents and recorded answers describe it, read 2026-11."""
