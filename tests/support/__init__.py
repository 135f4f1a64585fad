"""What several tests need: a provider that answers over HTTP, a clock that obeys, an engine."""
