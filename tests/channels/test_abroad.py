"""Addresses that strangers have written reach the open Internet and nothing nearer, however they are dressed."""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from requests.exceptions import RequestException

from channels import abroad
from channels.abroad import Address, Rule
from channels.way import Way

# Of this machine's many addresses one plays the open Internet.
OPEN = ipaddress.ip_address("127.0.0.2")


def playing(address: Address) -> bool:
    return address == OPEN


def resolved(*addresses: str) -> Rule:
    """Names have these addresses, one at each asking."""
    answers = iter(addresses)
    return Rule(playing, lambda host, port, **_: [(socket.AF_INET, 1, 6, "", (next(answers), port))])


def figures_only(host: str, *_: object, **__: object) -> list[object]:
    """What a system says that is asked for no names."""
    try:
        return [(socket.AF_INET, 1, 6, "", (str(ipaddress.ip_address(host)), 0))]
    except ValueError as error:
        raise OSError from error


class Listener(ThreadingHTTPServer):
    """Somebody who answers, and remembers by whom she was asked for what; `leads` is where she sends them on."""

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), _Answers)
        self.asked: list[str] = []
        self.leads: str | None = None
        self.url = f"http://{address}:{self.server_address[1]}/"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class _Answers(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(302 if self.server.leads else 200)
        if self.server.leads:
            self.send_header("Location", self.server.leads)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_told: object) -> None:
        return


@pytest.fixture
def listeners() -> Iterator[tuple[Listener, Listener]]:
    """One who stands for the Internet, and a neighbour."""
    made = Listener("127.0.0.2"), Listener("127.0.0.1")
    yield made
    for one in made:
        one.shutdown()
        one.server_close()


def ask(url: str, way: Way | None = None, rule: Rule | None = None) -> int:
    with abroad.session(way or Way(), rule or Rule(playing)) as session:
        return session.get(url, timeout=3).status_code


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:a00:1::1", "fec0::1", "::127.0.0.1", "64:ff9b:1::7f00:1", "5f00::1",
    ],
)  # fmt: skip
def test_no_address_near_home_counts_as_public(address: str) -> None:
    assert not abroad.public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_addresses_of_the_open_internet_do(address: str) -> None:
    assert abroad.public(ipaddress.ip_address(address))


def test_what_is_abroad_is_reached_and_what_is_near_is_never_knocked_at(listeners: tuple[Listener, Listener]) -> None:
    far, near = listeners

    assert ask(far.url) == 200
    with pytest.raises(RequestException):
        ask(near.url)
    assert near.asked == []


def test_a_redirect_to_a_neighbour_is_not_followed(listeners: tuple[Listener, Listener]) -> None:
    far, near = listeners
    far.leads = near.url
    with pytest.raises(RequestException):
        ask(far.url)

    assert (far.asked, near.asked) == (["/"], [])


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_a_neighbour_in_other_figures_is_a_neighbour(host: str, listeners: tuple[Listener, Listener]) -> None:
    _, near = listeners
    with pytest.raises(RequestException):
        ask(f"http://{host}:{near.server_address[1]}/", rule=resolved(socket.inet_ntoa(socket.inet_aton(host))))

    assert near.asked == []


def test_the_address_that_was_looked_at_is_the_one_that_is_reached(listeners: tuple[Listener, Listener]) -> None:
    far, near = listeners
    rule = resolved(str(OPEN), "127.0.0.1")

    assert ask(f"http://dos-caras.example:{far.server_address[1]}/", rule=rule) == 200
    assert (far.asked, near.asked) == (["/"], [])


def test_a_name_with_a_neighbour_among_its_addresses_is_not_reached(listeners: tuple[Listener, Listener]) -> None:
    far, _ = listeners
    both = [(socket.AF_INET, 1, 6, "", (address, 0)) for address in (str(OPEN), "10.0.0.7")]
    with pytest.raises(RequestException):
        ask(f"http://dos-casas.example:{far.server_address[1]}/", rule=Rule(playing, lambda *_, **__: both))

    assert far.asked == []


def test_behind_a_proxy_it_is_the_proxy_that_is_asked_but_for_no_neighbour(
    listeners: tuple[Listener, Listener],
) -> None:
    far, _ = listeners
    way, rule = Way(proxy=far.url), Rule(playing, figures_only)

    assert ask("http://consultas.example/", way, rule) == 200
    assert far.asked == ["http://consultas.example/"]
    with pytest.raises(RequestException):
        ask("http://10.0.0.7/", way, rule)
    assert len(far.asked) == 1
