"""What every coin is worth at any instant: the one market that both simulated sources report."""

from math import exp

from kasparro.sandbox.currencies import Currency
from kasparro.sandbox.draws import draws
from kasparro.sandbox.motion import Motion, Standing
from kasparro.sandbox.ranking import Ranking
from kasparro.sandbox.waves import Waves, mixed, reach, waves
from kasparro.sandbox.world import Coin, World

CALM = 0.02  # what a coin of a trillion dollars moves in a day
WILD = 0.06
PEGGED = {"usd": 0.0004, "eur": 0.003, "jpy": 0.003, "xau": 0.007}
TRACKING = 0.0006  # how far what is wrapped strays from what it wraps
TIDE = 0.012  # what the market moves as a whole
USUAL_PEGGED = 0.25  # of its cap a pegged coin turns over in a day
DEAD = 0.01  # of the coins below SMALL dollars are not traded at all
SMALL = 3e9
RANKED_EVERY_MS = 300_000
RANKINGS_KEPT = 8  # more than one sweep ever spans
BUSTLE = 0.2  # what a volume moves in a day
BEYOND = 1.02  # a record stands this far past what the waves can reach


class Market:
    """Prices, volumes and caps in US dollars; instants are milliseconds since 1970."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._motions: dict[str, Motion] = {}
        self._rankings: dict[int, Ranking] = {}
        self._tide = waves(TIDE, world.seed, "tide")

    def motion(self, coin: Coin) -> Motion:
        motion = self._motions.get(coin.key)
        if motion is None:
            motion = self._motions[coin.key] = self._moved(coin)
        return motion

    def price(self, coin: Coin, at_ms: int) -> float:
        return self.motion(coin).price(at_ms)

    def standing(self, coin: Coin, at_ms: int) -> Standing:
        return self.motion(coin).standing(at_ms)

    def worth(self, currency: Currency, at_ms: int) -> float:
        """One unit of a currency, in US dollars."""
        if not currency.coin:
            return 1 / currency.per_unit
        return self.price(self.world.by_key[currency.coin], at_ms) / currency.per_unit

    def ranking(self, at_ms: int) -> Ranking:
        """The order in force: drawn up every five minutes, so pages read across a change may
        repeat a coin or miss one."""
        since = at_ms - at_ms % RANKED_EVERY_MS
        ranking = self._rankings.get(since)
        if ranking is None:
            if len(self._rankings) >= RANKINGS_KEPT:
                self._rankings.clear()
            traded = [coin for coin in self.world.coins if coin.traded]
            worths = {coin.key: self.price(coin, since) * coin.supply for coin in traded}
            ranking = self._rankings[since] = Ranking(traded, worths)
        return ranking

    def _moved(self, coin: Coin) -> Motion:
        seed = self.world.seed
        beta, depth, silence = draws(3, seed, coin.key, "nature")
        beta = 0.0 if coin.pegged else 0.4 + 1.2 * beta  # around 1, never against the tide
        price = self._price_waves(coin, beta)
        swing = exp(reach(price)) * BEYOND
        dead = silence < DEAD and coin.worth_usd < SMALL
        usual = USUAL_PEGGED if coin.pegged else 0.002 + 0.15 * depth**3  # most trade little
        return Motion(
            middle_usd=coin.price_usd,
            price_waves=price,
            volume_waves=waves(BUSTLE, seed, coin.key, "volume", longest_days=3),
            supply=coin.supply,
            counted=not coin.unsized,
            turnover=0.0 if dead else usual,
            beta=beta,
            highest_usd=coin.price_usd * swing,
            lowest_usd=coin.price_usd / swing,
        )

    def _price_waves(self, coin: Coin, beta: float) -> Waves:
        seed = self.world.seed
        if coin.pegged:
            return waves(PEGGED[coin.follows], seed, coin.key, "price", longest_days=30)
        if coin.follows:
            followed = self.motion(self.world.by_key[coin.follows]).price_waves
            strays = waves(TRACKING, seed, coin.key, "price", longest_days=1)
            return mixed(followed, 1, strays)
        own = min(max(CALM * (1e12 / (coin.worth_usd or 1)) ** 0.12, CALM), WILD)
        return mixed(self._tide, beta, waves(own, seed, coin.key, "price"))
