"""Who else gets a mail of ours: addresses as they are typed, read into participants. Pure."""

import re

from app.errors import Impossible
from channels.message import Participant

MOST = 10
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# Before the sign only what every server takes (RFC 5321, dot-atom); behind it names of any letters.
_ADDRESS = re.compile(
    rf"{_ATOM}(?:\.{_ATOM})*@[^\W_][\w-]*(?:\.[\w-]+)*\.(?:[^\W\d_]{{2,}}|xn--[a-z0-9-]+)", re.IGNORECASE
)


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
        raise Impossible(f"Puede poner {MOST} direcciones en copia como máximo.")
    return tuple(found.values())
