"""A CSV file is read in chunks that end where a record ends."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kasparro.ingestion.chunks import CHUNK_BYTES, begin, read_chunk
from kasparro.ingestion.interpret import interpret
from kasparro.ingestion.sources.csv_file import SOURCE
from support.clock import NOON
from support.csv_files import HEADER, contents, dataset, facts, put, read, rows

CELLS = st.sampled_from(
    [
        "a",
        "",
        '"a"',
        '"a,b"',
        '"two\nlines"',
        '"say ""hi"""',
        '"open',
        'a"b',
        '"',
        "\r",
        "é",
        "\x00",
    ]
)
LINES = st.lists(
    st.one_of(
        CELLS.map(lambda cell: f"bitcoin,2026-03-01,1.5,{cell}\n"),
        CELLS.map(lambda cell: f"{cell},2026-03-01,1.5,a\r\n"),
        st.just("\n"),
        st.just("bitcoin,2026-03-01\n"),
    ),
    max_size=30,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lines=LINES, chunk_bytes=st.integers(1, 300), last=st.sampled_from(["", "bitcoin,2026-03-0"])
)
def test_chunks_of_any_size_say_the_same_and_hold_each_byte_once(
    tmp_path, lines, chunk_bytes, last
):
    content = (HEADER + "".join(lines) + last).encode()
    file = put(tmp_path / "mine.csv", content)
    whole = read(file)
    parts = read(file, chunk_bytes=chunk_bytes)
    assert contents(whole) == contents(parts) == content
    assert facts(parts) == facts(whole)
    assert parts.mark == whole.mark
    assert read(file, parts.mark).payloads == []


def test_a_chunk_holds_fewer_records_than_a_position_can_number(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + "1\n" * 2_200_000)
    files = dataset(file)
    cursor = begin(files, None)
    payload = read_chunk(files, SOURCE.stream(files.name).request(cursor), cursor, NOON)
    assert len(payload.body) <= CHUNK_BYTES
    assert payload.body.count(b"\n") < 2**20


def test_equal_chunks_are_equal_requests_wherever_the_file_lies(tmp_path):
    first = read(put(tmp_path / "a/mine.csv", HEADER + rows(range(50))), chunk_bytes=300)
    second = read(put(tmp_path / "b/c/mine.csv", HEADER + rows(range(50))), chunk_bytes=300)
    assert [p.request for p in first.payloads] == [p.request for p in second.payloads]
    assert str(tmp_path) not in json.dumps([p.request.path for p in first.payloads])


def test_a_payload_is_read_again_from_what_is_stored_of_it(tmp_path):
    text = (
        "Created,https://www.example.org\n# and a word about it, too\n"
        "unix,date,symbol,open,high,low,close\n"
        "1769904000,2026-02-01,BTC/USD,1,2,1,1.25\n1769990400,2026-02-02,BTC/USD,1,2,1,1.5\n"
    )
    reading = read(put(tmp_path / "x.csv", text), chunk_bytes=40)
    stream = SOURCE.stream("whatever it is called")
    again = []
    for payload in reading.payloads:
        stored = json.loads(
            json.dumps([payload.request.path, payload.request.params, payload.cursor])
        )
        path, params, cursor = stored
        request = type(payload.request)(path=path, params=params)
        copy = type(payload)(
            request=request,
            cursor=cursor,
            body=payload.body,
            fetched_at=payload.fetched_at,
            headers=payload.headers,
        )
        again += interpret(stream, copy).observations
    assert again == reading.observations
    assert len(again) == 2
    assert reading.rejections == []
