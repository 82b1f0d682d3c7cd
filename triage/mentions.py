"""Names of places found in a text, each with how surely it is meant as the place of the matter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from triage.places import SMALL, Meaning, Places
from triage.reading import Reading

TOKEN = re.compile(r"[^\W_]+")
HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,12}\b")
GAP = re.compile(r"[ \-–/'«»\"]*\n?[ ]*(?:\(la )?")
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
    r"|vengo|coche|autobus|medico|hospital) (?:\w+ )?(?:en|a|de|desde) $"
)
COMPANY = re.compile(
    r"^,? ?(?:s\.? ?l\.?(?: ?u\.?)?|s\.? ?a\.?|s\.? ?coop\.?|c\.? ?b\.?|e hijos|hermanos|abogados"
    r"|asesores)(?=[\s.,;)]|$)"
)
# The ends of cues of more than one word, and the small words that may stand between a cue and its name.
SMALL_WORDS = ("de", "del", "d", "en", "of", "in", "din", "da", "do", "a", "von", "la", "el", "es", "para", "por")
LAST_WORDS = frozenset(("hall", "electronica", "municipal", "los", "las", *SMALL_WORDS))
CUE_LETTERS = 70
SURE, LIKELY = 86, 91
ALONE = 1.2
HOME = re.compile(
    r"\b(?:soy|somos|vivo|vivimos|resido|residimos|vecin[oa]s?)(?: \w+)? (?:de|en)(?: el| la| los| las)? $"
)


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
    for match in HOST.finditer(reading.folded):
        ine = places.by_host(match.group())
        if ine:
            meaning = Meaning(kind="place", ines=(ine,), name=places.name(ine))
            mail = reading.folded[: match.start()].endswith("@")
            yield Mention(start=match.start(), end=match.end(), meaning=meaning, weight=2.5 if mail else 4)


def _names(reading: Reading) -> Iterator[Mention]:
    """Left to right, the longest name first; what is spelled wrongly only where a place is awaited."""
    tokens = [(match.start(), match.end(), match.group()) for match in TOKEN.finditer(reading.folded)]
    place, places = 0, reading.books.places
    while place < len(tokens):
        hit = _at(tokens, place, places, reading)
        if hit is None:
            place += 1
            continue
        size, mention = hit
        if mention is not None:
            yield mention
        place += size


def _at(
    tokens: list[tuple[int, int, str]], place: int, places: Places, reading: Reading
) -> tuple[int, Mention | None] | None:
    begins = places.may_begin(tokens[place][2])
    if not begins and not _awaited(tokens, place, reading):
        return None
    row = _row(tokens, place, places.longest, reading.folded)
    words = [word for _, _, word in row]
    for size in range(len(row) if begins else 0, 0, -1):
        meaning = places.meaning(words[:size])
        if meaning is not None and words[size - 1] not in SMALL:
            return _judged(row[:size], meaning, reading, guessed=False)
    if len(words[0]) < 3 and words[0] not in SMALL:
        return None
    before = reading.folded[max(0, row[0][0] - CUE_LETTERS) : row[0][0]]
    weight, capital = _cue(before, tokens[place - 1][2] if place else ""), _capital(reading.text, row[0][0])
    if weight < 1 and not capital and not _own_line(reading.folded, row[0][0]):
        return None
    guess = _guess(words, places, LIKELY if weight < 2 else SURE)
    if guess is None:
        return None
    size, meaning = guess
    return _judged(row[:size], meaning, reading, guessed=True)


def _awaited(tokens: list[tuple[int, int, str]], place: int, reading: Reading) -> bool:
    """Whether a name spelled wrongly may stand here: a quick no for most words."""
    start, last = tokens[place][0], tokens[place - 1][2] if place else ""
    near = ")" in reading.folded[max(0, start - 3) : start]
    return near or _may_cue(last) or _capital(reading.text, start) or _own_line(reading.folded, start)


def _row(tokens: list[tuple[int, int, str]], place: int, longest: int, folded: str) -> list[tuple[int, int, str]]:
    row = [tokens[place]]
    for following in tokens[place + 1 : place + longest]:
        gap = folded[row[-1][1] : following[0]]
        if gap != " " and not GAP.fullmatch(gap):
            break
        row.append(following)
    return row


def _guess(words: list[str], places: Places, least: int) -> tuple[int, Meaning] | None:
    for size in range(min(len(words), 6), 0, -1):
        if words[size - 1] in SMALL:
            continue
        meaning = places.sounding(words[:size])
        if meaning is not None and len("".join(words[:size])) > 4:
            return size, meaning
    best: tuple[float, int, Meaning] | None = None
    for size in range(1, min(len(words), 6) + 1):
        key = "".join(words[:size])
        if len(key) < 6 or words[size - 1] in SMALL:
            continue
        hit = process.extractOne(
            key, places.spellings(key), scorer=fuzz.ratio, score_cutoff=least + (3 if len(key) < 8 else 0)
        )
        if hit and (best is None or hit[1] > best[0]):
            best = (hit[1], size, places.by_key(hit[0]))
    return (best[1], best[2]) if best else None


def _judged(
    row: list[tuple[int, int, str]], meaning: Meaning, reading: Reading, *, guessed: bool
) -> tuple[int, Mention | None]:
    start, end = row[0][0], row[-1][1]
    before, after = reading.folded[max(0, start - 70) : start], reading.folded[end : end + 24]
    weight, capital = _cue(before), _capital(reading.text, start)
    if meaning.kind in ("street", "province") or NOT_MINE.search(before):
        return len(row), None
    if weight < 3 and (NOT_HERE.search(before) or TITLE.search(before) or COMPANY.match(after)):
        return len(row), None
    if weight < 1 and _surname(reading.text, start, end):
        return len(row), None
    if weight < 1 and EDGE_BEFORE.search(before) and EDGE_AFTER.match(after):
        weight = ALONE
    if meaning.kind == "outside" and weight < 3 and FAR_LIFE.search(before):
        return len(row), None
    mention = Mention(
        start=start, end=end, meaning=meaning, weight=weight, guessed=guessed, capital=capital, size=len(row)
    )
    return len(row), mention if _counts(mention) else None


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


@lru_cache(maxsize=8192)
def _may_cue(word: str) -> bool:
    """Whether a word right before a name can make a cue of it; most cannot, which spares the long patterns."""
    return word in LAST_WORDS or any(cue.search(f"{word} ") for cue in (STRONG, MEDIUM, WEAK))


def _cue(before: str, last: str | None = None) -> float:
    """How much the words before a name say; `last` is the word right before it, where it is known."""
    tail = before[-CUE_LETTERS:]
    if last is not None and ")" not in tail[-3:] and not _may_cue(last):
        return 0
    if STRONG.search(tail):
        return 3
    if MEDIUM.search(tail) and (WEAK.search(tail) or tail.endswith(("pueblo ", ": ", "municipio "))):
        return 2.2 if HOME.search(tail) else 2
    return 1 if WEAK.search(tail) else 0


def _own_line(folded: str, start: int) -> bool:
    """A line of a word or three, as answers to «¿de qué pueblo?» are."""
    before = folded[max(0, start - 2) : start]
    if before not in {"", " "} and not before.removesuffix(" ").endswith("\n"):
        return False
    end = folded.find("\n", start)
    return len(folded[start : end if end >= 0 else None].split()) <= 4


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
