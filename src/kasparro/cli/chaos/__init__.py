"""`kasparro chaos`: what the pipeline does about every fault there is, shown by doing it."""

from kasparro.cli.chaos.command import add_to

__all__ = ["add_to"]
