"""The places of a province: their names as people write them, and what else may be meant by such a name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from kb.known import Known
from kb.words import fold, sound, tokens

SMALL = frozenset(["de", "del", "la", "las", "el", "los", "y", "en", "a", "al"])
SAINTS = {"san": "s", "santa": "sta", "santo": "sto"}
SHORTEST_PREFIX = 4
# So many letters tell the first sound; the last so many may still sound otherwise before others.
SHORTEST_SOUND, UNSETTLED = 6, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town hall and the words for it. `localities` are the villages that belong to it, `domains` its hosts."""

    ine: str
    name: str
    aliases: tuple[str, ...] = ()
    localities: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a name stands for: one town hall, several, a place elsewhere, or nothing that counts (a street).

    `kind` is place | locality | prefix | ambiguous | outside | province | street.
    """

    kind: str
    ines: tuple[str, ...]
    name: str


RANK = ("street", "province", "ambiguous", "place", "locality", "outside", "prefix")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A row of the gazetteer: a name that is not a town hall's own."""

    words: str
    kind: str
    ines: tuple[str, ...] = ()


class Places:
    """Every name by its joined letters and by its sound. Iterating gives the places in the order of their code.

    `names` are the joined letters of each, `beginnings` all that a name begins with: a quick no for most words.
    `sounding[letters]` and `nearest[letters, percent]` look for names that are spelled wrongly.
    """

    def __init__(self, places: Iterable[Place] = (), words: Iterable[Word] = ()) -> None:
        self._places = {place.ine: place for place in places}
        self.names: dict[str, Meaning] = {}
        self._sounds: dict[str, Meaning] = {}
        self._hosts: dict[str, str] = {}
        self.longest = 1
        for name, meaning in sorted(_meanings(self._places.values(), tuple(words)), key=_rank):
            self._add(name, meaning)
        for place in self._places.values():
            self._hosts.update(dict.fromkeys(place.domains, place.ine))
        self.beginnings = {name[:end] for name in self.names for end in range(1, len(name) + 1)}
        self._sounded = {heard[:end] for heard in self._sounds for end in range(len(heard) + 1)}
        self._spellings: dict[str, list[str]] = defaultdict(list)
        self.sounding, self.nearest = Known(self._sounding), Known(self._nearest)
        self._first, self._alike = Known(_first_sound), Known(self._spelled)
        for key, meaning in self.names.items():
            if len(key) > 5 and meaning.kind != "prefix":
                self._spellings[sound(key)[:1]].append(key)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def __len__(self) -> int:
        return len(self._places)

    def get(self, ine: str) -> Place | None:
        """The place with this code."""
        return self._places.get(ine)

    def name(self, ine: str) -> str:
        """The name for people; the code itself if nobody knows it."""
        place = self._places.get(ine)
        return place.name if place else ine

    def meaning(self, words: Iterable[str]) -> Meaning | None:
        """What a row of folded words stands for when it is written rightly, whatever its spaces."""
        return self.names.get("".join(words))

    def _sounding(self, key: str) -> tuple[Meaning | None, bool]:
        """What joined letters stand for by sound (b is v, ll is y, mute h); whether a name may go on from them."""
        heard = sound(key)
        # What follows may change the sound of the last letters.
        return self._sounds.get(heard), heard[:-UNSETTLED] in self._sounded

    def _nearest(self, asked: tuple[str, int]) -> tuple[float, Meaning] | None:
        """The long name most like joined letters that begin with the same sound, if it is so like them, in percent."""
        key, least = asked
        alike = self._alike[self._first[key[:SHORTEST_SOUND]], len(key), least]
        hit = process.extractOne(key, alike, scorer=fuzz.ratio, score_cutoff=least) if alike else None
        return (hit[1], self.names[hit[0]]) if hit else None

    def _spelled(self, kind: tuple[str, int, int]) -> list[str]:
        """The long names that begin with the same sound and are not too long or short to be so like it."""
        first, size, least = kind
        # Of all letters of both, twice those of the shorter is the most that they can have in common.
        return [
            name for name in self._spellings.get(first, ()) if 200 * min(size, len(name)) >= least * (size + len(name))
        ]

    def by_host(self, host: str) -> str | None:
        """The town hall whose web or mail lives there, from its own list or from the name that the host carries."""
        if host in self._hosts:
            return self._hosts[host]
        parent = host.partition(".")[2]
        if parent in self._hosts:
            return self._hosts[parent]
        return self._by_label(host)

    def _by_label(self, host: str) -> str | None:
        labels = host.split(".")[:-1]
        for label in labels:
            plain = label.replace("-", "")
            for front in ("ayuntamientode", "ayuntamiento", "aytode", "ayto", "sede", ""):
                if front and not plain.startswith(front):
                    continue
                found = self.names.get(plain.removeprefix(front))
                if found and found.kind == "place" and (front or host.endswith("sedelectronica.es")):
                    return found.ines[0]
        return None

    def _add(self, name: str, meaning: Meaning) -> None:
        words = tokens(name)
        self.longest = max(self.longest, len(words))
        key = "".join(words)
        self.names.setdefault(key, meaning)
        # Foreign keyboards and old programs have no ñ.
        self.names.setdefault(key.replace("ñ", "n"), meaning)
        self.names.setdefault("".join(SAINTS.get(word, word) for word in words), meaning)
        if len(key) > 4 and meaning.kind != "prefix":
            self._sounds.setdefault(sound(key), meaning)


