"""The number of a consulta: `C-10427-3`, made from its id with a check digit, easy to read out, no register number."""

import re

# ISO/IEC 7064, MOD 11,10: one decimal check digit that catches every single slip and every swap of neighbours but one.
_TYPED = re.compile(r"^\s*C?[\s\-‑–]*(\d+?)[\s\-‑–]*(\d)\s*$", re.IGNORECASE)


def check_digit(digits: str) -> int:
    """The ISO 7064 MOD 11,10 check digit of a string of decimal digits."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return (11 - rest) % 10


def number(ticket_id: int) -> str:
    """`C-10427-3`."""
    return f"C-{ticket_id}-{check_digit(str(ticket_id))}"


def ticket_id(typed: str) -> int | None:
    """The id behind a number as people type it, with or without hyphens; None when the check digit is wrong."""
    match = _TYPED.match(typed)
    if match is None or check_digit(match[1]) != int(match[2]):
        return None
    return int(match[1])
