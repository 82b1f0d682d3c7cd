"""Every table in one import, for migrations and for whoever must know them all."""

from app.models import arrival, book, knowledge, ledger, message, office, people, place, ticket, work
from app.models.base import Base

__all__ = ["Base", "arrival", "book", "knowledge", "ledger", "message", "office", "people", "place", "ticket", "work"]
