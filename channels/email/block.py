"""The header block that a mail program puts above what it quotes or forwards: found and read. Pure."""

import re
from dataclasses import dataclass

from channels.email import people, quotes
from channels.message import Participant

LONGEST = 24
CLOCK = re.compile(r"\d{1,2}[:.]\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Where it stands (`first` to before `after`) and what it says."""

    first: int
    after: int
    sender: Participant | None
    sender_line: str
    subject: str | None
    date: str
    quoted: bool


def at(lines: list[str], start: int) -> Block | None:
    """The block that begins on this line; None if none does. It names who wrote, or when and to whom."""
    opening = quotes.label(lines[start])
    if not opening or opening[0] in {"cc", "other"}:
        return None
    found: dict[str, list[str]] = {}
    current, position, last = "", start, start
    while position < min(len(lines), start + LONGEST):
        line = lines[position]
        bare = _bare(line)
        heading = quotes.label(line)
        if heading and (heading[0] not in found or heading[0] == "other"):
            current = heading[0]
            found.setdefault(current, []).append(heading[1])
            last = position
        elif not bare:
            if not _goes_on(lines, position, found):
                break
        elif current and _continues(lines, position, found, current):
            found[current].append(bare)
            last = position
        else:
            break
        position += 1
    if not _told(found):
        return None
    return _block(lines, start, last + 1, found)


def _told(found: dict[str, list[str]]) -> bool:
    """«De: Toledo / A: Madrid» in a list of journeys is no header block; two labels need an address or a subject."""
    said = found.keys() & {"from", "date", "to", "subject", "cc", "reply"}
    if "from" not in found:
        return {"date", "to"} <= said and "@" in " ".join(found["to"])
    if len(said) >= 3:
        # A form that somebody filled in has such labels too, but no address and no hour.
        return any("@" in value or CLOCK.search(value) for name in said for value in found[name])
    return len(said) == 2 and ("@" in " ".join(found["from"]) or ("subject" in found and next(iter(found)) == "from"))


def _bare(line: str) -> str:
    return re.sub(r"^[\s>|]+", "", line).strip()


def _goes_on(lines: list[str], position: int, found: dict[str, list[str]]) -> bool:
    """Programs that make text of HTML put blank lines between the headers."""
    following = next((line for line in lines[position + 1 : position + 3] if _bare(line)), "")
    heading = quotes.label(following)
    return bool(heading and heading[0] not in found and heading[0] not in {"from"} and "subject" not in found)


def _continues(lines: list[str], position: int, found: dict[str, list[str]], current: str) -> bool:
    """Whether a line without a label belongs to the header above it: it was too long, or its value starts below."""
    if not any(found[current]):
        return True
    if len(found[current]) >= (12 if current in {"to", "cc"} else 3):
        return False
    rest = lines[position + 1 : position + 13]
    for line in rest:
        if not _bare(line):
            return current != "subject" or len(found[current][-1]) > 20 or len(found) < 4
        heading = quotes.label(line)
        if heading and heading[0] not in found:
            return True
    return False


def _block(lines: list[str], first: int, after: int, found: dict[str, list[str]]) -> Block:
    sender_line = " ".join(found.get("from", [])).strip()
    subject = " ".join(found.get("subject", [])).strip()
    return Block(
        first=first,
        after=after,
        sender=sender(sender_line),
        sender_line=sender_line,
        subject=subject or None,
        date=" ".join(found.get("date", [])).strip(),
        quoted=lines[first].lstrip().startswith(">"),
    )


def sender(written: str) -> Participant | None:
    """Who wrote, from «Ana <ana@x.es>», «Ana [mailto:ana@x.es]», «ana@x.es<mailto:ana@x.es>» and the like."""
    bare = re.sub(r"\[([^\[\]]{1,200})\]\(mailto:[^()]{1,200}\)", r"\1", written)
    bare = re.sub(r"[<\[(]\s*mailto:\s*([^<>\[\]()]{3,200}?)\s*[>\])]", r"<\1>", bare, flags=re.IGNORECASE)
    bare = re.sub(r"\[\s*([^\[\]\s]{1,200}@[^\[\]\s]{1,200})\s*\]", r"<\1>", bare).replace("*", "")
    match = re.search(quotes.MAIL, bare)
    if not match:
        return None
    address = match[0].strip("'\"<>.").lower()
    name = re.split(r"<|\(?\b" + re.escape(match[0]), bare, maxsplit=1)[0]
    # Lists that rewrite the sender: «'Ana Ruiz' via Registro».
    name = re.sub(r"^'(.{1,200})' (via|a través de) ", r"\1 \2 ", name.strip())
    name = name.strip().strip("'\"").strip(" ,;(").strip("'\"").strip()
    named = people.first(f"{name} <{address}>") if name and "@" not in name else None
    return Participant(
        address=address, name=(named.name if named else None) or (name if "@" not in name else None) or None
    )
