"""Which mails a line has handed us already: asked one by one, or all at once when there are many to ask about."""

from app.desk import arrivals
from app.house import House

FEW = 20


class Ledger:
    """Says of a wire key whether we have it. Made anew for each look at a wire."""

    def __init__(self, house: House, name: str) -> None:
        self._house = house
        self._at = (name, house.channels[name].line)
        self._asked = 0
        self._all: frozenset[str] | None = None

    def __call__(self, wire_key: str) -> bool:
        """Whether the line has handed us this one."""
        self._asked += 1
        if self._all is None:
            with self._house.db.reading() as session:
                if self._asked <= FEW:
                    return arrivals.holds(session, *self._at, wire_key)
                self._all = arrivals.known(session, *self._at)
        return wire_key in self._all
