"""How much the words before a name say that it is the place of the matter."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.known import Known
from triage.cues import Word

LINK = r"(?: ?\([^)]*\))?(?:,? (?:de|del|d|en|of|in|din|da|do|a|von|la|el|en el|en la|es|es de|para|por|:))* ?[«\"(:]?$"
STRONG = re.compile(
    r"\b(?:ayuntamientos?|ayuntamiento|ayto\.?|aytmo\.?|ayt\.?|ayunta|ayuntamient[oa]|alluntamiento"
    r"|halluntamiento|excmo|concejo|consistorio|alcaldia"
    r"|alcalde(?:sa)?|secretari[oa]|sede(?: electronica)?|municipio|mairie(?: de)?|mairie|primaria"
    r"|primariei|town ?hall|council|ajuntament|concello"
    r"|udala|gemeinde|prefeitura|camara|camara municipal|tablon|pleno|кмет\w+|община|муниципалитет\w*|بلدية|comune)"
    + LINK
)
MEDIUM = re.compile(
    r"\b(?:soy|somos|vivo|vive|vivimos|viven|vecin[oa]s?|pueblo|localidad|pedania|casa|piso|finca|garaje"
    r"|parcela|local|nave|solar|terreno|vivienda"
    r"|chalet|empadron\w*|padron|natural|residente|residimos|resido|live|living|house|habit\w+|moro"
    r"|locui\w+|maison|haus|ferienhaus|llama\w*|desde"
    r"|mudad[oa]|mudarme|mudamos|trasladad[oa]|licencia|obra|tasa|basura|agua|recibo|ibi|registro|piscina"
    r"|escuela|plaza|bolsa|multa|notificacion|живея\w*|села?"
    r"|señora?|sra?\.?|ciudadan[oa]|usuari[oa]|interesad[oa]|municipal|cosas?|es|lo|la)" + LINK
)
WEAK = re.compile(
    r"(?:^|[\s(«\"'])(?:de|del|d|en|n|a|al|para|pa|por|x|desde|in|of|to|la de|el de|à|zu|aus|din|da|do|в"
    r"|во|на|от|з|у|fi|في|من)[ «\"]*$"
)
HOME = re.compile(
    r"\b(?:soy|somos|vivo|vivimos|resido|residimos|vecin[oa]s?)(?: \w+)? (?:de|en)(?: el| la| los| las)? $"
)
# The ends of cues of more than one word, and the small words that may stand between a cue and its name.
LINKS = frozenset(("de", "del", "d", "en", "of", "in", "din", "da", "do", "a", "von", "la", "el", "es", "para", "por"))
ENDS = ("hall", "electronica", "municipal")
LAST_WORDS = frozenset((*ENDS, "los", "las", *LINKS))
LETTERS = 70


def weight(folded: str, tokens: list[Word], place: int) -> float:
    """3 after a town hall's word, 2 after a word for home or business, 1 after a preposition, 0 after others."""
    start = tokens[place][0]
    if place == 0 or not (PARTS[tokens[place - 1][2]].last or folded.find(")", max(0, start - 3), start) >= 0):
        return 0
    begin, first = _beginning(folded, tokens, place)
    # What no word of it can be, no pattern need look for; a bracket may hide the word.
    said = None if first is None else [PARTS[word] for _, _, word in tokens[first:place]]
    if (said is None or any(one.strong for one in said)) and STRONG.search(folded, begin, start):
        return 3
    near = WEAK.search(folded, max(0, tokens[place - 1][0] - 1), start)
    if (
        (near or folded.endswith(("pueblo ", ": ", "municipio "), 0, start))
        and (said is None or any(one.medium for one in said))
        and MEDIUM.search(folded, begin, start)
    ):
        return 2.2 if HOME.search(folded, max(0, start - LETTERS), start) else 2
    return 1 if near else 0


def cued(folded: str, tokens: list[Word]) -> Iterator[int]:
    """The words that have something before them that may give them weight."""
    bracket, colon, opened = ")" in folded, ": " in folded, False
    for place, (_, _, word) in enumerate(tokens[:-1], 1):
        is_strong, _, is_weak, is_link, may = PARTS[word]
        opened = is_strong or (opened and is_link)
        if opened or is_weak:
            yield place
        elif (colon and may) or bracket:
            # A bracket may stand between a cue and its name, and a colon makes one of most words.
            start = tokens[place][0]
            closed = bracket and (may or folded.find(")", max(0, start - 3), start) >= 0)
            if (closed and folded.find(")", max(0, start - LETTERS), start) >= 0) or (
                colon and (may or closed) and folded.endswith(": ", 0, start)
            ):
                yield place


def _beginning(folded: str, tokens: list[Word], place: int) -> tuple[int, int | None]:
    """Where the cue of a name must begin: two words before the small ones; with a bracket farther back, at no word."""
    start, first = tokens[place][0], place - 1
    farthest = max(0, start - LETTERS)
    while first > 0 and tokens[first][2] in LINKS and tokens[first][0] > farthest:
        first -= 1
    first = max(0, first - 1)
    begin = tokens[first][0]
    return (farthest, None) if folded.find(")", begin, start) >= 0 else (max(begin, farthest), first)


class Part(NamedTuple):
    """What a word may be in a cue: a town hall's, one for home or business, one that gives weight alone, a small one
    between, the last.
    """

    strong: bool
    medium: bool
    weak: bool
    link: bool
    last: bool


def part(word: str) -> Part:
    strong, medium = (cue.search(f"{word} ") is not None for cue in (STRONG, MEDIUM))
    return Part(
        strong=strong or word in ENDS,
        medium=medium,
        weak=word in ("pueblo", "municipio") or WEAK.search(f" {word} ") is not None,
        link=word in LINKS,
        last=word in LAST_WORDS or strong or medium or WEAK.search(f"{word} ") is not None,
    )


# Most words are no part of any cue, which spares the long patterns.
PARTS = Known(part)
