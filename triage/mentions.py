"""Names of places found in a text, each with how surely it is meant as the place of the matter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from triage.cues import Word
from triage.places import SAINTS, SMALL, Meaning, Places
from triage.reading import Reading
from triage.weighing import LETTERS, cued, weight

HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,12}\b")
DOTTED = re.compile(r"\.[a-z]")
GAP = re.compile(r"[ \-–/'«»\"]*\n?[ ]*(?:\(la )?")
EDGE_BEFORE = re.compile(r"(?:^|[\n.,;:()\-–—¿?¡!…>«\"] ?(?:(?:aqui|en|ah|y|de|buenas|hola)[, ]+)?)$")
EDGE_AFTER = re.compile(r"^ ?(?:$|[\n.,;:()\-–—?!…»\"]|[^\w\s])")
NOT_HERE = re.compile(
    r"\b(?:calle|c/|cl|avda?\.?|avenida|plaza mayor|pza\.?|plz\.?|paseo|camino|carretera|ctra\.?|crta\.?"
    r"|travesia|ronda|rio|bar|restaurante|hotel|hostal"
    r"|banco|caja|colegio|ceip|ies|comarca|sierra|tierra|puerta"
    r"|firmado|atentamente|talleres|construcciones|catering|excavaciones|transportes|hermanos|hnos\.?"
    r"|bodegas?|gestoria|panaderia|carniceria|viveros)"
    r" ?(?:de |del )?(?:la |el |los |las )?$"
)
TITLE = re.compile(r"\b(?:don|doña|dña\.?|d\.|señora?|sra?\.?|srta\.?|familia|apellido\w*|fdo\.?:?|me llamo|soy) $")
NOT_MINE = re.compile(
    r"\b(?:no (?:es|soy|somos|vivo|vivimos) (?:de|en)|fuera de|lejos de|cerca de|al lado de|camino de"
    r"|yendo a|un pueblo de|pueblos? de la provincia de|no me vale ir a|sin ir a)(?: la)? $"
)
FAR_LIFE = re.compile(
    r"\b(?:trabaj\w+|viv\w+|estudi\w+|hij[oa]s?|estoy|esta|fuera|viaj\w+|nac\w+|llam\w+|desde|ir|voy|vine"
    r"|vengo|llevad[oa]|coche|autobus|medico|hospital) (?:\w+ )?(?:en|a|de|desde) $"
)
COMPANY = re.compile(
    r"^,? ?(?:s\.? ?l\.?(?: ?u\.?)?|s\.? ?a\.?|s\.? ?coop\.?|c\.? ?b\.?|e hijos|hermanos|abogados"
    r"|asesores)(?=[\s.,;)]|$)"
)
SURE, LIKELY = 86, 91
GUESSED = 6
ALONE = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name in the text. `weight` 4 is an address, 3 a town hall's, 2 somebody's home, 1 a preposition, 0 nothing."""

    start: int
    end: int
    meaning: Meaning
    weight: float
    guessed: bool = False
    capital: bool = False
    size: int = 1


def mentions(reading: Reading) -> list[Mention]:
    """All that count, in the order of the text."""
    found = [*_hosts(reading), *_names(reading)]
    return sorted(found, key=lambda one: one.start)


def _hosts(reading: Reading) -> Iterator[Mention]:
    places = reading.books.places
    if not DOTTED.search(reading.folded):
        return
    for match in HOST.finditer(reading.folded):
        ine = places.by_host(match.group())
        if ine:
            meaning = Meaning(kind="place", ines=(ine,), name=places.name(ine))
            mail = reading.folded[: match.start()].endswith("@")
            yield Mention(start=match.start(), end=match.end(), meaning=meaning, weight=2.5 if mail else 4)


