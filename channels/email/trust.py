"""Which servers we believe: those whose certificates this machine's authorities have signed."""

import ssl
from functools import lru_cache


@lru_cache(maxsize=1)
def authorities() -> ssl.SSLContext:
    """The machine's authorities, read once: reading them takes longer than handing over a message."""
    return ssl.create_default_context()
