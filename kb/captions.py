"""WebVTT, the captions of a video, read and written as cues with seconds."""

import re
from dataclasses import dataclass

from kb.words import tokens

TIMING = re.compile(
    r"^\s*(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{3})\s*-->\s*(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{3})"
)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>")
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&lrm;", ""), ("&rlm;", ""), ("&amp;", "&"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """The cues in order; `error` is a Spanish sentence when the text was no captions, and then there are no cues."""

    cues: tuple[Cue, ...] = ()
    error: str | None = None


def read(text: str) -> Captions:
    """Never raises. Cues that cannot be read are left out; a file without any is an error."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        return Captions(error="El archivo no empieza por «WEBVTT»: no son subtítulos en ese formato.")
    blocks = re.split(r"\n[ \t]*(?:\n[ \t]*)+", text)
    cues = sorted((found for block in blocks if (found := cue(block))), key=lambda one: (one.start, one.end))
    if not cues:
        return Captions(error="El archivo no tiene ningún subtítulo con sus tiempos.")
    return Captions(cues=tuple(cues))


def cue(block: str) -> Cue | None:
    lines = block.split("\n")
    for place, line in enumerate(lines[:3]):
        if timing := TIMING.match(line):
            start, end = seconds(timing.groups()[:4]), seconds(timing.groups()[4:])
            words = plain(" ".join(part.strip() for part in lines[place + 1 :] if part.strip()))
            return Cue(start=start, end=end, text=words) if words and end > start else None
    return None


def plain(text: str) -> str:
    text = TAG.sub("", text)
    for entity, sign in ENTITIES:
        text = text.replace(entity, sign)
    return " ".join(text.split())


def seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, rest, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + rest + thousandths / 1000


def write(cues: tuple[Cue, ...]) -> str:
    blocks = [f"{clock(one.start)} --> {clock(one.end)}\n{guarded(one.text)}\n" for one in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def guarded(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clock(at: float) -> str:
    thousandths = max(0, round(at * 1000))
    hours, thousandths = divmod(thousandths, 3_600_000)
    minutes, thousandths = divmod(thousandths, 60_000)
    return f"{hours:02}:{minutes:02}:{thousandths // 1000:02}.{thousandths % 1000:03}"


def at_words(cues: tuple[Cue, ...], words: str) -> float | None:
    """The second at which these words are said, whatever marks stand between them."""
    wanted = tokens(words)
    return next((one.start for one in cues if wanted and tokens(one.text) == wanted), None)
