"""What is packed comes out byte for byte, against whatever it was packed."""

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kasparro.store.packing import packed, plain, unpacked

BODIES = st.binary(max_size=2_000) | st.text(alphabet='{"price":0.123456789,}', max_size=500).map(
    str.encode
)


@given(body=BODIES, base=BODIES)
def test_any_bytes_come_out_as_they_went_in_against_any_base(body: bytes, base: bytes) -> None:
    assert unpacked(plain(body), None) == body
    assert unpacked(packed(body, base), plain(base)) == body


def test_plain_is_what_any_zstd_reads() -> None:
    assert zstandard.decompress(plain(b"[1]" * 100)) == b"[1]" * 100


def test_an_answer_like_the_last_one_takes_a_fraction_of_the_room() -> None:
    base = b"".join(b'{"id":"coin-%d","price":%d.25}' % (n, n * n * 7_919) for n in range(2_000))
    again = base.replace(b".25}", b".26}", 3)
    assert len(packed(again, base)) * 50 < len(plain(again))


def test_against_another_base_nothing_wrong_comes_out() -> None:
    base = b"".join(b"%d," % (n * n) for n in range(1_000))
    with pytest.raises(zstandard.ZstdError):
        unpacked(packed(base + b"new", base), plain(base.replace(b"1", b"2")))
