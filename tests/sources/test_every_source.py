"""What holds for every source, whoever wrote it."""

import json
from importlib import import_module
from pkgutil import iter_modules

import pytest

from kasparro.core.source import Options
from kasparro.ingestion import sources

ALL = sorted(sources.BY_NAME)
HEADINGS = ("API ", "Key ", "Cursor ", "Limits ", "Quirks ")
MODULES = [
    import_module(f"{sources.__name__}.{module.name}") for module in iter_modules(sources.__path__)
]
STREAMS = [
    pytest.param(stream, id=f"{name}/{stream.name}")
    for name in ALL
    for stream in sources.BY_NAME[name].streams
]
RECALLING = [param for param in STREAMS if param.values[0].recall is not None]


def test_the_two_apis_are_discovered():
    assert {"coinpaprika", "coingecko"} <= set(ALL)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.SOURCE.name)
def test_a_source_documents_its_api_key_cursor_limits_and_quirks(module):
    lines = module.__doc__.splitlines()
    for heading in HEADINGS:
        assert sum(line.startswith(heading) for line in lines) == 1, heading


@pytest.mark.parametrize("name", ALL)
def test_a_source_states_its_terms(name):
    terms = sources.BY_NAME[name].terms
    assert terms.licence
    assert terms.attribution


@pytest.mark.parametrize("name", ALL)
def test_a_plan_without_a_key_header_needs_no_key_and_hosts_have_no_slash_at_their_end(name):
    for plan in sources.BY_NAME[name].plans.values():
        assert not plan.base_url.endswith("/")
        assert plan.key_header != ""


@pytest.mark.parametrize("stream", STREAMS)
def test_a_cursor_survives_being_stored_as_json(stream):
    start = stream.start(Options())
    assert json.loads(json.dumps(start)) == start


@pytest.mark.parametrize("stream", STREAMS)
def test_equal_cursors_make_equal_requests(stream):
    start = stream.start(Options())
    assert stream.request(start) == stream.request(json.loads(json.dumps(start)))


@pytest.mark.parametrize("stream", RECALLING)
def test_a_recalled_id_leads_to_a_cursor_that_can_be_stored_and_asked(stream):
    ids = [f"coin-{n}" for n in range(stream.recall.ids_per_request)]
    cursor = stream.recall.cursor(ids)
    assert json.loads(json.dumps(cursor)) == cursor
    asked = stream.request(cursor)
    assert all(id_ in asked.path + json.dumps(dict(asked.params)) for id_ in ids)
