"""What is wrong with a CSV file costs the row it is in, or is said before anything is stored."""

import os
import shutil
import subprocess
from decimal import Decimal

import pytest
import zstandard

from kasparro.core.csv.layout import Choices
from kasparro.core.errors import FatalError
from kasparro.ingestion.chunks import CHUNK_BYTES
from kasparro.ingestion.files import find_datasets
from support.csv_files import dataset, put, read, refusal

HEADER = "coin_id,timestamp,price_usd,name\n"
GOOD = "bitcoin,2026-03-01,1.5,x\n"
LAST = "bitcoin,2026-03-09,2.5,x\n"
BOTH = {"2026-03-01 00:00": Decimal("1.5"), "2026-03-09 00:00": Decimal("2.5")}


@pytest.mark.parametrize(
    "row, field, reason",
    [
        (b"bitcoin,2026-03-02,abc,x\n", "price_usd", "valid decimal"),
        (b"bitcoin,2026-03-02,0,x\n", "price_usd", "greater than 0"),
        (b"bitcoin,2026-03-02,-5,x\n", "price_usd", "greater than 0"),
        (b"bitcoin,2026-03-02,inf,x\n", "price_usd", "valid decimal"),
        (b"bitcoin,2026-03-02,1e400,x\n", "price_usd", "outside"),
        (b"bitcoin,2026-03-02,5e4585868247,x\n", "price_usd", "outside"),
        (b"bitcoin,2026-03-02,5e99999999999999999999,x\n", "price_usd", ""),
        (b"bitcoin,2026-03-02,5%,x\n", "price_usd", "valid decimal"),
        (b"bitcoin,2026-03-02,1\x002,x\n", "price_usd", "valid decimal"),
        (b"bitcoin,2026-03-02,1.5,a\x00b\n", "name", "not text"),
        (b"bitcoin,2026-03-02,1.5,a\xff\xfeb\n", "name", "not text"),
        (b"bit\xffcoin,2026-03-02,1.5,a\n", "id", "not text"),
        (b"bitcoin,2026-02-30,1.5,x\n", "time", "no time can be read in '2026-02-30'"),
        (b"bitcoin,,1.5,x\n", "time", "no time; --default-time sets one"),
        (b"bitcoin,1999-01-01,1.5,x\n", "time", "before bitcoin"),
        (b"bitcoin,2031-01-01,1.5,x\n", "time", "after we fetched it"),
        (b"bitcoin,9999-12-31T23:00:00-23:00,1.5,x\n", "time", "no time can be read"),
        (b",2026-03-02,1.5,x\n", "id", "names no coin"),
        (b"bitcoin,2026-03-02\n", "", "has 2 cells where the header has 4"),
        (b"bitcoin,2026-03-02,1,500,x\n", "", "has 5 cells where the header has 4"),
        (b'"bitcoin,2026-03-02,1.5,x\n', "", "quotes cannot be followed"),
        (b'"bit"coin,2026-03-02,1.5,x\n', "", "quotes cannot be followed"),
    ],
)
def test_a_row_that_breaks_its_contract_is_rejected_alone_with_its_reason(
    tmp_path, row, field, reason
):
    content = (HEADER + GOOD).encode() + row + LAST.encode()
    seen = read(put(tmp_path / "mine.csv", content))
    assert seen.prices == BOTH
    assert len(seen.rejections) == 1
    assert seen.rejections[0].field == field
    assert reason in seen.rejections[0].reason
    assert seen.rejections[0].position == 1


@pytest.mark.parametrize(
    "rows",
    [
        "\n",
        "\r\n",
        ",,,\n",
        "  , ,\t,\n",
        HEADER,
        "bitcoin,2026-03-02,,x\n",
        "bitcoin,2026-03-02,NULL,\n",
    ],
)
def test_rows_that_say_nothing_are_no_fault(tmp_path, rows):
    seen = read(put(tmp_path / "mine.csv", HEADER + GOOD + rows + LAST))
    assert seen.prices == BOTH
    assert seen.rejections == []


