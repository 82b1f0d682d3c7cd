"""The command line of this leaf: `python -m channels.email parse FILE…` prints one line of JSON for each mail."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from channels.email import headers, token, walk
from channels.email.parse import parse
from channels.message import Forwarded, Inbound, Kind, Participant

USE = "usage: python -m channels.email parse [FILE…]   (without files, their paths come on standard input)"


def main(arguments: list[str]) -> int:
    """Print what each mail says; exit 0, or 2 when asked for something else."""
    if not arguments or arguments[0] != "parse":
        print(USE, file=sys.stderr)
        return 2
    paths: Iterable[str] = arguments[1:] or (line.rstrip("\r\n") for line in sys.stdin)
    for path in paths:
        if path.strip():
            print(json.dumps(described(path), ensure_ascii=True), flush=True)
    return 0


def described(path: str) -> dict[str, object]:
    """The mail in the file as the contract of the command names it; a missing file is unreadable."""
    try:
        raw = Path(path).read_bytes()
    except (OSError, ValueError):
        raw = b""
    inbound = parse(raw, line="", received_at=datetime.now(UTC))
    top = headers.read(walk.with_line_ends(raw))[0]
    unreadable = inbound.kind is Kind.UNREADABLE
    address = inbound.addresses[0].address if inbound.addresses else ""
    who = Participant(address=address, name=inbound.sender_name) if address or inbound.sender_name else None
    return {
        "path": path,
        "kind": str(inbound.kind),
        "message_id": inbound.external_id,
        "in_reply_to": inbound.in_reply_to,
        "references": list(inbound.references),
        "from": _person(who) if who else None,
        "to": [_person(person) for person in token.named(top, "to")],
        "cc": [_person(person) for person in token.named(top, "cc")],
        "subject": inbound.subject,
        "date": _moment(inbound.sent_at),
        "text": inbound.text or None,
        "reply": inbound.reply or None,
        "forwarded": _forwarded(inbound.forwarded) if inbound.forwarded else None,
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": one.size}
            for one in ([] if unreadable and not inbound.text and not raw else inbound.attachments)
        ],
        "bounce": _bounce(inbound) if inbound.kind is Kind.BOUNCE else None,
    }


def _person(person: Participant) -> dict[str, str | None]:
    return {"address": person.address or None, "name": person.name}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _forwarded(found: Forwarded) -> dict[str, object]:
    return {
        "from": _person(found.sender) if found.sender else None,
        "subject": found.subject,
        "date": _moment(found.date),
        "text": found.text or None,
        "comment": found.comment or None,
    }


def _bounce(inbound: Inbound) -> dict[str, object]:
    return {
        "recipients": [
            {"address": one.address, "status": one.status, "permanent": one.permanent} for one in inbound.bounced
        ]
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
