"""An even sample of a run's values, in bounded memory however many come."""

KEPT = 10_000


class Sample:
    """Every value of the first ten thousand, then every second, every fourth, and so on."""

    def __init__(self) -> None:
        self._values: list[float] = []
        self._every = 1
        self.seen = 0

    def add(self, value: float) -> None:
        if self.seen % self._every == 0:
            self._values.append(value)
            if len(self._values) > KEPT:
                self._values = self._values[::2]
                self._every *= 2
        self.seen += 1

    def quantile(self, share: float) -> float:
        """The value that this share of all lies at or below. Needs one value at least."""
        ordered = sorted(self._values)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
