"""What somebody newly said in a mail, without what was quoted. Pure; rather too much than too little."""

import re
from dataclasses import dataclass

from channels.email import block, quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Lines that introduce a quote: `first` to before `after`. `rest` says that all that follows belongs to it."""

    first: int
    after: int
    rest: bool


def newly_said(text: str, *, is_reply: bool = True) -> str:
    """The new words; the whole text if nothing would be left or nothing is quoted.

    Lines behind «>» in a mail that answers none, under nothing that introduces a quote, are somebody's own list.
    """
    lines = quotes.unfolded(text)
    if quotes.too_much(lines):
        return text.strip()
    kept, introduced = _kept(lines, answers=is_reply)
    if not (is_reply or introduced):
        kept = lines
    if _answers_inside(lines, kept):
        return text.strip()
    # Above a quote the program's own line is the end of what was said, and some people write under it.
    kept = _without_device(kept) if len(kept) == len(lines) else kept
    said = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return said or _below(lines, answers=is_reply) or text.strip()


def _answers_inside(lines: list[str], kept: list[str]) -> bool:
    """«Le contesto abajo en rojo»: the words are among those of a quote that is not marked line by line."""
    unmarked = len(kept) < len(lines) and not any(line.lstrip().startswith(">") for line in lines)
    return unmarked and bool(quotes.INSIDE.search("\n".join(kept)[:3000]))


def mark(lines: list[str], start: int, *, answers: bool = False) -> Mark | None:
    """What on this line introduces a quote, or None; `answers` says that the mail answers one."""
    line = lines[start]
    if not line.strip():
        return None
    above = quotes.ABOVE.match(line) or (answers and "##" in line and quotes.BETWEEN_SIGNS.match(line))
    if above or quotes.framed(line):
        return Mark(first=start, after=start + 1, rest=not _quoted_next(lines, start + 1))
    if quotes.SEPARATOR.match(line[:400]):
        return Mark(first=start, after=_after_block(lines, start + 1), rest=not _quoted_next(lines, start + 1))
    if "---" in line and quotes.NOTES.match(line) and (found := _block_near(lines, start + 1)):
        return Mark(first=start, after=found.after, rest=not found.quoted)
    if quotes.RULE.match(line):
        found = _block_near(lines, start + 1)
        return Mark(first=start, after=found.after, rest=not found.quoted) if found else None
    found = block.at(lines, start)
    if found:
        return Mark(first=start, after=found.after, rest=not _quoted_next(lines, found.after))
    return _attribution(lines, start)


def _attribution(lines: list[str], start: int) -> Mark | None:
    """«El …, Ana escribió:», also when it was broken over up to six lines."""
    if not quotes.OPENS.match(lines[start][:400]) and not quotes.attribution(lines[start][:500]):
        return None
    joined = ""
    for after in range(start + 1, min(len(lines), start + 6) + 1):
        piece = lines[after - 1].strip()
        if after - start > 1 and (_ended(joined) or not (piece or _still_open(joined))):
            return None
        joined = f"{joined} {re.sub(r'^[> ]+', '', piece)}".strip() if joined else piece
        if len(joined) > 500 or (after - start > 1 and _begins_anew(lines[after - 1])):
            return None
        whole = after - start == 1 or joined.rstrip(" *_").endswith((":", "："))
        if whole and quotes.attribution(joined) and _introduces(joined, lines, after):
            return Mark(first=start, after=after, rest=not _quoted_next(lines, after))
        if quotes.DATED.match(joined) and _quoted_next(lines, after):
            return Mark(first=start, after=after, rest=False)
    return None


def _begins_anew(line: str) -> bool:
    """A line that is an attribution by itself belongs to no earlier one; the words above it are the customer's."""
    opens = re.match(rf"^[\s>*_]*+(?:{quotes.STARTS})\b.*\d", line[:400], re.IGNORECASE)
    return bool(opens) or (line.lstrip().startswith(">") and bool(quotes.attribution(line[:500])))


def _ended(joined: str) -> bool:
    """Whether what was joined so far is a sentence of somebody's: it ends as one, or has no date's end yet."""
    dated = r"\d{4}|\d[:.h/]\d{2}|\d/\d|[<@]|\d{1,2} (?:de )?[^\W\d_]{3,12}\.?,?(?: de)?$"
    return bool(re.search(r"[^\W\d_]{5,}[.!?…]$", joined)) or not re.search(dated, joined)


