"""An application that really listens, for a browser."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator


class Door:
    """Lets requests in until it is closed, and is closed when the last of them is answered.

    A request that outlives its test would hold a connection that nobody closes, or take a new one.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._inside, self._closed = 0, False
        self._left = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._left:
            if self._closed:
                return ServiceUnavailable()(environ, start_response)
            self._inside += 1
        try:
            return ClosingIterator(self._app(environ, start_response), self._leave)
        except BaseException:
            self._leave()
            raise

    def close(self) -> None:
        """Let nobody in any more, and wait for those inside."""
        with self._left:
            self._closed = True
            assert self._left.wait_for(lambda: not self._inside, timeout=30), "a request did not end"

    def _leave(self) -> None:
        with self._left:
            self._inside -= 1
            self._left.notify_all()


@contextmanager
def served(app: Flask, port: int) -> Iterator[str]:
    """The application at a port of this machine; its address."""
    door = Door(app.wsgi_app)
    server = make_server("127.0.0.1", port, door, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        door.close()
        server.server_close()
