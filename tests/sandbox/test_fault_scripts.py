"""What a fault script may say, and which calls meet its faults."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kasparro.cli.chaos.command import BUILT_IN
from kasparro.core.errors import BadRequestError
from kasparro.sandbox.app import COINGECKO, create_sandbox
from kasparro.sandbox.faults.every import BY_NAME, FAULTS
from kasparro.sandbox.faults.fault import Fault
from kasparro.sandbox.faults.reading import read_script
from kasparro.sandbox.faults.script import Script
from kasparro.sandbox.faults.stage import Stage
from support.clock import FakeClock

EXAMPLE = """\
seed = 3

[[rules]]
source = "coingecko"
path = "/coins/*"
calls = "2-"
fault = "hang"

[[rules]]
fault = { name = "scaled_number", field = "current_price", factor = 1e-8 }
"""


def test_a_script_reads_the_same_in_toml_and_in_json() -> None:
    script = read_script(EXAMPLE)
    assert [rule.fault.name for rule in script.rules] == ["hang", "scaled_number"]
    assert read_script(json.dumps(script.model_dump(mode="json"))) == script


@pytest.mark.parametrize(
    "text, line, said",
    [
        (EXAMPLE.replace('"hang"', '"hagn"'), 7, "'hang', 'refuse'"),
        (EXAMPLE.replace('source = "coingecko"', 'source = "binance"'), 4, "'coingecko'"),
        (EXAMPLE.replace('"2-"', '"two"'), 6, '3, "3-5" or "3-"'),
        (EXAMPLE.replace('"2-"', '"3-2"'), 6, "the last is not before the first"),
        (EXAMPLE.replace("factor", "times"), 10, "name, share, field, factor"),
        (EXAMPLE.replace("path", "pfad"), 5, "fault, source, path, calls"),
        (EXAMPLE.replace("1e-8", '"much"'), 10, "factor"),
        (EXAMPLE.replace("seed", "sead"), 1, "allowed are seed, rules"),
        (EXAMPLE.replace("[[rules]]\nfault", "[[rules]]\nfault\nfault"), 10, "no TOML"),
        ('{"rules": [\n{"fault": "hang"},\n{"fault": "hang",\n"chance": 2}]}', 4, "chance"),
        ('{"rules": [\n{"fault"', 2, "no JSON"),
    ],
)  # fmt: skip
def test_an_error_names_the_line_and_what_may_stand_there(text: str, line: int, said: str) -> None:
    with pytest.raises(BadRequestError, match=f"line {line}\\b") as caught:
        read_script(text)
    assert said in str(caught.value)


def test_every_fault_has_a_name_of_its_own_and_a_line_that_says_what_it_does() -> None:
    assert len(BY_NAME) == len(FAULTS) > 50
    for fault in FAULTS:
        assert (fault.__doc__ or "").strip().endswith("."), fault
    named = {one for one in _below(Fault) if "name" in one.__annotations__} - {Fault}
    assert named == set(FAULTS)


def _below(cls: type[Fault]) -> set[type[Fault]]:
    return {cls} | {one for inner in cls.__subclasses__() for one in _below(inner)}


def met(stage: Stage, calls: int, path: str = "/coins/markets") -> list[int]:
    """The numbers of the calls that meet anything."""
    return [n for n in range(1, calls + 1) if stage.met("coingecko", path)]


def stage(clock: FakeClock | None = None, **rule: Any) -> Stage:
    document = {"rules": [{"fault": "hang"} | rule]}
    return Stage((clock or FakeClock()).now, Script.model_validate(document))


@pytest.mark.parametrize(
    "rule, calls",
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"calls": 3}, [3]),
        ({"calls": "2-4"}, [2, 3, 4]),
        ({"calls": "5-"}, [5, 6]),
        ({"times": 2}, [1, 2]),
        ({"calls": "2-", "times": 1}, [2]),
        ({"chance": 0}, []),
        ({"source": "coingecko"}, [1, 2, 3, 4, 5, 6]),
        ({"source": "coinpaprika"}, []),
        ({"path": "/coins/*"}, [1, 2, 3, 4, 5, 6]),
        ({"path": "/coins"}, []),
    ],
)
def test_a_rule_meets_the_calls_it_names(rule: dict[str, Any], calls: list[int]) -> None:
    assert met(stage(**rule), 6) == calls


def test_only_calls_a_rule_is_about_are_counted() -> None:
    own = stage(path="/coins/markets", calls=2)
    own.met("coingecko", "/ping")
    assert met(own, 3) == [2]


def test_seconds_are_counted_from_the_loading() -> None:
    clock = FakeClock()
    own = stage(clock, since_seconds=60, until_seconds=120)
    times = []
    for second in range(0, 200, 20):
        if own.met("coingecko", "/"):
            times.append(second)
        clock.tick(seconds=20)
    assert times == [60, 80, 100, 120]
    own.load(own.act.script)
    assert not own.met("coingecko", "/"), "another loading, another beginning"


def test_chance_is_drawn_with_the_seed_and_a_seed_draws_the_same() -> None:
    def drawn(seed: int) -> list[int]:
        rule = {"fault": "hang", "chance": 0.3}
        script = Script.model_validate({"seed": seed, "rules": [rule]})
        return met(Stage(FakeClock().now, script), 300)

    assert 50 < len(drawn(1)) < 140
    assert drawn(1) == drawn(1) != drawn(2)


def test_a_call_that_two_rules_are_about_meets_both_in_order() -> None:
    rules = [{"fault": "latency"}, {"fault": "hang"}, {"fault": "refuse", "calls": 2}]
    own = Stage(FakeClock().now, Script.model_validate({"rules": rules}))
    assert [one.fault.name for one in own.met("coingecko", "/")] == ["latency", "hang"]


class Remote:
    """A sandbox asked from somewhere."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.clock = FakeClock()
        sandbox = create_sandbox(seed=1, clock=self.clock.now)
        self.client = TestClient(sandbox, client=(host, 50_000))

    def ping(self) -> int:
        self.clock.time += timedelta(minutes=1)
        return self.client.get(COINGECKO + "/ping").status_code


