"""`kasparro smoke`: the promises, tried for real on a scratch database and simulated sources."""

from kasparro.cli.smoke.command import add_to

__all__ = ["add_to"]
