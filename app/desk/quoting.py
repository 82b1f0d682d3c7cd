"""What a person's mail repeats under its words: the message that it answers, so that its reader knows what of. Pure."""

import html as entities

MARKER = "## Escriba su respuesta por encima de esta línea ##"
WROTE = "Usted escribió:"
MOST_LINES, LONGEST = 12, 1200


def text(ours: str, answered: str) -> str:
    """The plain words: the line above which to answer, ours, and the beginning of theirs, quoted."""
    quoted = "\n".join(f"> {line}".rstrip() for line in _beginning(answered))
    return f"{MARKER}\n\n{ours.rstrip()}\n\n{WROTE}\n{quoted}\n"


def html(ours: str, answered: str) -> str:
    """The same with formatting."""
    quoted = "<br>".join(entities.escape(line) for line in _beginning(answered))
    return f"<p>{MARKER}</p>\n{ours.rstrip()}\n<p>{WROTE}</p>\n<blockquote>{quoted}</blockquote>\n"


def _beginning(answered: str) -> list[str]:
    lines = answered.strip()[:LONGEST].split("\n")[:MOST_LINES]
    whole = len("\n".join(lines)) == len(answered.strip())
    return lines if whole else [*lines, "…"]
