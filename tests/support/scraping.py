"""Scrapes as Prometheus reads them: through its own parsers."""

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

from support.api import Api

PREFIX = "kasparro_etl_"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


class Scraped:
    """The samples of one scrape, by name without its prefix and by labels."""

    def __init__(self, text: str, *, parse=text_string_to_metric_families) -> None:
        self.families = list(parse(text))
        self.samples = {
            (sample.name.removeprefix(PREFIX), frozenset(sample.labels.items())): sample.value
            for family in self.families
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float | None:
        return self.samples.get((name, frozenset(labels.items())))

    def named(self, name: str) -> dict[frozenset[tuple[str, str]], float]:
        return {labels: value for (own, labels), value in self.samples.items() if own == name}

    def counters(self) -> Iterator[tuple[tuple[str, frozenset[tuple[str, str]]], float]]:
        """All that may only rise, but for the requests of this very process."""
        counting = {family.name for family in self.families if family.type == "counter"}
        for key, value in self.samples.items():
            if PREFIX + key[0].removesuffix("_total") in counting:
                yield key, value

    def fell_since(self, earlier: "Scraped") -> list[object]:
        """The counters of the earlier scrape that are lower now, or gone."""
        now = dict(self.counters())
        return [key for key, value in earlier.counters() if now.get(key, -1) < value]


async def scrape(api: Api, **headers: str) -> Scraped:
    answer = await api.client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return Scraped(answer.text)
