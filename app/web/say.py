"""Sentences for people, looked up in the language of the pages, with types that the checker can follow."""

from app.i18n import _, count_of

__all__ = ["_", "count_of"]
