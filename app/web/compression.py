"""Text goes out compressed where the browser takes it: the look of the desk is 300 kB, a sixth of that when packed."""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

TEXT = {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"}
SHORTEST = 2_000
LEVEL = 5


def hang(app: Flask) -> None:
    """Compress pages and static texts; nothing else, and nothing that is already packed or streamed in parts."""

    @app.after_request
    def pack(response: Response) -> Response:
        if (
            response.status_code != 200
            or response.mimetype not in TEXT
            or "Content-Encoding" in response.headers
            or "gzip" not in request.headers.get("Accept-Encoding", "")
        ):
            return response
        body = _static() if request.endpoint == "static" else _page(response)
        if body is not None:
            # The file that would have been streamed is not read any more.
            if (close := getattr(response.response, "close", None)) is not None:
                close()
            response.set_data(body)
            response.headers["Content-Encoding"] = "gzip"
            response.vary.add("Accept-Encoding")
        return response


def _page(response: Response) -> bytes | None:
    if response.is_streamed or response.direct_passthrough:
        return None
    body = response.get_data()
    # Guessing a page's secret by its packed length needs requests with her cookie from another site; SameSite forbids.
    return gzip.compress(body, LEVEL) if len(body) >= SHORTEST else None


def _static() -> bytes | None:
    name = (request.view_args or {}).get("filename", "")
    path = Path(current_app.static_folder or "") / name
    if not path.is_file() or path.stat().st_size < SHORTEST:
        return None
    return _packed(str(path), path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _packed(path: str, _changed: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 9)
