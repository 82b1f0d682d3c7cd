"""A real mailbox read, watched and asked."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from channels.channel import Unreachable
from channels.email.settings import Server
from channels.email.wire import Mailbox
from channels.message import Kind
from tests.channels.email.email_channel import email, outbound
from tests.servers.dovecot import PASSWORD, USER, Dovecot

pytestmark = pytest.mark.slow


def mail(number: int, size: int = 0) -> bytes:
    return f"From: a@b.example\r\nSubject: n{number}\r\nMessage-ID: <{number}@b>\r\n\r\n{'x' * size}fin\r\n".encode()


def unknown(_key: str) -> bool:
    return False


def mailbox(dovecot: Dovecot, port: int | None = None, **options: float) -> Mailbox:
    server = Server(
        host="127.0.0.1", port=port or dovecot.port, user=USER, password=PASSWORD, tls=False, starttls=False
    )
    return Mailbox(server, step=options.pop("step", 10), **options)  # type: ignore[arg-type]  # Sizes are whole numbers.


@contextmanager
def cut_after(port: int, most: int) -> Iterator[int]:
    """A way to the server that breaks off once so many bytes came back."""
    listener = socket.create_server(("127.0.0.1", 0))
    ends = [listener]

    def pass_on(source: socket.socket, sink: socket.socket, left: int) -> None:
        try:
            while left > 0 and (data := source.recv(min(4096, left))):
                sink.sendall(data)
                left -= len(data)
        except OSError:
            pass
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        client, _ = listener.accept()
        server = socket.create_connection(("127.0.0.1", port))
        ends.extend((client, server))
        back = threading.Thread(target=pass_on, args=(server, client, most), daemon=True)
        back.start()
        pass_on(client, server, 10**9)
        back.join()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(5)
        for end in ends:
            end.close()


def test_every_mail_is_fetched_once_under_its_key_byte_for_byte(dovecot: Dovecot) -> None:
    for number in range(5):
        dovecot.deliver(mail(number))
    channel = email(imap=dovecot.url())
    first = list(channel.poll(unknown))
    seen = {fetched.wire_key for fetched in first[:3]}
    rest = list(channel.poll(seen.__contains__))

    validity = dovecot.uidvalidity()
    assert [fetched.wire_key for fetched in first] == [f"{validity}:{uid}" for uid in range(1, 6)]
    assert [fetched.raw for fetched in first] == [mail(number) for number in range(5)]
    assert rest == first[3:]


def test_what_somebody_has_read_is_fetched_and_what_we_fetch_stays_unread(dovecot: Dovecot) -> None:
    dovecot.append(mail(1), flags="(\\Seen)")
    dovecot.deliver(mail(2))
    fetched = list(email(imap=dovecot.url()).poll(unknown))

    assert len(fetched) == 2
    assert ["\\Seen" in flags for flags in dovecot.flags()] == [True, False]


def test_a_mailbox_made_anew_is_read_anew(dovecot: Dovecot) -> None:
    dovecot.deliver(mail(1))
    channel = email(imap=dovecot.url())
    seen = {fetched.wire_key for fetched in channel.poll(unknown)}
    dovecot.recreate()
    dovecot.deliver(mail(2))

    assert [fetched.raw for fetched in channel.poll(seen.__contains__)] == [mail(2)]


def test_batches_lose_nothing(dovecot: Dovecot) -> None:
    for number in range(7):
        dovecot.deliver(mail(number))

    assert len(list(mailbox(dovecot, batch=3).poll(unknown))) == 7


def test_a_mail_too_big_to_fetch_becomes_a_visible_note(dovecot: Dovecot) -> None:
    dovecot.deliver(mail(1, size=5000))
    fetched = next(mailbox(dovecot, biggest=2000).poll(unknown))
    found = email(imap=dovecot.url()).parse(fetched.raw, datetime.now(UTC))[0]

    assert len(fetched.raw) < 1000
    assert (found.subject, found.kind) == ("n1", Kind.MESSAGE)  # type: ignore[union-attr]  # Mail is never a Receipt.
    assert "demasiado grande" in found.text  # type: ignore[union-attr]  # As above.


@pytest.mark.parametrize("most", [20, 400, 900, 5000, 20_000])
def test_a_connection_cut_anywhere_never_yields_half_a_mail(dovecot: Dovecot, most: int) -> None:
    dovecot.deliver(mail(1))
    dovecot.deliver(mail(2, size=60_000))
    taken = []
    with cut_after(dovecot.port, most) as port, pytest.raises(Unreachable):
        for fetched in mailbox(dovecot, port=port, step=3).poll(unknown):
            taken.append(fetched.raw)

    assert taken in ([], [mail(1)])


def test_a_wrong_password_is_said_in_spanish(dovecot: Dovecot) -> None:
    with pytest.raises(Unreachable, match="usuario o la clave"):
        list(email(imap=dovecot.url(password="otra")).poll(unknown))


def test_a_folder_that_is_not_there_is_said_in_spanish(dovecot: Dovecot) -> None:
    with pytest.raises(Unreachable, match="carpeta"):
        list(email(imap=dovecot.url(mailbox="Inexistente")).poll(unknown))


def test_a_server_that_is_down_is_unreachable(dovecot: Dovecot) -> None:
    dovecot.stop()

    with pytest.raises(Unreachable, match="No hay conexión"):
        list(email(imap=dovecot.url()).poll(unknown))


def test_another_folder_is_read_when_the_url_names_it(dovecot: Dovecot) -> None:
    dovecot.deliver(mail(1), "Consultas año")

    assert len(list(email(imap=dovecot.url(mailbox="Consultas año")).poll(unknown))) == 1


def test_since_brings_what_came_lately(dovecot: Dovecot) -> None:
    dovecot.deliver(mail(1))
    channel = email(imap=dovecot.url())
    now = datetime.now(UTC)

    assert len(list(channel.since(now - timedelta(hours=1)))) == 1
    assert list(channel.since(now + timedelta(hours=1))) == []


def test_a_mail_in_sent_answers_for_an_uncertain_one(dovecot: Dovecot) -> None:
    channel = email(imap=dovecot.url())
    before = channel.ask(outbound())
    dovecot.append(b"From: consultas@example.es\r\nMessage-ID: <7.1@example.es>\r\n\r\nhola\r\n", "Sent")
    after = channel.ask(outbound())

    assert before is None
    assert after is not None
    assert after.outbound_key == 7


def test_what_people_sent_by_hand_is_found(dovecot: Dovecot) -> None:
    dovecot.append(mail(1), "Sent")
    found = list(email(imap=dovecot.url()).sent_since(datetime.now(UTC) - timedelta(hours=1), unknown))

    assert [one.wire_key.split(":")[0] for one in found] == ["sent"]


def test_news_end_the_wait(dovecot: Dovecot) -> None:
    channel = email(imap=dovecot.url())
    list(channel.poll(unknown))
    quiet = channel.idle(0.3)
    timer = threading.Timer(0.5, dovecot.append, args=(mail(1),))
    timer.start()
    came = channel.idle(15)
    timer.join()

    assert (quiet, came) == (False, True)


def test_what_came_between_poll_and_wait_ends_the_wait_at_once(dovecot: Dovecot) -> None:
    channel = email(imap=dovecot.url())
    list(channel.poll(unknown))
    dovecot.append(mail(1))

    assert channel.idle(15)


def test_whoever_never_looked_does_not_wait(dovecot: Dovecot) -> None:
    assert email(imap=dovecot.url()).idle(15)


def test_a_wish_to_stop_ends_the_wait(dovecot: Dovecot) -> None:
    channel, end = email(imap=dovecot.url()), threading.Event()
    list(channel.poll(unknown))
    timer = threading.Timer(0.2, end.set)
    timer.start()
    began = time.monotonic()
    came = channel.idle(60, end.is_set)
    timer.join()

    assert not came
    assert time.monotonic() - began < 5


def test_a_server_that_goes_while_we_wait_is_unreachable(dovecot: Dovecot) -> None:
    channel = email(imap=dovecot.url())
    list(channel.poll(unknown))
    timer = threading.Timer(0.3, dovecot.stop)
    timer.start()
    with pytest.raises(Unreachable):
        channel.idle(60)
    timer.join()

    assert channel.line == "consultas@example.es"


def test_a_poll_asks_again_only_for_what_no_poll_has_found_to_be_known(dovecot: Dovecot) -> None:
    for number in range(3):
        dovecot.deliver(mail(number))
    channel, kept, asked = email(imap=dovecot.url()), set[str](), list[str]()

    def known(key: str) -> bool:
        asked.append(key)
        return key in kept

    def poll() -> int:
        asked.clear()
        found = [one.wire_key for one in channel.poll(known)]
        return len(found)

    # Whoever polls keeps nothing the first time: the disk was full.
    first, again = poll(), poll()
    kept.update(asked)
    settled = (poll(), len(asked), poll(), len(asked))
    dovecot.deliver(mail(4))
    fresh = (poll(), len(asked))
    dovecot.recreate()
    dovecot.deliver(mail(5))

    assert (first, again) == (3, 3)
    assert settled == (0, 3, 0, 0)
    assert fresh == (1, 1)
    assert poll() == 1