def _names(reading: Reading) -> Iterator[Mention]:
    """Left to right, the longest name first; what is spelled wrongly only where a place is awaited."""
    tokens, places, lines, free = reading.said.words, reading.books.places, _own_lines(reading.folded), 0
    awaited = _awaited(tokens, reading, lines)
    for place in sorted({*_beginnings(tokens, places), *awaited}):
        if place < free:
            continue
        begun = tokens[place][2] in places.beginnings
        hit = _written(tokens, place, places, reading.folded) if begun else None
        guess = _misspelt(tokens, place, reading, lines) if place in awaited and _open(hit) else None
        # «Cerezo de Ariba» is no «Cerezo»: a longer name spelled wrongly says more than the beginning of it.
        guessed = guess is not None and (hit is None or guess[0] > hit[0])
        hit = guess if guessed else hit
        if hit is None:
            continue
        size, meaning = hit
        free = place + size
        mention = _judged(tokens, place, size, meaning, reading, guessed=guessed)
        if mention is not None:
            yield mention


def _open(hit: tuple[int, Meaning] | None) -> bool:
    """Whether nothing was found, or what may be the beginning of a longer name."""
    return hit is None or hit[1].kind in ("prefix", "ambiguous")


def _beginnings(tokens: list[Word], places: Places) -> list[int]:
    """Where a name written rightly may begin: with one word that is a name, or two that begin one."""
    begins, names = places.beginnings, places.names
    last = len(tokens) - 1
    return [
        place
        for place, (_, _, word) in enumerate(tokens)
        if word in begins and (word in names or (word + tokens[place + 1][2] if place < last else word) in begins)
    ]


def _awaited(tokens: list[Word], reading: Reading, lines: frozenset[int]) -> set[int]:
    """Where a name spelled wrongly may stand: after a cue, with a capital, on a line of its own."""
    text = reading.text
    found = set(cued(reading.folded, tokens))
    for place, (start, _, _) in enumerate(tokens):
        if start in lines or (text[start].isupper() and _capital(text, start)):
            found.add(place)
    return found


def _written(tokens: list[Word], place: int, places: Places, folded: str) -> tuple[int, Meaning] | None:
    """The longest name written rightly from here on, with the number of its words."""
    key, end, before, found = "", tokens[place][0], "", None
    for size, (start, stop, word) in enumerate(tokens[place : place + places.longest], 1):
        key += word
        if key not in places.beginnings or not (size == 1 or _joined(folded[end:start], before)):
            break
        meaning, end, before = places.meaning((key,)), stop, word
        if meaning is not None and word not in SMALL:
            found = size, meaning
    return found


def _misspelt(tokens: list[Word], place: int, reading: Reading, lines: frozenset[int]) -> tuple[int, Meaning] | None:
    """What a name may be that is spelled wrongly, where a cue, a capital or a line of its own awaits one."""
    start, _, word = tokens[place]
    if len(word) < 3 and word not in SMALL:
        return None
    told = weight(reading.folded, tokens, place)
    if told < 1 and not _capital(reading.text, start) and start not in lines:
        return None
    row = _row(tokens, place, min(reading.books.places.longest, GUESSED), reading.folded)
    return _guess(row, reading.books.places, LIKELY if told < 2 else SURE)


def _row(tokens: list[Word], place: int, longest: int, folded: str) -> list[str]:
    """The words from here on that may be one name."""
    _, end, before = tokens[place]
    row = [before]
    for start, stop, word in tokens[place + 1 : place + longest]:
        gap = folded[end:start]
        if gap != " " and not _joined(gap, before):
            break
        row.append(word)
        end, before = stop, word
    return row


def _joined(gap: str, before: str) -> bool:
    """Whether what stands between two words lets them be one name; «S. Pedro» is one."""
    return gap == " " or (gap in (". ", ".") and before in SAINTS.values()) or GAP.fullmatch(gap) is not None


def _guess(words: list[str], places: Places, least: int) -> tuple[int, Meaning] | None:
    keys = list(accumulate(words))
    return _by_sound(words, keys, places) or _by_letters(words, keys, places, least)


