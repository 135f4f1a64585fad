"""`/docs` and `/redoc`: the API described for people; their scripts come from this machine too.

The scripts are those of the package `fastapi-offline`. Nothing is asked of any other host, which
the pages' policy makes a browser see to.
"""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.exceptions import HTTPException

SCRIPTS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
}
PLACE = "/docs/static"
PATHS = [f"{PLACE}/{name}" for name in SCRIPTS]
ELSEWHERE = b"https://cdn.redoc.ly/redoc/logo-mini.svg"  # a logo that redoc hides when it is broken
NO_IMAGE = b"data:,"
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; connect-src 'self'; script-src 'self' 'unsafe-inline';"
        " style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; worker-src blob:"
    ),
    "Referrer-Policy": "no-referrer",
}
KEPT = {"Cache-Control": "public, max-age=86400"}

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request) -> Response:
    root = request.scope.get("root_path", "")
    page = get_swagger_ui_html(
        title="kasparro: the API",
        openapi_url=f"{root}/openapi.json",
        swagger_js_url=f"{root}{PLACE}/swagger-ui-bundle.js",
        swagger_css_url=f"{root}{PLACE}/swagger-ui.css",
        swagger_favicon_url=f"{root}/favicon.ico",
        swagger_ui_parameters={"validatorUrl": None},  # else it sends the description elsewhere
    )
    page.headers.update(PAGE_HEADERS)
    return page


@router.get("/redoc")
async def redoc(request: Request) -> Response:
    root = request.scope.get("root_path", "")
    page = get_redoc_html(
        title="kasparro: the API",
        openapi_url=f"{root}/openapi.json",
        redoc_js_url=f"{root}{PLACE}/redoc.standalone.js",
        redoc_favicon_url=f"{root}/favicon.ico",
        with_google_fonts=False,
    )
    page.headers.update(PAGE_HEADERS)
    return page


@router.get(PLACE + "/{name}")
async def script(name: str) -> Response:
    if name not in SCRIPTS:
        raise HTTPException(404)
    return Response(_content(name), headers=KEPT, media_type=SCRIPTS[name])


@cache
def _content(name: str) -> bytes:
    content = files("fastapi_offline").joinpath("static", name).read_bytes()
    return content.replace(ELSEWHERE, NO_IMAGE)
