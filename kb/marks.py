"""Where the words of a search stand in a passage, so that a page can mark them."""

from kb.query import SHORT, SMALL
from kb.words import TOKEN, fold, stem, tokens


def spans(passage: str, text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each word of the passage that shares its stem with a word of the text; small words aside."""
    asked = {stem(SHORT.get(token, token)) for token in tokens(text)} - SMALL
    found = []
    for match in TOKEN.finditer(passage):
        said = fold(match.group()).replace("@", "a")
        if stem(said) in asked:
            found.append(match.span())
    return tuple(found)
