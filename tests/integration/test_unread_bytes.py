"""Bytes our reader trips over are kept, and read once it is mended."""

from kasparro.core.source import Page, Payload
from kasparro.ingestion.replay import replay
from support import toy as toys
from support.house import toy_house
from support.provider import Asked, Reply, as_json
from support.sweeps import assert_every_end_is_on_record
from support.toy import quotes, toy


def clumsy(payload: Payload) -> Page:
    """A reader with a bug: it trips over answers that call the quotes something else."""
    return toys.split(payload)


def mended(payload: Payload) -> Page:
    body = payload.body.replace(b'"prices"', b'"quotes"')
    return toys.split(Payload(request=payload.request, cursor=payload.cursor, body=body,
                              fetched_at=payload.fetched_at))  # fmt: skip


def renamed_from_page_2(asked: Asked) -> Reply:
    page = int(asked.params["page"])
    name = "quotes" if page == 1 else "prices"
    return as_json({name: quotes(page, page + 10), "next": page + 1 if page < 3 else None})


def test_bytes_our_reader_trips_over_are_kept_and_the_checkpoint_stays(database_url: str) -> None:
    with toy_house(database_url, toy(clumsy)) as home:
        home.providers["toy"].answer = renamed_from_page_2
        for _ in range(2):
            report = home.sweep("toy")
            assert report.status == "failed"
            assert "KeyError" in str(report.error_message)
        assert home.checkpoint("toy")[0] == {"page": 2}
        kept = home.rows("select cursor, uninterpreted from raw_crypto_data order by id")
        assert kept == [({"page": 1}, None), ({"page": 2}, "KeyError: 'quotes'")]
        assert_every_end_is_on_record(home)
    with toy_house(database_url, toy(mended)) as home:
        home.providers["toy"].answer = renamed_from_page_2
        report = home.sweep("toy")
        assert (report.status, report.new) == ("success", 0)
        assert (report.changed, report.payloads_stored) == (4, 1)  # page 2 was kept already
        assert home.value("select count(*) from raw_crypto_data where uninterpreted is null") == 3


def test_bytes_our_reader_tripped_over_are_read_by_a_replay_once_it_is_mended(
    database_url: str,
) -> None:
    with toy_house(database_url, toy(clumsy)) as home:
        home.providers["toy"].answer = lambda _: as_json({"prices": quotes(7), "next": None})
        home.sweep("toy")
        assert home.prices() == {}
        with_bug = replay(home.url, {"toy": toy(clumsy)}, holder="test",
                          lease_duration=home.engine.lease_duration, verify=False)  # fmt: skip
        assert (with_bug.payloads, with_bug.uninterpreted) == (1, 1)
        assert home.value("select uninterpreted from raw_crypto_data") == "KeyError: 'quotes'"
        without = replay(home.url, {"toy": toy(mended)}, holder="test",
                         lease_duration=home.engine.lease_duration, verify=False)  # fmt: skip
        assert (without.payloads, without.uninterpreted) == (1, 0)
        assert list(home.prices().values()) == [7]
        assert home.value("select uninterpreted from raw_crypto_data") is None
        again = replay(home.url, {"toy": toy(mended)}, holder="test",
                       lease_duration=home.engine.lease_duration, verify=True)  # fmt: skip
        assert again.differences == {}
