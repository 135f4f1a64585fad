"""One module per source; each exports SOURCE. Adding a file here adds a source."""

from importlib import import_module
from pkgutil import iter_modules

from kasparro.core.source import Source


def _discover() -> dict[str, Source]:
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {module.SOURCE.name: module.SOURCE for module in modules}


BY_NAME = _discover()
