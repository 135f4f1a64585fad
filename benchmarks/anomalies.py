"""False alarms and catches of the anomaly rule on simulated histories, beside simpler rules.

Every history is made up from a seed: what it shows is how rules compare, not what a market does.
Usage: python benchmarks/anomalies.py [histories] [months of all figures]
"""

import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import mean, median, stdev

from kasparro.core.anomalies.examine import Surroundings, examine
from kasparro.core.anomalies.facts import Missing, RunFacts, figures
from kasparro.core.anomalies.metrics import BY_NAME
from kasparro.core.anomalies.rule import judge

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = 7 * 24
MONTH = 30 * 24
KEPT = 8 * WEEK  # runs a run is held against
RECORDS = BY_NAME["records_fetched"]

Alarm = Callable[[Sequence[RunFacts], RunFacts], bool]


def main() -> None:
    histories = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    months = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    for name, shape in SHAPES.items():
        print(f"{name}: {histories} histories of eight weeks, two old outages in each")
        for rule, alarm in RULES.items():
            found = shares(shape, alarm, histories)
            words = ", ".join(f"{what} {share:.1%}" for what, share in found.items())
            print(f"  {rule:<44} {words}")
    print(f"all figures of a source, {months} months of hourly runs")
    for name, growth in (("steady", 0.0), ("growing by 2% a week", 0.02)):
        alerts = [false_alerts(random.Random(f"{name} {n}"), growth) for n in range(months)]
        names = Counter(one for month in alerts for run in month for one in run)
        each = sum(map(len, alerts)) / months
        print(f"  {name}: {each:.2f} false alerts a month", dict(names.most_common()))
    seeds = range(histories)
    print(f"a tracked coin missing from a complete sweep: reported {missing_reported(seeds):.1%}")


@dataclass(frozen=True)
class Shape:
    """The number of records of an hourly run, without noise."""

    level: Callable[[int], float]
    noise: float


def seasonal(hour: int) -> float:
    daily = 1 + 0.35 * math.sin(2 * math.pi * hour / 24)
    weekly = 1 + 0.2 * math.sin(2 * math.pi * hour / WEEK)
    return 1000 * daily * weekly


SHAPES = {
    "daily and weekly season, 4% noise": Shape(seasonal, 0.04),
    "the same, growing by a fiftieth a week": Shape(
        lambda h: seasonal(h) * 1.02 ** (h / WEEK), 0.04
    ),
    "flat list of 1,000 coins": Shape(lambda _: 1000, 0.0),
}


def history(shape: Shape, draw: random.Random) -> list[RunFacts]:
    """Eight weeks of runs; in two of the weeks an outage lost most records for five hours."""
    runs = [
        facts(hour, records_fetched=round(shape.level(hour) * math.exp(draw.gauss(0, shape.noise))))
        for hour in range(KEPT + 1)
    ]
    for week in draw.sample(range(7), 2):
        begin = week * WEEK + draw.randrange(WEEK - 5)
        for hour in range(begin, begin + 5):
            runs[hour] = facts(
                hour, records_fetched=round(shape.level(hour) * draw.uniform(0, 0.3))
            )
    return runs


def facts(hour: int, **values: float) -> RunFacts:
    at = START + hour * HOUR
    return RunFacts(
        run_id=f"simulated_{hour}",
        status="success",
        at=at,
        values=figures(values),
        since_last=HOUR,
        newest_observed_at=at - timedelta(minutes=1),
        checkpoint_found_at=at - HOUR,
    )


def shares(shape: Shape, alarm: Alarm, histories: int) -> dict[str, float]:
    """How often the rule alarms at an ordinary run, and at ones that lost records."""
    found: Counter[str] = Counter()
    lost = {"false alarms": 0.0, "catches -20%": 0.2, "catches -50%": 0.5, "catches -100%": 1.0}
    for seed in range(histories):
        draw = random.Random(seed)
        runs = history(shape, draw)
        at = draw.randrange(KEPT - WEEK, KEPT)
        for name, share in lost.items():
            records = runs[at].values["records_fetched"]
            tested = facts(at, records_fetched=round(records * (1 - share)))
            found[name] += alarm(runs[:at], tested)
    return {name: found[name] / histories for name in lost}


def ours(before: Sequence[RunFacts], run: RunFacts) -> bool:
    return judge(RECORDS, run, before).severity is not None


def three_sigma(before: Sequence[RunFacts], run: RunFacts) -> bool:
    values = [one.values["records_fetched"] for one in before]
    deviation = stdev(values)
    return abs(run.values["records_fetched"] - mean(values)) > 3 * deviation


