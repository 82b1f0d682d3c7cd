"""A copy of this process, taken before anything goes on in it; others are copied from it later and import nothing."""

import gc
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, NoReturn

import structlog

log = structlog.get_logger()


class Nursery:
    """Begins processes by so many at a time, each with what `opener` opens and a pipe to this one.

    One of them opens it and the others are copies of that one, so `opener` must leave nothing open that two processes
    must not share, such as a connection to a database. They end when their pipe is closed at this end, as it is when
    this process dies.
    """

    def __init__(self, opener: Callable[[], Any], size: int) -> None:
        self._size = size
        self._control, theirs = socket.socketpair()
        # Whoever looks for lost objects writes on all there are: both share them as long as neither does.
        gc.freeze()
        self._child = os.fork()
        if self._child == 0:
            _alone(theirs.fileno(), lambda: _nurse(theirs, opener))
        theirs.close()

    def begin(self) -> list[Connection]:
        """The pipes to new processes. Each says None when it is ready, then answers steps; OSError if none can be."""
        pairs = [Pipe() for _ in range(self._size)]
        try:
            socket.send_fds(self._control, [b"begin"], [theirs.fileno() for _, theirs in pairs])
        finally:
            for _, theirs in pairs:
                theirs.close()
        return [ours for ours, _ in pairs]

    def close(self) -> None:
        """End, once everybody has ended whose pipe is closed."""
        self._control.close()
        with suppress(ChildProcessError):
            os.waitpid(self._child, 0)


def _alone(kept: int, live: Callable[[], None]) -> NoReturn:
    """Live as a process of its own, with nothing of the one that it was copied from but its memory."""
    try:
        # Whoever ends the desk with Ctrl-C ends the parent, which lets the others go.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # The parent's doors, locks and wires are not ours to hold.
        for one in [int(opened.name) for opened in Path("/dev/fd").iterdir()]:
            if one > 2 and one != kept:
                # The list itself was opened and is closed already.
                with suppress(OSError):
                    os.close(one)
        live()
    finally:
        os._exit(0)


def _nurse(control: socket.socket, opener: Callable[[], Any]) -> None:
    """Begin processes whenever told to, until the parent is gone; those of before have ended by then."""
    while True:
        told, pipes, _, _ = socket.recv_fds(control, 16, 64)
        if not told:
            return
        if (child := os.fork()) == 0:
            control.close()
            _begin(opener, pipes)
        for one in pipes:
            os.close(one)
        os.waitpid(child, 0)


def _begin(opener: Callable[[], Any], pipes: Sequence[int]) -> NoReturn:
    """Open what is needed, share it with a copy for each pipe but the first, and work; then wait for the copies."""
    copies: list[int] = []
    try:
        opened, mine = opener(), pipes[0]
        for one in pipes[1:]:
            if (child := os.fork()) == 0:
                mine, copies = one, []
                break
            copies.append(child)
        for one in set(pipes) - {mine}:
            os.close(one)
        with suppress(EOFError, ConnectionError):
            _work(opened, Connection(mine))
    except Exception:  # Nobody above would hear of it, and the desk goes on alone.
        log.exception("process_not_begun")
    finally:
        for child in copies:
            os.waitpid(child, 0)
        os._exit(0)


def _work(opened: Any, pipe: Connection) -> None:
    pipe.send(None)
    while True:
        step, things = pipe.recv()
        made, stumbled = None, None
        try:
            made = step(opened, things)
        except Exception as error:  # It goes back to whoever gave the work.
            stumbled = error
        pipe.send((made, stumbled))
