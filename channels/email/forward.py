"""The mail inside a forward: who wrote it, when, about what, in which words, and what the forwarder added. Pure."""

import re
from dataclasses import replace
from datetime import datetime

from channels.email import block, dates, quotes
from channels.email.block import Block
from channels.message import Forwarded, Participant

PREFIX = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)*(?P<forward>fwd?|rv|tr|wg|i|enc|encam|doorst|vs|vb|vl|pd|reenv(?:iad[oa]|iar|[íi]o)?|reexp|rén|fs|转发)"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：]|^\s*(?:\[[^\]]{1,40}\]\s*)*(?P<reply>re|rsp|res|aw|antw|sv|odp|r|ynt|回复)"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：]",
    re.IGNORECASE,
)


# A forward of a megabyte begins soon, or is none.
LINES_LOOKED_AT = 300
# How often a mail is passed on inside one town hall before it reaches us.
DEEPEST = 5


def find(text: str, *, subject: str | None, is_reply: bool) -> Forwarded | None:
    """The forwarded mail that is written out in the text, or None.

    `is_reply` says that the headers name a mail that this one answers; the subject's first prefix counts for more.
    """
    lines = quotes.unfolded(text)
    said = PREFIX.match(subject or "")
    for position, line in enumerate(lines[: LINES_LOOKED_AT if quotes.too_much(lines) else None]):
        if not line.strip():
            continue
        separator = quotes.SEPARATOR.match(line[:400])
        if _quotes_ours(said, line, separator):
            return None
        if separator and _forwards(separator):
            return _after(lines, position, sure=True)
        if quotes.attribution(line[:500]) and _not_ours(said):
            return None
        found = block.at(lines, position)
        if found and found.sender_line:
            return _by_block(lines, position, found, said=said, is_reply=is_reply)
    return None


def inner(found: Forwarded, *, forwarder: str) -> Forwarded:
    """What a colleague of the forwarder had been forwarded in turn: the colleague asks nothing of us."""
    for _ in range(DEEPEST):
        house = forwarder.rpartition("@")[2]
        passed_on = found.sender is not None and found.sender.address.rpartition("@")[2] == house
        below = (
            find(found.text, subject=found.subject, is_reply=False) if passed_on and by_subject(found.subject) else None
        )
        if below is None or below.sender is None:
            break
        comment = "\n\n".join(said for said in (found.comment, below.comment) if said)
        found = replace(below, comment=comment, sure=found.sure and below.sure)
    return found


def by_subject(subject: str | None) -> bool:
    """Whether the subject says that the mail is a forward."""
    said = PREFIX.match(subject or "")
    return bool(said and said["forward"])


def answers_by_subject(subject: str | None) -> bool:
    """Whether the subject says that the mail is an answer."""
    said = PREFIX.match(subject or "")
    return bool(said and said["reply"])


def _quotes_ours(said: re.Match[str] | None, line: str, separator: re.Match[str] | None) -> bool:
    """Under «Re:», what is below the first sign of a quote is the earlier talk, forwards in it included."""
    if not (said and said["reply"]):
        return False
    return line.lstrip().startswith(">") or bool(separator and not _forwards(separator))


def _forwards(separator: re.Match[str]) -> bool:
    return bool(separator["forwarded"] or separator["forwarded_bare"] or separator["forwarded_alone"])


def _not_ours(said: re.Match[str] | None) -> bool:
    return not (said and said["forward"])


def _by_block(
    lines: list[str], position: int, found: Block, *, said: re.Match[str] | None, is_reply: bool
) -> Forwarded | None:
    """Outlook writes the same block above a reply's quote and a forward: the subject decides, else the headers."""
    if said and said["reply"]:
        return None
    if not (said and said["forward"]) and is_reply:
        return None
    comment_end = _before_rule(lines, position)
    return _read(lines, comment_end, found, sure=bool(said and said["forward"]) and found.sender is not None)


def _before_rule(lines: list[str], position: int) -> int:
    """Where the comment ends: at a rule or «-----Mensaje original-----» right above the block, else at the block."""
    above = position - 1
    while above >= 0 and position - above <= 4 and not lines[above].strip(" >*"):
        above -= 1
    near = above >= 0 and position - above <= 4
    ends = near and (quotes.RULE.match(lines[above]) or quotes.SEPARATOR.match(lines[above][:400]))
    return above if ends else position


def _after(lines: list[str], position: int, *, sure: bool) -> Forwarded | None:
    """What follows an unmistakable separator; without a header block it is a forward whose sender is unknown."""
    for start in range(position + 1, min(len(lines), position + 7)):
        if not lines[start].strip(" >*_-"):
            continue
        found = block.at(lines, start)
        if found and found.sender_line:
            return _read(lines, _before_rule(lines, position), found, sure=sure and found.sender is not None)
        break
    return None


def _read(lines: list[str], comment_end: int, found: Block, *, sure: bool) -> Forwarded:
    below = lines[found.after :] if found.quoted else _under(lines[found.after :])
    inside = _unquoted(below) if found.quoted or _all_quoted(below) else below
    sender = found.sender
    if sender is None and found.sender_line:
        sender = Participant(address="", name=found.sender_line.strip("*\"' ") or None)
    return Forwarded(
        sender=sender,
        subject=found.subject,
        date=_date(found.date),
        text="\n".join(inside).strip(),
        comment=re.sub(r"(?:^|\n)[>\s]*$", "", "\n".join(lines[:comment_end])).strip(),
        sure=sure,
    )


def _all_quoted(lines: list[str]) -> bool:
    """Some webmails mark every line of what they forward, but not its headers."""
    said = [line for line in lines if line.strip()]
    return bool(said) and all(line.lstrip().startswith(">") for line in said)


def _under(lines: list[str]) -> list[str]:
    """Without the second separator that some webmails write under the block."""
    first = next((place for place, line in enumerate(lines[:3]) if line.strip()), 0)
    separator = quotes.SEPARATOR.match(lines[first][:400]) if lines else None
    return lines[first + 1 :] if separator and separator["forwarded"] and lines[first].strip()[-1] in "-=_" else lines


def _unquoted(lines: list[str]) -> list[str]:
    """The quoted lines without one «>»; the first line that is not quoted ends them."""
    out = []
    for position, line in enumerate(lines):
        bare = line.lstrip()
        if bare.startswith(">"):
            out.append(bare[1:].removeprefix(" "))
        elif bare and not any(later.lstrip().startswith(">") for later in lines[position : position + 3]):
            break
        else:
            out.append(line)
    return out


def _date(written: str) -> datetime | None:
    return dates.moment(written)
