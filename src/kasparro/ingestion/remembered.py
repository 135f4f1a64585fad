"""What was said before about files and datasets, and whose words go first.

A path's own words, then those of the directories above it, the nearest first, then those of the
dataset it belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kasparro.core.csv.layout import Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What was said, by absolute path and by the name of a dataset."""

    paths: Mapping[Path, Choices] = field(default_factory=dict)
    datasets: Mapping[str, Choices] = field(default_factory=dict)

    def of_file(self, file: Path) -> Choices:
        """What was said of this path, and of the directories above it where that says nothing."""
        said = Choices()
        absolute = file.resolve()
        for place in (*reversed(absolute.parents), absolute):
            if place in self.paths:
                said = self.paths[place].over(said)
        return said

    def of_dataset(self, name: str | None) -> Choices:
        """What was said of the layout of its files."""
        return self.datasets.get(name, Choices()) if name is not None else Choices()
