"""The few ways in which the desk says no, each with a sentence for the person who asked."""


class VentanillaError(Exception):
    """Root of our own errors.

    VentanillaError
    ├── ConfigError      a setting is missing or wrong: the start stops, naming the variable and the cure
    └── DeskError        a verb of the desk refuses; `str(error)` is a Spanish sentence for the person
        ├── NotAllowed   this person may not do that (HTTP 403)
        ├── Stale        something newer came in meanwhile (HTTP 409)
        └── Impossible   the thing asked makes no sense in the state it is in (HTTP 422)
    """


class ConfigError(VentanillaError):
    """A setting is missing or wrong; the message names the variable and how to mend it."""


class DeskError(VentanillaError):
    """A verb of the desk refuses."""


class NotAllowed(DeskError):
    """This person may not do that."""


class Stale(DeskError):
    """Something newer came in since the person looked."""


class Impossible(DeskError):
    """The thing asked makes no sense in the state it is in."""
