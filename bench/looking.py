"""Technicians whose queue looks again every five seconds while something else is measured: a process of its own.

Run by other measurements: python -m bench.looking PORT COOKIE COUNT; ends with its input and tells what a look took.
"""

import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

SECONDS = 5.0
AGAIN = "/consultas/vivo?vista=abiertas"
PACKED = {"Accept-Encoding": "gzip"}


@dataclass(slots=True)
class Looks:
    """How many looks there were and what they took, in ms; known when they are over."""

    count: int = 0
    p50: float = 0.0
    p95: float = 0.0


def cookie(app: Flask, email: str = "rosa@mesa.example") -> str:
    """What the browser of somebody who has signed in sends."""
    from tests.app.web_desk.scenes import sign_in

    browser = app.test_client()
    sign_in(browser, email)
    kept = browser.get_cookie("ventanilla")
    assert kept is not None
    return f"ventanilla={kept.value}"


def get(wire: http.client.HTTPConnection, address: str, known: str) -> int:
    """The page's size as it came over the wire."""
    headers = {"Host": "consultas.example.es", "X-Forwarded-Proto": "https", "Cookie": known, **PACKED}
    wire.request("GET", address, headers=headers)
    answer = wire.getresponse()
    said = answer.read()
    if answer.status != 200:
        sys.exit(f"{address}: {answer.status}")
    return len(said)


@contextmanager
def technicians(port: int, known: str, count: int) -> Iterator[Looks]:
    """So many people look while the block runs."""
    words = [sys.executable, "-m", "bench.looking", str(port), known, str(count)]
    looks = Looks()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield looks
        told, _ = process.communicate()
    looks.count, looks.p50, looks.p95 = json.loads(told)


def main() -> None:
    """Look until nobody holds the input any more."""
    port, known, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    end, took = threading.Event(), list[float]()

    def look(place: int) -> None:
        end.wait(SECONDS * place / count)
        while not end.is_set():
            begun = time.perf_counter()
            # The web has closed the connection of the last look by now.
            get(http.client.HTTPConnection("127.0.0.1", port), AGAIN, known)
            took.append((time.perf_counter() - begun) * 1000)
            end.wait(SECONDS)

    looking = [threading.Thread(target=look, args=(place,)) for place in range(count)]
    for one in looking:
        one.start()
    sys.stdin.read()
    end.set()
    for one in looking:
        one.join()
    cuts = statistics.quantiles(took, n=20) if len(took) > 1 else [0.0] * 19
    print(json.dumps([len(took), cuts[9], cuts[18]]))


if __name__ == "__main__":
    main()
