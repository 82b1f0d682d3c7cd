"""Who else gets a mail of ours: addresses as they are typed, read into participants. Pure."""

import re

from app.errors import Impossible
from channels.message import Participant

MOST = 10
_ADDRESS = re.compile(r"[^@\s<>,;\"()]+@[^@\s<>,;\"()]+\.[^@\s<>,;\"().]{2,}")


def read(typed: str) -> tuple[Participant, ...]:
    """«ana@x.es, Luis <luis@y.es>»: everybody once, in order; raises Impossible for what is no address."""
    found: dict[str, Participant] = {}
    for piece in filter(None, (one.strip() for one in re.split(r"[,;\n]", typed))):
        name, _sign, rest = piece.rpartition("<")
        address = rest.strip().rstrip(">").strip()
        if not _ADDRESS.fullmatch(address) or len(address) > 254:
            raise Impossible(f"«{piece[:60]}» no es una dirección de correo.")
        kept = address.lower()
        found.setdefault(kept, Participant(address=kept, name=name.strip().strip('"') or None))
    if len(found) > MOST:
        raise Impossible(f"Caben {MOST} direcciones en copia.")
    return tuple(found.values())
