"""Every metric is named and described as Prometheus asks for, and as promtool would check."""

import re

import pytest

from kasparro.api.exposition import catalogue

METRICS = catalogue()
ABBREVIATIONS = {"ms", "sec", "secs", "min", "mins", "kb", "mb", "gb", "pct", "num", "cnt", "avg"}
KINDS = {"gauge", "counter", "histogram", "summary", "metric"}
OPEN_ENDED = {"path", "url", "run_id", "coin_id", "symbol", "error", "reason", "request_id"}


def test_there_are_no_two_of_one_name() -> None:
    names = [name for name, *_ in METRICS]
    assert len(names) == len(set(names)) > 30


@pytest.mark.parametrize("name, kind, labels, says", METRICS, ids=[name for name, *_ in METRICS])
def test_a_metric_keeps_the_conventions(
    name: str, kind: str, labels: tuple[str, ...], says: str
) -> None:
    assert re.fullmatch(r"kasparro_etl_[a-z][a-z0-9_]*[a-z0-9]", name)
    words = set(name.split("_"))
    assert not words & ABBREVIATIONS, "units are written out"
    assert not words & KINDS, "a name does not say what kind of metric it is"
    assert name.endswith("_total") == (kind == "counter")
    assert not name.endswith(("_count", "_sum", "_bucket"))
    for unit in ("seconds", "bytes"):
        if unit in words:
            assert re.search(rf"_{unit}(_total)?$", name), "the unit stands at the end"
    if words & {"age", "duration", "staleness", "timestamp", "wait"}:
        assert "seconds" in words, "times are in seconds"
    if "size" in words:
        assert "bytes" in words
    assert re.fullmatch(r"(1: )?[\w].*\.", says), "a sentence"
    assert len(set(labels)) == len(labels)
    for label in labels:
        assert re.fullmatch(r"[a-z]+", label)
        assert label not in OPEN_ENDED, "whoever asks could make as many series as he likes"
        assert label not in {"le", "quantile", "job", "instance"}
