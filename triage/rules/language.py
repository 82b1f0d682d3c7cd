"""In which language is it written?"""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from triage.reading import LONGEST, Reading
from triage.verdict import Verdict

RULE = "language"
FILE = Path(__file__).parent.parent / "data" / "languages.txt"
WORD = re.compile(r"[^\W\d_]+(?:['’·-][^\W\d_]+)*")
# An address begins where a word does: trying it at every letter of an endless word would take for ever.
ADDRESS = re.compile(r"(?<!\S)\S+@\S+|https?://\S+|www\.\S+|\[[^\]\n]*\]")
SIGNS = ".,;:!?¿¡()«»\"'-"
ADDRESS_SIGNS = ("@", "://", "www.", "[")
QUOTED = re.compile(r"«[^»\n]*»|“[^”\n]*”|\"[^\"\n]*\"")
SCRIPTS = (
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
)
FOREIGN = re.compile(r"[\u0370-\u04ff\u0600-\u06ff\u0900-\u097f\u4e00-\u9fff]")
CYRILLIC = (("uk", re.compile(r"[іїєґ]")), ("ru", re.compile(r"[ыэё]")))
BULGARIAN = re.compile(r"ъ[^\W\d_]|\b(?:съм|не|да|ми|се|за|от|как|може|имам|здравейте|добър|моля)\b")
RUSSIAN = re.compile(r"\b(?:я|не|мне|как|что|здравствуйте|можно|нужно|пожалуйста|это|меня|для|добрый)\b")
LEAST_LETTERS, LEAST_WORDS, LEAD = 6, 4, 1.5
LEAST_SHARE = 0.25


def language(reading: Reading, verdict: Verdict) -> Verdict:
    """The one whose script or small words it shows; the desk's own while it does not clearly show another."""
    own = reading.enquiry.languages[0] if reading.enquiry.languages else "es"
    found = identify(reading.enquiry.text[:LONGEST], own=own, forwarded=reading.forwarded)
    if found == own and reading.enquiry.subject and len(reading.enquiry.text.split()) < LEAST_WORDS:
        found = identify(
            f"{reading.enquiry.subject}\n{reading.enquiry.text}"[:LONGEST], own=own, forwarded=reading.forwarded
        )
    if found == own:
        return verdict if verdict.language == own else verdict.say(RULE, "language", own, "lengua propia", language=own)
    return verdict.say(RULE, "language", found, f"está escrito en otra lengua ({found})", language=found)


def identify(text: str, *, own: str = "es", forwarded: bool = False) -> str:
    """ISO 639-1. Of a forward, the language of its longest foreign part if there is one; the clerk's is her own."""
    plain = ADDRESS.sub(" ", text) if any(sign in text for sign in ADDRESS_SIGNS) else text
    if forwarded:
        parts = [part for part in re.split(r"\n\s*\n|\n-{2,}|\n_{4,}", plain) if len(part.split()) >= LEAST_WORDS * 2]
        told = [found for found in (_of(part, own) for part in parts) if found != own]
        if told:
            return told[-1]
    return _of(plain, own)


def _of(text: str, own: str) -> str:
    script = _script(text)
    if script:
        return script
    quoted = any(sign in text for sign in '«“"')
    counts = _said((QUOTED.sub(" ", text) if quoted else text).lower().replace("’", "'"))
    if counts.total() < 2:
        counts = _said(text.lower())
    if counts.total() < 2 and not counts.keys() & _greetings():
        return own
    scores, codes = dict.fromkeys(_words(), 0.0), _codes()
    for word in codes.keys() & counts.keys():
        for code, weight in codes[word]:
            scores[code] += weight * counts[word]
    best = max(scores, key=lambda code: scores[code])
    telling = sum(counts[word] for word in _words()[best].keys() & counts.keys()) / max(counts.total(), 1)
    if best == own or scores[best] < 2 or telling < LEAST_SHARE or scores[best] < scores.get(own, 0) * LEAD:
        return own
    return best


def _said(text: str) -> Counter[str]:
    """The words of a text; most stand alone between spaces and signs, which spares the long pattern."""
    found = Counter(text.split())
    for chunk in [one for one in found if not one.isalpha()]:
        times, word = found.pop(chunk), chunk.strip(SIGNS)
        for part in (word,) if word.isalpha() else WORD.findall(word):
            found[part] += times
    return found


@lru_cache(maxsize=1)
def _codes() -> dict[str, list[tuple[str, float]]]:
    """The languages of a word with its weight in each: most words of a message are in none."""
    found: dict[str, list[tuple[str, float]]] = {}
    for code, known in _words().items():
        for word, weight in known.items():
            found.setdefault(word, []).append((code, weight))
    return found


def _script(text: str) -> str | None:
    if not FOREIGN.search(text):
        return None
    letters = sum(letter.isalpha() for letter in text)
    for code, pattern in SCRIPTS:
        count = len(pattern.findall(text))
        if count >= LEAST_LETTERS and count * 4 >= letters:
            return _cyrillic(text.lower()) if code == "cyrillic" else code
    return None


def _cyrillic(text: str) -> str:
    for code, pattern in CYRILLIC:
        if pattern.search(text):
            return code
    return "bg" if len(BULGARIAN.findall(text)) >= len(RUSSIAN.findall(text)) else "ru"


@lru_cache(maxsize=1)
def _greetings() -> frozenset[str]:
    return frozenset(word for words in _words().values() for word, weight in words.items() if weight >= 2)


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, float]]:
    """Telling words of each language: a line «fr: mot mot»; a word with ! is worth two."""
    found: dict[str, dict[str, float]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        code, colon, words = line.partition(":")
        if colon and not line.startswith("#"):
            known = found.setdefault(code.strip(), {})
            for word in words.split():
                known[word.rstrip("!")] = 2.0 if word.endswith("!") else 1.0
    return found
