"""Small pieces of HTML that a page shows by the hundred: as macros they would take half of its time."""

import hashlib
from collections.abc import Hashable, Mapping
from functools import lru_cache
from pathlib import Path

from flask import current_app, request, url_for
from markupsafe import Markup, escape


def asset(filename: str) -> str:
    """The address of a static file, with a mark of its bytes so that browsers may keep it for ever."""
    return _static(request.script_root, current_app.static_folder or "", filename)


def icon(name: str, label: str | None = None, extra: str = "") -> Markup:
    """A sign of our own set; without a label it says nothing to those who hear the page."""
    return _icon(asset("icons.svg"), name, label, extra)


def options(named: Mapping[int, str] | Mapping[str, str], chosen: Hashable = None, prefix: str = "") -> Markup:
    """The choices of a list: value, with `prefix` before each, and name."""
    return _options(tuple(named.items()), chosen, prefix)


@lru_cache(maxsize=256)
def _options(named: tuple[tuple[object, str], ...], chosen: Hashable, prefix: str) -> Markup:
    # Two hundred town halls stand in the filter of every queue.
    rows = [
        f'<option value="{escape(f"{prefix}{value}")}"{" selected" if value == chosen else ""}>{escape(name)}</option>'
        for value, name in named
    ]
    return Markup("".join(rows))  # noqa: S704 - whatever comes from elsewhere is escaped above


@lru_cache(maxsize=1024)
def _icon(drawn: str, name: str, label: str | None, extra: str) -> Markup:
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon{}" {}><use href="{}#i-{}"/></svg>').format(extra and f" {extra}", said, drawn, name)


@lru_cache(maxsize=256)
def _static(_root: str, folder: str, filename: str) -> str:
    # An address depends on the request by its root alone, and a page asks for that of its icons a hundred times.
    return url_for("static", filename=filename, v=_mark(str(Path(folder) / filename)))


@lru_cache(maxsize=256)
def _mark(path: str) -> str:
    file = Path(path)
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"
