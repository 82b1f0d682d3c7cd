"""Spanish words made alike: folded, stemmed, and keyed by their sound, so that what is written badly is still found."""

import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache

LATIN_MARKS = re.compile("[\u0300-\u036f]")
TOKEN = re.compile(r"[^\W_]+(?:@[^\W_]+)?")
# Most texts have neither «@» nor an underline, and for them this finds the same three times as fast.
PART, WORD = re.compile(r"[^\W_]+"), re.compile(r"\w+")
SOUNDS = (
    (re.compile(r"[^a-z0-9ñ]"), ""),
    (re.compile(r"qu(?=[ei])|k|q"), "k"),
    (re.compile(r"c(?=[ei])|z"), "s"),
    (re.compile(r"ch"), "x"),
    (re.compile(r"c"), "k"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"gu(?=[ei])"), "g"),
    (re.compile(r"v|w"), "b"),
    (re.compile(r"ll"), "y"),
    (re.compile(r"h"), ""),
    (re.compile(r"(?<=a)d(?=o[s]?$|a[s]?$)"), ""),
    (re.compile(r"m(?=[bp])"), "n"),
    (re.compile(r"x(?=[^aeiou])"), "s"),
    (re.compile(r"(.)\1+"), r"\1"),
)


STEMMING = threading.Lock()


@lru_cache(maxsize=1)
def stemmer() -> Callable[[str], str]:
    import snowballstemmer

    found: Callable[[str], str] = snowballstemmer.stemmer("spanish").stemWord
    return found


def fold(text: str) -> str:
    """Lower case without accents; the ñ stays, and ligatures and full-width letters become plain ones."""
    spread = unicodedata.normalize("NFKD", text.replace("ñ", "\0").replace("Ñ", "\0"))
    plain = spread if spread.isascii() else LATIN_MARKS.sub("", spread)
    # Only other scripts have marks beyond those of Latin letters, and looking at each letter is slow.
    if plain and max(plain) > "\u036f":
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return plain.casefold().replace("\0", "ñ")


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
    for pattern, sign in SOUNDS:
        token = pattern.sub(sign, token)
    return token


def words(text: str) -> str:
    """What a search index stores of a text: folded stems with spaces between. Deterministic, no correction."""
    return " ".join(stem(token) for token in tokens(text))
