"""`python -m kasparro` is `kasparro`."""

from kasparro.cli.app import main

main()