def three_sigma_with_itself(before: Sequence[RunFacts], run: RunFacts) -> bool:
    return three_sigma([*before, run], run)


def without_season(before: Sequence[RunFacts], run: RunFacts) -> bool:
    values = [one.values["records_fetched"] for one in before]
    middle = median(values)
    scale = 1.4826 * median(abs(one - middle) for one in values)
    return abs(run.values["records_fetched"] - middle) > 3.5 * scale


RULES: dict[str, Alarm] = {
    "mean and deviation, z > 3, itself included": three_sigma_with_itself,
    "mean and deviation, z > 3": three_sigma,
    "median and MAD, 3.5, no season": without_season,
    "ours: seasonal median, pooled MAD, floors": ours,
}


def source_months(draw: random.Random, growth: float, hours: int) -> list[RunFacts]:
    """Hourly runs of one source with every figure, none of them anomalous."""
    runs = []
    volatility = 0.006
    for hour in range(hours):
        coins = round(1000 * (1 + growth) ** (hour / WEEK))
        daily = 1 + 0.2 * math.sin(2 * math.pi * hour / 24)
        volatility = 0.006 * (volatility / 0.006) ** 0.98 * math.exp(draw.gauss(0, 0.08))
        new = binomial(draw, coins, 0.97)
        retries = poisson(draw, 0.05)
        runs.append(
            facts(
                hour,
                records_fetched=coins,
                records_new=new,
                records_changed=poisson(draw, 0.5),
                records_unchanged=coins - new,
                records_quarantined=poisson(draw, 0.2),
                assets_shown=coins,
                assets_added=poisson(draw, 0.5),
                assets_gone=poisson(draw, 0.4),
                payloads=math.ceil(coins / 250),
                payloads_stored=math.ceil(coins / 250),
                bytes=coins * 450 * draw.gauss(1, 0.004),
                calls=math.ceil(coins / 250) + retries,
                retries=retries,
                refusals=retries,
                duration_seconds=3 * daily * math.exp(draw.gauss(0, 0.3)) + 8 * retries,
                lag_p50_seconds=70 * daily * math.exp(draw.gauss(0, 0.2)),
                lag_p95_seconds=240 * daily * math.exp(draw.gauss(0, 0.25)),
                null_price=binomial(draw, coins, 0.004) / coins,
                null_market_cap=binomial(draw, coins, 0.05) / coins,
                null_volume_24h=binomial(draw, coins, 0.01) / coins,
                null_change_24h=binomial(draw, coins, 0.02) / coins,
                return_median=student(draw) * volatility,
                return_mad=daily * volatility * 0.7 * math.exp(draw.gauss(0, 0.15)),
                unchanged_price_share=binomial(draw, coins, 0.04) / coins,
            )
        )
    return runs


def binomial(draw: random.Random, number: int, share: float) -> int:
    return max(0, round(draw.gauss(number * share, math.sqrt(number * share * (1 - share)))))


def poisson(draw: random.Random, rate: float) -> int:
    count, product = 0, draw.random()
    while product > math.exp(-rate):
        count, product = count + 1, product * draw.random()
    return count


def student(draw: random.Random) -> float:
    """Four degrees of freedom, scaled to a deviation of one: tails as fat as those of returns."""
    return draw.gauss(0, 1) / math.sqrt(draw.gammavariate(2, 2) / 4) / math.sqrt(2)


def false_alerts(
    draw: random.Random, growth: float, *, kept: int = KEPT, hours: int = MONTH
) -> list[list[str]]:
    """What a month of ordinary runs was alarmed for, one list per alert."""
    runs = source_months(draw, growth, kept + hours)
    alerts = []
    for number in range(kept, len(runs)):
        around = Surroundings(
            interval=HOUR,
            carries_prices=True,
            comparable=runs[number - kept : number],
            before=runs[number - 1],
        )
        findings = examine(runs[number], around)
        if findings:
            alerts.append([one.name for one in findings])
    return alerts


def missing_reported(seeds: Sequence[int]) -> float:
    """In which share of histories is one coin of a thousand, gone from a sweep, reported?"""
    reported = 0
    for seed in seeds:
        draw = random.Random(seed)
        runs = [facts(hour, records_fetched=1000, assets_shown=1000) for hour in range(WEEK)]
        run = facts(WEEK, records_fetched=999, assets_shown=999)
        coin = f"coin-{draw.randrange(1000)}"
        around = Surroundings(
            interval=HOUR,
            carries_prices=True,
            comparable=runs,
            before=runs[-1],
            missing=Missing(ids=[coin]),
        )
        reported += any(coin in one.listings for one in examine(run, around))
    return reported / len(seeds)


if __name__ == "__main__":
    main()
