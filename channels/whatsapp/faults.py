"""What an error while sending means for the message: surely not taken, refused for good, or nobody knows. Pure."""

from collections.abc import Iterator
from ssl import SSLCertVerificationError

from requests.exceptions import ConnectTimeout, ProxyError, RequestException
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]  # The SDK ships no types.
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from channels.channel import NoAnswer, NotTaken, Refused
from channels.whatsapp.errors import trouble

# What the SDK raises of its own on an answer that is not Twilio's (a proxy's page, half a body).
GARBLED = (ValueError, TypeError, AttributeError)
WIRE = (TwilioException, RequestException)

BEFORE_SPEAKING = (NewConnectionError, ConnectTimeoutError, SSLCertVerificationError)


def while_sending(error: Exception) -> NotTaken | Refused | NoAnswer:
    """Only what surely left nothing at Twilio may be sent again."""
    status, code = _status(error), _code(error)
    if isinstance(error, RequestException) and never_spoke(error):
        return NotTaken("No se puede conectar con Twilio; se volverá a intentar.")
    if status == 429 or code == "20429":
        return NotTaken(trouble("20429").reason, code=code)
    if status is None or status == 408 or not 400 <= status < 500:
        return NoAnswer("Twilio no ha contestado si aceptaba el mensaje.")
    known = trouble(code)
    return NotTaken(known.reason, code=code) if known.retryable else Refused(known.reason, code=code)


def never_spoke(error: BaseException) -> bool:
    """True if the connection was never made, so that no byte of the request can have reached Twilio."""
    return isinstance(error, (ConnectTimeout, ProxyError)) or any(
        isinstance(cause, BEFORE_SPEAKING) for cause in _causes(error)
    )


def missing(error: Exception) -> bool:
    """True if Twilio says that what we asked for is not there."""
    return _status(error) == 404


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors inside an error, as requests and urllib3 wrap them."""
    inside: BaseException | None = error
    while inside is not None:
        yield inside
        candidates = (getattr(inside, "reason", None), *inside.args)
        inside = next((item for item in candidates if isinstance(item, BaseException)), None)


def _status(error: Exception) -> int | None:
    status = getattr(error, "status", None)
    return status if isinstance(status, int) else None


def _code(error: Exception) -> str | None:
    code = getattr(error, "code", None)
    return str(code) if isinstance(code, int | str) else None