def _by_sound(words: list[str], keys: list[str], places: Places) -> tuple[int, Meaning] | None:
    found = None
    for size, key in enumerate(keys, 1):
        meaning, more = places.sounding[key]
        if meaning is not None and words[size - 1] not in SMALL and len(key) > 4:
            found = size, meaning
        if not more:
            break
    return found


def _by_letters(words: list[str], keys: list[str], places: Places, least: int) -> tuple[int, Meaning] | None:
    best: tuple[float, int, Meaning] | None = None
    for size, key in enumerate(keys, 1):
        if len(key) < 6 or words[size - 1] in SMALL:
            continue
        hit = places.nearest[key, least + (3 if len(key) < 8 else 0)]
        if hit and (best is None or hit[0] > best[0]):
            best = (hit[0], size, hit[1])
    return (best[1], best[2]) if best else None


def _judged(
    tokens: list[Word], place: int, size: int, meaning: Meaning, reading: Reading, *, guessed: bool
) -> Mention | None:
    """The name as a mention, None if what stands around it makes something else of it."""
    start, end = tokens[place][0], tokens[place + size - 1][1]
    before, after = reading.folded[max(0, start - LETTERS) : start], reading.folded[end : end + 24]
    told, capital = weight(reading.folded, tokens, place), _capital(reading.text, start)
    if meaning.kind in ("street", "province") or NOT_MINE.search(before):
        return None
    if told < 3 and (NOT_HERE.search(before) or TITLE.search(before) or COMPANY.match(after)):
        return None
    if told < 1 and _surname(reading.text, start, end):
        return None
    if told < 1 and EDGE_BEFORE.search(before) and EDGE_AFTER.match(after):
        told = ALONE
    if meaning.kind == "outside" and told < 3 and FAR_LIFE.search(before):
        return None
    mention = Mention(start=start, end=end, meaning=meaning, weight=told, guessed=guessed, capital=capital, size=size)
    return mention if _counts(mention) else None


def _counts(mention: Mention) -> bool:
    """How much the text must say before a name of this kind is believed."""
    meaning, weight = mention.meaning, mention.weight
    letters = mention.end - mention.start
    long = letters > 9 or (mention.size > 1 and letters > 8)
    if meaning.kind == "place":
        return weight >= 1 or ((long or mention.capital) and not mention.guessed)
    if meaning.kind == "locality":
        return weight >= 2 or (weight >= 1 and (mention.capital or letters > 5))
    if meaning.kind == "prefix":
        return weight >= 3 or (weight >= 1 and (mention.capital or mention.size > 1 or weight == ALONE or letters > 5))
    if meaning.kind == "outside":
        return weight >= 1
    if len(meaning.ines) == 1:
        return weight >= 2
    return weight >= 2 or (weight >= 1 and (mention.capital or letters > 6)) or (mention.capital and long)


def _own_lines(folded: str) -> frozenset[int]:
    """Where the lines of four words at most begin, as answers to «¿de qué pueblo?» are."""
    found: set[int] = set()
    start = 0
    for line in folded.split("\n"):
        if len(line.split()) <= 4:
            found.update((start, start + 1) if line.startswith(" ") else (start,))
        start += len(line) + 1
    return frozenset(found)


def _capital(text: str, place: int) -> bool:
    """A name's capital, or a text that shouts."""
    first, second = text[place : place + 1], text[place + 1 : place + 2]
    return first.isupper() and (not second.isupper() or text[place : place + 3].isupper())


def _surname(text: str, start: int, end: int) -> bool:
    """A capitalised neighbour makes a name of a person or a firm of it."""
    before, after = text[:start].rstrip(" "), text[end : end + 12]
    last = before.split()[-1] if before.split() else ""
    joined = before and before[-1].isalpha() and text[:start].endswith(" ")
    return bool((joined and last[:1].isupper() and len(last) > 1) or (after[:1] in " -" and after[1:2].isupper()))
