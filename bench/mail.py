"""Reading mail: our parser beside the standard library's on the same bytes, and fetching a full mailbox.

Run: python -m bench.mail [MAILS]. Times are of the processor; the best of twenty rounds counts for each mail.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from bench.mailbox import mails
from channels.email.adapter import Email
from channels.email.parse import parse

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "samples" / "email"
TURNS = 20
NOW = datetime.now(UTC)


def main() -> None:
    """Print one table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))]
    made = list(mails(200))
    print(f"{'':30}{'mails/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'fails':>7}")
    for what, raws in ((f"{len(samples)} samples", samples), (f"{len(made)} plain mails", made)):
        for name, read in (("ours", _ours), ("stdlib email", _stdlib)):
            _row(f"{what}, {name}", read, raws)
    _fetch(count)


def _ours(raw: bytes) -> None:
    parse(raw, line="consultas@example.es", received_at=NOW)


def _stdlib(raw: bytes) -> None:
    """What the library offers of it: subject, sender, words and files, without quotes, forwards or reports."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    str(message["subject"]), str(message["from"])
    body = message.get_body(("plain", "html"))
    if body is not None:
        body.get_content()
    for part in message.iter_attachments():
        part.get_payload(decode=True)


def _row(what: str, read: Callable[[bytes], None], raws: Sequence[bytes]) -> None:
    times: dict[bytes, float] = {}
    # In rounds, so that nothing is still warm from the last time that the same mail was read.
    for _ in range(TURNS):
        for raw in raws:
            start = time.process_time()
            try:
                read(raw)
            except (LookupError, ValueError, TypeError, AttributeError):
                continue
            times[raw] = min(times.get(raw, 1e9), time.process_time() - start)
    each = sorted(times.values())
    p99 = statistics.quantiles(each, n=100)[98]
    middle, fails = statistics.median(each), len(set(raws)) - len(each)
    print(f"{what:30}{len(each) / sum(each):9.0f}{middle * 1000:9.2f}{p99 * 1000:9.2f}{fails:7}")


def _fetch(count: int) -> None:
    from tests.servers import dovecot

    with dovecot.running() as mailbox:
        for raw in mails(count):
            mailbox.deliver(raw)
        channel = Email.from_env({"IMAP_URL": mailbox.url(), "MAIL_FROM": "consultas@example.es"})
        assert channel is not None
        start, cpu = time.monotonic(), time.process_time()
        fetched = sum(1 for _ in channel.poll(lambda _: False))
        wall, used = time.monotonic() - start, time.process_time() - cpu
        known = time.monotonic()
        list(channel.poll(lambda _: True))
        again = time.monotonic() - known
    print(f"fetched from Dovecot: {fetched} mails, {fetched / wall:.0f}/s, {used / fetched * 1000:.2f} ms of ours each")
    print(f"a poll that finds nothing new among {count}: {again * 1000:.0f} ms")


if __name__ == "__main__":
    main()