def _still_open(joined: str) -> bool:
    return joined.count("<") > joined.count(">") or bool(re.search(r"\d{1,2}[:.]\d{2}", joined))


def _introduces(joined: str, lines: list[str], after: int) -> bool:
    """A sentence of the customer's («El 3 de mayo el alcalde escribió:») introduces nothing."""
    if _quoted_next(lines, after):
        return True
    if not joined.rstrip(" *_").endswith((":", "：", "--")):
        return False
    return any(sign.search(joined) for sign in (quotes.ADDRESS, quotes.CLOCK, quotes.NAMED))


def _quoted_next(lines: list[str], start: int) -> bool:
    """Whether the first line with words from here on is marked with «>»."""
    following = next((line for line in lines[start : start + 4] if line.strip()), "")
    return following.lstrip().startswith((">", "|"))


def _after_block(lines: list[str], start: int) -> int:
    found = _block_near(lines, start)
    return found.after if found else start


def _block_near(lines: list[str], start: int) -> block.Block | None:
    """A header block at most three lines further on, with nothing before it but blanks."""
    for position in range(start, min(len(lines), start + 4)):
        if lines[position].strip(" >*"):
            return block.at(lines, position)
    return None


def _kept(lines: list[str], *, answers: bool) -> tuple[list[str], bool]:
    """What is left of the lines, and whether anything introduced a quote."""
    out: list[str] = []
    position, introduced = 0, False
    # One such line by itself («> 50 años tengo») is more likely said than quoted.
    alone = sum(_is_quoted(line) for line in lines) == 1
    while position < len(lines):
        if shared := _shared(lines, position):
            out += [shared, ""]
            introduced = True
            position = _after_quoted(lines, position + 1)
            continue
        found = mark(lines, position, answers=answers)
        introduced = introduced or found is not None
        if found and found.rest:
            break
        if "" in out and quotes.SIGNATURE.match(lines[position]) and _after_quote_only(lines, position):
            break
        if found:
            position = _after_quoted(lines, found.after)
        elif _is_quoted(lines[position]) and not alone:
            position = _after_quoted(lines, position)
        else:
            out.append(lines[position].rstrip())
            position += 1
            continue
        out.append("")
    return out, introduced


def _after_quote_only(lines: list[str], position: int) -> bool:
    """A short signature that stands under a quote and not under words."""
    above = next((line for line in reversed(lines[:position]) if line.strip()), "")
    return _is_quoted(above) and len(lines) - position <= 12


def _is_quoted(line: str) -> bool:
    """«>>> mire esto <<<» is decoration, not a quote."""
    bare = line.lstrip()
    if bare.startswith("| "):
        # A row of a table has more than one bar.
        return "|" not in bare[1:]
    return bare.startswith(">") and not re.match(r"^>.*[^<>]<{2,}\s*$", bare[:400])


def _wrapped(line: str) -> bool:
    """The end of an address that was too long for its line: one word that is none of a language."""
    bare = line.strip()
    return bool(re.fullmatch(r"\(?\S{4,}(?: >)?", bare)) and bool(re.search(r"[/=_]|^\(?https?:", bare))


def _shared(lines: list[str], position: int) -> str | None:
    """The words on a line that goes on with the attribution of the quote below, or None."""
    if "@" not in lines[position] or not _quoted_next(lines, position + 1):
        return None
    match = quotes.SHARED.match(lines[position][:500])
    return match["said"].rstrip("-").rstrip() if match else None


def _after_quoted(lines: list[str], start: int) -> int:
    """The first line after a run of quoted lines; blank lines inside the run belong to it."""
    position = last = start
    while position < len(lines):
        line = lines[position]
        if _is_quoted(line) or (_wrapped(line) and _is_quoted((lines[position + 1 : position + 2] or [""])[0])):
            last = position + 1
        elif line.strip():
            break
        position += 1
    return last if last > start else start


def _without_device(lines: list[str]) -> list[str]:
    """Without «Enviado desde mi iPhone» at the end; a signature stays, since it names the town and the telephone."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if lines and quotes.DEVICE.match(lines[-1]) and any(line.strip() for line in lines[:-1]):
        lines = lines[:-1]
    return lines


def _below(lines: list[str], *, answers: bool) -> str:
    """Words under a quote that is not marked line by line cannot be told from it: all of them are kept."""
    for position in range(len(lines)):
        found = mark(lines, position, answers=answers)
        if found:
            return "\n".join(lines[found.after :]).strip()
    return ""