def test_a_script_is_loaded_shown_and_cleared_while_the_sandbox_runs() -> None:
    remote = Remote()
    text = 'seed = 9\n[[rules]]\ncalls = "2-3"\nfault = "server_error"'
    assert remote.client.put("/faults", content=text).status_code == 200
    assert Counter(remote.ping() for _ in range(5)) == {200: 3, 502: 2}
    assert remote.client.get("/faults").json() == {
        "seed": 9,
        "rules": [
            {
                "calls": "2-3",
                "fault": {"name": "server_error", "status": 502},
                "asked": 5,
                "met": 2,
            }
        ],
    }
    remote.client.put("/faults", content=text)
    assert remote.client.delete("/faults").json() == {"seed": 1, "rules": []}
    assert {remote.ping() for _ in range(5)} == {200}


def test_a_wrong_script_is_refused_and_the_loaded_one_stays() -> None:
    remote = Remote()
    remote.client.put("/faults", content='[[rules]]\nfault = "throttled"')
    for wrong in (b"[[rules]]\nfault = 1", b"\xff", b"x" * 1_000_001):
        answer = remote.client.put("/faults", content=wrong)
        assert answer.status_code in {413, 422}
        assert answer.json()["error"]
    assert remote.ping() == 429
    assert remote.client.post("/faults").status_code == 405


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::1", "somewhere"])
def test_nobody_loads_faults_from_another_machine(host: str) -> None:
    remote = Remote(host)
    assert remote.client.put("/faults", content="").status_code == 403
    assert remote.client.get("/faults").status_code == 403


def test_the_example_of_the_documentation_is_a_script() -> None:
    document = (Path(__file__).parent.parent.parent / "docs" / "faults.md").read_text()
    _, _, rest = document.partition("```toml\n")
    example, _, _ = rest.partition("```")
    assert len(read_script(example).rules) > 1


def test_every_fault_is_in_the_script_that_chaos_plays() -> None:
    script = read_script(BUILT_IN.read_text())
    assert {rule.fault.name for rule in script.rules} == set(BY_NAME)