def test_empty_cells_after_the_last_column_are_no_fault(tmp_path):
    seen = read(put(tmp_path / "mine.csv", HEADER + GOOD.replace("\n", ",,\n") + LAST))
    assert seen.prices == BOTH


def test_an_ignored_column_may_hold_anything(tmp_path):
    content = b"coin_id,timestamp,price_usd,source\nbitcoin,2026-03-01,1.5,\xff\x00\n"
    assert len(read(put(tmp_path / "mine.csv", content)).observations) == 1


def test_a_hand_made_file_with_every_habit_of_spreadsheets_is_read(tmp_path):
    text = (
        "\ufeffName;Symbol;Timestamp;Price_USD;Market_Cap;Symbol;Volume_24h;\r\n"
        "Bitcoin; BTC ;2026-03-01;42,500.75;840,000,000,000;BTC;1.5B;\r\n"
        ";;;;;;;\r\n"
        '"Ether; the coin";ETH;"2026-03-01 06:00";"2,500";;eth;$12.5;\r\n'
        "Litecoin;LTC;2026-03-01;;;LTC;\u2212;\r\n"
        "Ripple;XRP;2026-03-01;0.5;1 234 567.5;XRP;-;\r\n"
        "Doge;DOGE;2026-03-01;0.25;;SHIB;1;\r\n"
    )
    seen = read(put(tmp_path / "my prices.csv", text.encode()))
    found = {o.source_asset_id: o for o in seen.observations}
    assert {id_: o.price_usd for id_, o in found.items()} == {
        "BTC": Decimal("42500.75"),
        "ETH": Decimal(2500),
        "XRP": Decimal("0.5"),
    }
    assert found["BTC"].market_cap_usd == 840_000_000_000
    assert found["BTC"].volume_24h_usd == 1_500_000_000
    assert found["ETH"].volume_24h_usd == Decimal("12.5")
    assert found["XRP"].market_cap_usd == Decimal("1234567.5")
    assert found["XRP"].volume_24h_usd is None
    assert seen.listings["ETH"].name == "Ether; the coin"
    assert [(r.position, r.field) for r in seen.rejections] == [(4, "")]


def test_a_column_that_stands_twice_is_one_column_unless_it_says_two_things(tmp_path):
    text = (
        "coin_id,timestamp,price_usd,price_usd\n"
        "bitcoin,2026-03-01,1.5,1.5\n"
        "bitcoin,2026-03-02,,2.5\n"
        "bitcoin,2026-03-03,3.5,4.5\n"
    )
    file = put(tmp_path / "mine.csv", text)
    seen = read(file)
    assert list(seen.prices.values()) == [Decimal("1.5"), Decimal("2.5")]
    assert seen.reasons == [
        (
            "",
            "column 'price_usd' stands twice and says 3.5 and 4.5; say which with --map, by number",
        )
    ]
    chosen = read(file, map={"price": "4"})
    assert list(chosen.prices.values()) == [Decimal("1.5"), Decimal("2.5"), Decimal("4.5")]