def _first_sound(letters: str) -> str:
    return sound(letters)[:1]


def _rank(pair: tuple[str, Meaning]) -> int:
    return RANK.index(pair[1].kind)


def _meanings(places: Iterable[Place], words: tuple[Word, ...]) -> Iterator[tuple[str, Meaning]]:
    places = tuple(places)
    for word in words:
        yield word.words, Meaning(kind=word.kind, ines=word.ines, name=word.words)
    for place in places:
        for name in {place.name, *place.aliases}:
            yield name, Meaning(kind="place", ines=(place.ine,), name=place.name)
    yield from _shared({(name, place.ine) for place in places for name in place.localities}, "locality")
    yield from _shared({(front, place.ine) for place in places for front in _fronts(place)}, "prefix")
    yield from ((front, Meaning(kind="outside", ines=word.ines, name=word.words)) for word, front in _far_fronts(words))


def _shared(pairs: Iterable[tuple[str, str]], kind: str) -> Iterator[tuple[str, Meaning]]:
    """A name that several town halls have is ambiguous."""
    owners: dict[str, set[str]] = defaultdict(set)
    shown: dict[str, str] = {}
    for name, ine in pairs:
        owners["".join(tokens(name))].add(ine)
        shown["".join(tokens(name))] = name
    for key, ines in owners.items():
        yield (
            shown[key],
            Meaning(kind=kind if len(ines) == 1 else "ambiguous", ines=tuple(sorted(ines)), name=shown[key]),
        )


def _fronts(place: Place) -> Iterator[str]:
    """The first words of a long name, as neighbours say it, without its «de …»."""
    words = fold(place.name).split()
    for size in range(1, len(words)):
        front = words[:size]
        if front[-1] not in SMALL and sum(map(len, front)) >= SHORTEST_PREFIX:
            yield " ".join(front)


def _far_fronts(words: Iterable[Word]) -> Iterator[tuple[Word, str]]:
    """«Aranda» for a place outside whose first word alone is telling: capitalised, and no saint or article."""
    far = [word for word in words if word.kind == "outside" and " " in word.words]
    firsts = [fold(word.words.split()[0]) for word in far]
    for word, first in zip(far, firsts, strict=True):
        if len(first) > 5 and firsts.count(first) == 1:
            yield word, first
