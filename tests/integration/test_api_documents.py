"""`/docs` and `/redoc` need no other host, and the browser is told to ask none."""

import re
from collections.abc import AsyncIterator

import pytest

from support.api import Api, serving

PAGES = ("/docs", "/redoc")
LOADED = re.compile(r"""(?:src|href|spec-url)="([^"]+)"|url: '([^']+)'""")


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with serving(None, public_read=False) as running:
        yield running


@pytest.mark.parametrize("page", PAGES)
async def test_all_that_a_page_loads_is_served_here_without_a_key(api: Api, page: str):
    html = (await api.get(page)).text
    loaded = ["".join(found) for found in LOADED.findall(html)]
    assert {"/openapi.json", "/favicon.ico"} < set(loaded)
    assert "//" not in "".join(loaded)
    for path in loaded:
        answer = await api.get(path)
        assert answer.status_code == 200, path
        assert len(answer.content) > 100, path


@pytest.mark.parametrize("page", PAGES)
async def test_a_browser_is_told_to_ask_nobody_else(api: Api, page: str):
    policy = (await api.get(page)).headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert not re.search(r"https?:|\*", policy)


async def test_scripts_have_their_types_and_are_kept_by_browsers(api: Api):
    for name, kind in (("swagger-ui-bundle.js", "javascript"), ("swagger-ui.css", "css")):
        answer = await api.get(f"/docs/static/{name}")
        assert kind in answer.headers["content-type"]
        assert "max-age" in answer.headers["cache-control"]


async def test_redoc_fetches_no_logo_from_its_makers(api: Api):
    script = (await api.get("/docs/static/redoc.standalone.js")).text
    assert "cdn." not in script
    assert 'alt:"redocly logo"' in script, "where it stands now; look again what it loads"


@pytest.mark.parametrize("name", ["favicon.png", "..%2f__init__.py", "nothing"])
async def test_nothing_else_of_the_package_is_served(name: str):
    async with serving(None) as api:
        assert (await api.get(f"/docs/static/{name}")).status_code == 404
