"""Words written badly, put right from the words that the knowledge base knows."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.known import Known
from kb.words import sound

SHORTEST, LONGEST = 4, 24
FAR = {4: 1, 5: 1, 6: 1, 7: 1}
FARTHEST = 2


class Sized(NamedTuple):
    """The words of about one size, the letters of each, and in how many of these at most a slip or two may make it
    another: a letter too many or too few changes one, a wrong one two.
    """

    words: list[str]
    letters: npt.NDArray[np.uint64]
    most: npt.NDArray[np.uint8]


class Spelling:
    """Knows words with their number of uses; corrects only what it does not know."""

    def __init__(self, uses: Iterable[tuple[str, int]]) -> None:
        self.uses = dict(uses)
        self.by_sound: dict[str, list[str]] = defaultdict(list)
        self.by_length: dict[int, list[str]] = defaultdict(list)
        self.about = Known(self.sized)
        self.seen = Known(self.nearest)
        for word in sorted(self.uses):
            if word.isalpha() and len(word) >= SHORTEST:
                self.by_sound[sound(word)].append(word)
                self.by_length[len(word)].append(word)

    def correct(self, token: str) -> str:
        """The known word that was meant, or the token as it came."""
        if token in self.uses or len(token) < SHORTEST or not token.isalpha():
            return token
        return self.seen[token]

    def sized(self, size: int) -> Sized:
        far = FAR.get(size, FARTHEST)
        words = [word for length in range(size - far, size + far + 1) for word in self.by_length.get(length, ())]
        return Sized(
            words=words,
            letters=np.array([letters(word) for word in words], dtype=np.uint64),
            most=np.array([2 * far - abs(len(word) - size) for word in words], dtype=np.uint8),
        )

    def nearest(self, token: str) -> str:
        """The commonest word that sounds alike, else the one with the fewest slips of the finger between."""
        if alike := self.by_sound.get(sound(token)):
            return max(alike, key=lambda word: (self.uses[word], word))
        if len(token) > LONGEST:
            return token
        far = FAR.get(len(token), FARTHEST)
        found = process.extract(token, self.like(token), scorer=OSA.distance, score_cutoff=far, limit=8)
        # The first letter is the one that people get right.
        kept = [(distance, word) for word, distance, _ in found if word[0] == token[0] or (distance == 1 and far == 2)]
        return min(kept, key=lambda one: (one[0], -self.uses[one[1]], one[1]))[1] if kept else token

    def like(self, token: str) -> list[str]:
        """All words that may be so few slips away, and few others."""
        known = self.about[len(token)]
        apart = np.bitwise_count(known.letters ^ np.uint64(letters(token)))
        return [known.words[place] for place in (apart <= known.most).nonzero()[0]]


def letters(word: str) -> int:
    """A bit for each letter that is in a word, and another for each that is in it twice."""
    once = twice = 0
    for letter in word:
        bit = 1 << ord(letter) % 32
        twice |= once & bit
        once |= bit
    return once | twice << 32
