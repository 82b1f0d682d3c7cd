"""Sentences for people, looked up in the reader's language, with types that the checker can follow."""

from flask_babel import gettext, ngettext


def _(sentence: str, **holes: object) -> str:
    """The sentence with its named holes filled."""
    return str(gettext(sentence, **holes))


def count_of(one: str, many: str, count: int, **holes: object) -> str:
    """«1 paso», «3 pasos»: the right one of two, with `num` filled."""
    return str(ngettext(one, many, count, **holes))
