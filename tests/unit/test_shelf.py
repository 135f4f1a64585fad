"""What the shelf of kept answers holds, and what it lets go of."""

from kasparro.api.shelf import Kept, Shelf


def kept(body: bytes) -> Kept:
    return Kept(headers={}, body=body)


def test_an_answer_is_found_in_its_own_generation_only():
    shelf = Shelf(100)
    shelf.keep(("/data", ()), 7, kept(b"x"))
    assert shelf.find(("/data", ()), 7) == kept(b"x")
    assert shelf.find(("/data", ()), 8) is None
    assert shelf.find(("/data", ()), None) is None
    assert shelf.find(("/assets", ()), 7) is None


def test_nothing_is_kept_while_nobody_knows_the_generation():
    shelf = Shelf(100)
    shelf.keep(("/data", ()), None, kept(b"x"))
    assert shelf.find(("/data", ()), None) is None


def test_a_newer_generation_clears_what_was_kept():
    shelf = Shelf(100)
    shelf.keep(("/data", ()), 7, kept(b"x"))
    shelf.keep(("/assets", ()), 8, kept(b"y"))
    assert shelf.find(("/data", ()), 8) is None
    assert shelf.find(("/data", ()), 7) is None
    assert shelf.find(("/assets", ()), 8) == kept(b"y")


def test_an_answer_that_took_too_long_does_not_bring_its_old_generation_back():
    shelf = Shelf(100)
    shelf.keep(("/assets", ()), 8, kept(b"y"))
    shelf.keep(("/data", ()), 7, kept(b"x"))
    assert shelf.find(("/data", ()), 7) is None
    assert shelf.find(("/assets", ()), 8) == kept(b"y")


def test_the_least_asked_for_go_first_when_the_bound_is_reached():
    shelf = Shelf(10)
    for name in ("/a", "/b"):
        shelf.keep((name, ()), 1, kept(b"12345"))
    shelf.find(("/a", ()), 1)
    shelf.keep(("/c", ()), 1, kept(b"12345"))
    assert shelf.find(("/a", ()), 1) is not None
    assert shelf.find(("/b", ()), 1) is None
    assert shelf.find(("/c", ()), 1) is not None


def test_an_answer_kept_twice_counts_once():
    shelf = Shelf(10)
    for _ in range(5):
        shelf.keep(("/a", ()), 1, kept(b"12345"))
    shelf.keep(("/b", ()), 1, kept(b"12345"))
    assert shelf.find(("/a", ()), 1) is not None


def test_an_answer_larger_than_the_bound_is_not_kept():
    shelf = Shelf(10)
    shelf.keep(("/a", ()), 1, kept(b"12345678901"))
    assert shelf.find(("/a", ()), 1) is None
    shelf.keep(("/b", ()), 1, kept(b"1234567890"))
    assert shelf.find(("/b", ()), 1) is not None
