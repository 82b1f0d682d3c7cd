"""The processor's time for one verdict and one search, on mails of the bench and messages: `python -m bench.verdict`.

Figures are of the best of five in a row; `first` is the mean of what was never met before, in milliseconds.
"""

import email
import email.policy
import json
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.mailbox import mails
from kb.search import Search
from kb.shelf import load
from triage.__main__ import province_dir
from triage.enquiry import Enquiry
from triage.library import Library
from triage.policy import decide
from triage.province import read_books

KEPT = Path(__file__).parent.parent / "tests" / "triage" / "unseen" / "enquiries.jsonl"
MAILS, AGAIN = 60, 5


def posted() -> Iterator[Enquiry]:
    """Mails of a thousand letters or so."""
    for raw in mails(MAILS * 3):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        if 1000 <= len(text) <= 1400:
            yield Enquiry(channel="email", received_at=datetime.now(UTC), text=text, subject=message["Subject"])


def written() -> Iterator[Enquiry]:
    """The messages that are kept aside."""
    for line in KEPT.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Enquiry(channel=row["channel"], received_at=datetime.fromisoformat(row["received_at"]), text=row["text"])


def main() -> None:
    started = time.process_time()
    shelf = load()
    search = Search(shelf)
    # As the desk has them: triage and search read a message together.
    books = replace(read_books(province_dir()), library=Library(shelf, search))

    def taken(enquiry: Enquiry) -> float:
        before = time.process_time()
        decide(enquiry, books)
        search.find(enquiry.text, enquiry.subject)
        return (time.process_time() - before) * 1000

    taken(Enquiry(channel="email", received_at=datetime.now(UTC), text="No puedo firmar con el certificado."))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"start {time.process_time() - started:.2f} s, {memory} MB\n")
    for name, enquiries in (("messages", list(written())), ("mails", list(posted())[:MAILS])):
        first = statistics.mean(map(taken, enquiries))
        best = [min(taken(one) for _ in range(AGAIN)) for one in enquiries]
        letters = statistics.median(len(one.text) for one in enquiries)
        sys.stdout.write(
            f"{name}: {len(enquiries)} of {letters:.0f} letters, first {first:.2f}, "
            f"median {statistics.median(best):.2f}, 95 of 100 under {sorted(best)[int(len(best) * 0.95)]:.2f}\n"
        )


if __name__ == "__main__":
    main()
