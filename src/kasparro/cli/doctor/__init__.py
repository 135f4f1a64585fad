"""`kasparro doctor`: what may be in the way, one line for each thing that was looked at."""

from kasparro.cli.doctor.command import add_to

__all__ = ["add_to"]
