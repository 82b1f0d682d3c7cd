"""Spanish words made alike: folded, stemmed, and keyed by their sound, so that what is written badly is still found."""

import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache

ACCENTED, MARK = re.compile(r"[^\x00-\x7f]"), re.compile("[\u0300-\u036f]")
TOKEN = re.compile(r"[^\W_]+(?:@[^\W_]+)?")
# Most texts have neither «@» nor an underline, and for them this finds the same three times as fast.
PART, WORD = re.compile(r"[^\W_]+"), re.compile(r"\w+")
# Written, told: one after the other.
SOUNDS = (
    *(("que", "ke"), ("qui", "ki"), ("q", "k"), ("ce", "se"), ("ci", "si"), ("z", "s"), ("ch", "x"), ("c", "k")),
    *(("ge", "je"), ("gi", "ji"), ("gue", "ge"), ("gui", "gi"), ("v", "b"), ("w", "b"), ("ll", "y"), ("h", "")),
)
SOUNDLESS, TWICE = re.compile(r"[^a-z0-9ñ]"), re.compile(r"(.)\1+")
DROPPED, X_BEFORE = re.compile(r"(?<=a)d(?=[oa]s?$)"), re.compile(r"x(?=[^aeiou])")


STEMMING = threading.Lock()


@lru_cache(maxsize=1)
def stemmer() -> Callable[[str], str]:
    import snowballstemmer

    found: Callable[[str], str] = snowballstemmer.stemmer("spanish").stemWord
    return found


def fold(text: str) -> str:
    """Lower case without accents; the ñ stays, and ligatures and full-width letters become plain ones."""
    if not text.isascii():
        for letter in set(ACCENTED.findall(text)):
            text = text.replace(letter, plain(letter))
    return text.casefold()


@lru_cache(maxsize=4096)
def plain(letter: str) -> str:
    """A letter without its marks, spread into several if it stands for several; nothing for a mark alone."""
    if letter in "ñÑ":
        return "ñ"
    spread = unicodedata.normalize("NFKD", letter)
    return "".join(one for one in spread if not (MARK.match(one) or unicodedata.combining(one))).casefold()


def tokens(text: str) -> list[str]:
    """The folded words of a text, in order; «cl@ve» is one word."""
    return folded_tokens(fold(text))


def folded_tokens(folded: str) -> list[str]:
    """The words of a text that is folded already."""
    if "@" in folded:
        return [token.replace("@", "a") for token in TOKEN.findall(folded)]
    found: list[str] = (PART if "_" in folded else WORD).findall(folded)
    return found


@lru_cache(maxsize=20_000)
def stem(token: str) -> str:
    """The stem of a folded word; what holds a digit is a code and stays whole."""
    if len(token) < 4 or not token.isalpha() or not token.isascii():
        return token
    # The library keeps the word it works on in itself, so two threads would mix theirs.
    with STEMMING:
        return stemmer()(token)


@lru_cache(maxsize=20_000)
def sound(token: str) -> str:
    """How a folded word sounds: b and v, ll and y, c, s and z, and the mute h are one; «-ado» is «-ao»."""
    if not (token.isascii() and token.isalnum()):
        token = SOUNDLESS.sub("", token)
    for written, told in SOUNDS:
        token = token.replace(written, told)
    if "d" in token[-3:]:
        token = DROPPED.sub("", token)
    token = token.replace("mb", "nb").replace("mp", "np")
    if "x" in token:
        token = X_BEFORE.sub("s", token)
    return TWICE.sub(r"\1", token)


def words(text: str) -> str:
    """What a search index stores of a text: folded stems with spaces between. Deterministic, no correction."""
    return " ".join(stem(token) for token in tokens(text))