def test_a_stray_quote_costs_its_line_and_not_the_rest_of_the_file(tmp_path):
    rows = "".join(f"bitcoin,2026-03-01T00:{n % 60:02}:00Z,1.5,x\n" for n in range(5000))
    text = HEADER + rows[: len(rows) // 2] + '"' + rows[len(rows) // 2 :]
    seen = read(put(tmp_path / "mine.csv", text))
    assert len(seen.rejections) <= 1
    assert len(seen.observations) >= 4999


def test_two_stray_quotes_far_apart_do_not_swallow_what_stands_between_them(tmp_path):
    between = "".join(f"bitcoin,2026-03-01T00:{n % 60:02}:00Z,1.5,x\n" for n in range(150))
    text = HEADER + 'bitcoin,2026-03-01,1.5,"x\n' + between + 'y",2026-03-01,1.5,x\n'
    seen = read(put(tmp_path / "mine.csv", text))
    assert len(seen.observations) >= 150
    assert len(seen.rejections) == 1


def test_a_line_of_ten_megabytes_is_refused_with_its_place(tmp_path):
    file = put(tmp_path / "mine.csv", (HEADER + GOOD + "x" * 10_000_000).encode())
    with pytest.raises(FatalError, match=rf"no record ends within {CHUNK_BYTES:,} bytes"):
        read(file)


def test_a_file_that_is_one_line_is_refused(tmp_path):
    assert "no line end" in refusal(put(tmp_path / "mine.csv", "x" * 100_000))


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "is empty"),
        (b"\n\n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        ("coin_id,timestamp,price_usd\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (b"PK\x03\x04 and so on", "zip"),
        (b"\x00\x01\x02\x03", "has no columns we know"),
        (b"<!doctype html>\n<p>Not found</p>\n", "has no columns we know"),
        (b'{"bitcoin": 5}\n', "has no columns we know"),
        (b"when,what\n2026-03-01,5\n", "--map price=COLUMN,time=COLUMN"),
        (b"timestamp,price_usd\n2026-03-01,5\n", "--map price=COLUMN,time=COLUMN"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_a_way_out(tmp_path, content, reason):
    assert reason in refusal(put(tmp_path / "mine.csv", content))


def test_a_file_with_nothing_but_a_header_is_read_and_says_nothing(tmp_path):
    seen = read(put(tmp_path / "mine.csv", HEADER))
    assert (seen.records, len(seen.payloads)) == (0, 1)
    assert read(tmp_path / "mine.csv", seen.mark).payloads == []


def test_a_directory_is_searched_for_csv_files_and_hidden_ones_are_left_alone(tmp_path):
    for name in ["a.csv", "b.CSV", "deep/er/c.csv.gz", "d.txt", "e.tsv.zst"]:
        put(tmp_path / name, HEADER + GOOD)
    for name in [".hidden.csv", ".git/x.csv", "README.md", "f.parquet", "g.csv.part", "h.csv~"]:
        put(tmp_path / name, HEADER + GOOD)
    assert [f.key for f in dataset(tmp_path).files] == [
        "a.csv", "b.CSV", "d.txt", "e.tsv.zst", "deep/er/c.csv.gz",
    ]  # fmt: skip


def test_one_bad_file_does_not_refuse_the_others(tmp_path):
    put(tmp_path / "bad.csv", "nothing,of,use\n1,2,3\n")
    put(tmp_path / "good.csv", HEADER + GOOD)
    put(
        tmp_path / "BTC-USD.csv",
        "Date,Open,High,Low,Close,Adj Close,Volume\n2026-02-01,1,2,1,2,2,3\n",
    )
    found, refused = find_datasets(tmp_path, Choices())
    assert [d.name for d in found] == ["canonical", "yahoo/1d"]
    assert [file.path.name for file in refused] == ["bad.csv"]


def test_what_is_not_there_or_no_file_is_refused(tmp_path):
    assert "No such file" in refusal(tmp_path / "nowhere.csv")
    (tmp_path / "empty").mkdir()
    assert "holds no .csv, .tsv, .txt file" in refusal(tmp_path / "empty")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "no regular file" in refusal(tmp_path / "pipe.csv")


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs the zstd program")
def test_a_file_packed_by_the_zstd_program_is_read(tmp_path):
    put(tmp_path / "mine.csv", HEADER + GOOD + LAST)
    subprocess.run(["zstd", "-q", "--rm", "mine.csv"], cwd=tmp_path, check=True)  # noqa: S607 -- if there
    assert read(tmp_path / "mine.csv.zst").prices == BOTH


def test_a_zst_file_of_several_frames_is_read_to_its_end(tmp_path):
    parts = [HEADER.encode(), GOOD.encode(), LAST.encode()]
    packed = b"".join(zstandard.compress(part) for part in parts)
    assert read(put(tmp_path / "mine.csv.zst", packed)).prices == BOTH
