"""The reading side: what the API asks PostgreSQL, over read-only sessions of its own."""
