"""What is stored can be made again: from the payloads, and from a backup."""

from kasparro.cli.smoke.site import Site
from kasparro.cli.smoke.verdict import must, must_say_the_same
from kasparro.store.connect import connect


def replay(site: Site) -> str:
    """`replay --verify` finds every price where the payloads put it."""
    said = site.run(site.first, "replay", "--verify").split("\n")
    must("no difference" in said, f"it said: {' '.join(said)}")
    return next(line for line in said if "replayed" in line) + ", no difference"


def backup(site: Site) -> str:
    """A database made of a backup says the same."""
    file = site.home / "smoke.dump"
    said = site.run(site.first, "db", "backup", str(file)).strip()
    with site.database() as url:
        site.run(url, "db", "restore", str(file))
        with connect(site.first) as original, connect(url) as restored:
            found = must_say_the_same(restored, original)
    return f"{said.rpartition(', ')[2]} written and restored, digest {found[:12]}"
