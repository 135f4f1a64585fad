"""The payloads of the tests are the ones their metadata describes."""

import hashlib
import json

import pytest
from answers import PAYLOADS

SOURCES = ["coinpaprika", "coingecko"]


def metadata(source):
    return json.loads((PAYLOADS / source / "metadata.json").read_text())


@pytest.mark.parametrize("source", SOURCES)
def test_every_payload_file_is_described_and_every_description_has_its_file(source):
    files = {path.name for path in (PAYLOADS / source).iterdir()} - {"metadata.json"}
    assert files == set(metadata(source))


@pytest.mark.parametrize("source", SOURCES)
def test_a_description_says_what_the_payload_stands_for_and_where_its_shape_is_documented(source):
    for name, entry in metadata(source).items():
        assert entry["stands_for"], name
        assert entry["shape"].startswith("https://"), name


@pytest.mark.parametrize("source", SOURCES)
def test_no_payload_file_has_changed_since_it_was_described(source):
    for name, entry in metadata(source).items():
        body = (PAYLOADS / source / name).read_bytes()
        assert hashlib.sha256(body).hexdigest() == entry["sha256"], name
