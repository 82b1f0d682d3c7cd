"""An enquiry's words made ready for the rules: folded once, so that no rule folds again."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from kb.words import ACCENTED, fold
from triage.books import Books
from triage.cues import Said
from triage.dates import Day, days
from triage.enquiry import Enquiry
from triage.features import features
from triage.model import NOTHING, Opinion, load
from triage.rules.signs import signs

LONGEST = 8_000
SPACES = re.compile(r"[ \t\u00a0]{2,}|[\t\u00a0]")
WIDE = ("  ", "\t", "\u00a0")
MARKS = re.compile(r"[\u200b-\u200f\u2060\ufeff\ufe0f\x00]")
FORWARD_CHANNELS = ("forward",)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One enquiry beside the books. `text` keeps capitals and accents, `folded` has neither and the same length."""

    enquiry: Enquiry
    books: Books

    @cached_property
    def today(self) -> date:
        """The day on which it came, where the desk is."""
        return self.enquiry.received_at.astimezone(self.books.zone).date()

    @cached_property
    def text(self) -> str:
        parts = (self.enquiry.subject, self.enquiry.text)
        whole = "\n".join(part for part in parts if part)
        return _clean(whole)[:LONGEST]

    @cached_property
    def folded(self) -> str:
        """Letter by letter, so that places in it are places in `text`."""
        folded = self.text
        for letter in set(ACCENTED.findall(folded)):
            folded = folded.replace(letter, _letter(letter))
        return folded.lower()

    @cached_property
    def said(self) -> Said:
        """The words of `folded`."""
        return Said(self.folded)

    @cached_property
    def plain(self) -> Said:
        """The words as the learned model sees them, where «…» is three full stops and «nº» is «no»."""
        plain = fold(self.text)
        return self.said if plain == self.folded else Said(plain)

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """Whether it hands over papers or only asks."""
        return tuple(signs(self.plain, self.enquiry.attachments))

    @cached_property
    def days(self) -> list[Day]:
        """Every day named."""
        return days(self.said, self.today)

    @cached_property
    def body(self) -> str:
        """The folded text without the subject."""
        subject = self.enquiry.subject
        return self.plain.text[len(fold(_clean(subject))) + 1 if subject else 0 :].strip()

    @cached_property
    def opinion(self) -> Opinion:
        """What the learned model makes of it, with what the search's own makes of it beside."""
        model, library = load(self.books.model), self.books.library
        if model is None:
            return NOTHING
        own = model.opinion(features(self.text, self.plain.tokens, self.signs))
        return own.beside(library.odds(self.enquiry.text, self.enquiry.subject)) if library else own

    @cached_property
    def forwarded(self) -> bool:
        return self.enquiry.channel in FORWARD_CHANNELS or self.enquiry.forwarded_by is not None


def _clean(text: str) -> str:
    """One space for several, and no signs that nobody sees."""
    seen = text if text.isascii() and "\0" not in text else MARKS.sub("", text)
    return SPACES.sub(" ", seen) if any(sign in seen for sign in WIDE) else seen


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    plain = fold(letter)
    return plain if len(plain) == 1 else letter
