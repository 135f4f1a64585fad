"""What this server says of itself, as JSON."""

from kasparro.schemas.words import Promise


class Credit(Promise):
    """Whose numbers these are, and on what conditions."""

    source: str
    homepage: str
    attribution: str
    licence: str
    terms_url: str
    redistribution: bool


class About(Promise):
    """What this is and where to go on."""

    name: str
    description: str
    version: str
    simulated: bool
    links: dict[str, str]
    sources: list[Credit]
