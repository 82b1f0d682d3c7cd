"""Telephone numbers: what was typed, its E.164 form if it has one, and how people like to read it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number as typed, kept whole. `e164` is None for short numbers («112»), extensions and what is no number."""

    typed: str
    e164: str | None
    shown: str

    @property
    def address(self) -> str:
        """What a person is known by: the E.164 form, else what was typed without blanks at its ends."""
        return self.e164 or self.typed.strip()


def number(typed: str, *, region: str) -> Number:
    """Read what somebody typed; `region` (ISO 3166, «ES») is only for numbers without an international prefix."""
    # The metadata of phonenumbers costs more to import than everything else in this leaf together.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return Number(typed=typed, e164=None, shown=typed.strip())
    # Possible, not valid: ranges are opened faster than the metadata learns of them.
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Number(typed=typed, e164=None, shown=typed.strip())
    at_home = parsed.country_code == phonenumbers.country_code_for_region(region)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return Number(
        typed=typed,
        e164=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        shown=phonenumbers.format_number(parsed, style),
    )


def e164(typed: str, *, region: str) -> str | None:
    """The E.164 form of what somebody typed, or None if it has none."""
    return number(typed, region=region).e164


def shown(address: str, *, region: str) -> str:
    """An address as people of `region` read it: their own numbers without prefix, foreign ones with it."""
    return number(address, region=region).shown


def prefix(region: str) -> str:
    """What stands before the numbers of a region when they are called from abroad: «+34»."""
    import phonenumbers

    return f"+{phonenumbers.country_code_for_region(region)}"
