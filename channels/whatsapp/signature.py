"""Whether a request was signed by Twilio with one of our tokens."""

from collections.abc import Iterable

from twilio.request_validator import (  # type: ignore[import-untyped]  # The SDK ships no types.
    RequestValidator,
    get_signature_algorithm,
)

from channels.channel import Knock
from channels.whatsapp.form import Form
from channels.whatsapp.settings import Settings


def genuine(knock: Knock, form: Form, settings: Settings) -> bool:
    """True if any of our tokens signed it for our account.

    Computed from our public address and the raw path and query, never from what the request claims of its host.
    """
    url = settings.public_url + knock.path + (f"?{knock.query}" if knock.query else "")
    algorithm = get_signature_algorithm(knock.headers.get("x-twilio-webhooks-signature-settings", ""))
    signature = knock.headers.get("x-twilio-signature", "")
    ours = form.getlist("AccountSid") == [settings.account]
    return ours and signed(url, form, signature, settings.tokens, algorithm=algorithm)


def signed(url: str, form: Form, signature: str, tokens: Iterable[str], *, algorithm: str | None = None) -> bool:
    """True if the signature of a form posted to a URL was made with any of the tokens."""
    try:
        return any(RequestValidator(token).validate(url, form, signature, algorithm) for token in tokens)
    except ValueError:
        # What is no URL, or cannot be written in UTF-8, cannot have been signed by Twilio.
        return False
