"""A file at Twilio, downloaded in pieces: our credentials go to Twilio's API alone, redirects to its CDN alone."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urljoin, urlsplit

from requests import Response, Session
from requests.exceptions import RequestException

from channels.channel import Refused, Unreachable
from channels.whatsapp.rest import furnish
from channels.whatsapp.settings import Settings

API_HOST = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
CDN_HOST = re.compile(r"([a-z0-9-]+\.)*twiliocdn\.com")
REDIRECTS = {301, 302, 303, 307, 308}
MOST_HOPS = 3
PIECE = 64 * 1024

FOREIGN = "El archivo no está en nuestra cuenta de Twilio y no se descarga."


def fetch(reference: str, settings: Settings, *, limit: int, timeout: float) -> Iterator[bytes]:
    """The file in pieces; raises Unreachable (it may come later) or Refused (never)."""
    url = _ours(reference, settings)
    with Session() as session:
        furnish(session, settings)
        session.headers["Accept-Encoding"] = "identity"
        try:
            with _open(session, url, settings, timeout) as response:
                yield from _pieces(response, limit)
        except RequestException as error:
            raise Unreachable("No se ha podido descargar el archivo de Twilio; se volverá a intentar.") from error
        except ValueError as error:
            # The client reads the address of a redirect before we can, and stumbles over one that is none.
            raise Refused(FOREIGN) from error


def forget(reference: str, settings: Settings, *, timeout: float) -> None:
    """Delete the file at Twilio; one that is not there any more is no error. Raises Unreachable or Refused."""
    url = _ours(reference, settings)
    with Session() as session:
        furnish(session, settings)
        try:
            status = session.delete(f"{url}.json", auth=settings.credentials, timeout=timeout).status_code
        except RequestException as error:
            raise Unreachable("No se ha podido borrar el archivo en Twilio; se volverá a intentar.") from error
    if status not in {200, 204, 404}:
        raise Unreachable(f"Twilio no ha borrado el archivo (respuesta {status}).")


def _ours(reference: str, settings: Settings) -> str:
    """The address to ask with our credentials; raises Refused unless it is exactly a file of our own account."""
    parts = _split(reference)
    path = rf"/2010-04-01/Accounts/{settings.account}/Messages/(MM|SM)[0-9a-zA-Z]{{32}}/Media/ME[0-9a-zA-Z]{{32}}"
    plain = not parts.query and not parts.fragment and re.fullmatch(path, parts.path)
    at_twilio = parts.scheme == "https" and API_HOST.fullmatch(parts.netloc)
    if not plain or not (at_twilio or _neighbour(parts, settings)):
        raise Refused(FOREIGN)
    base = settings.api_url or f"{parts.scheme}://{parts.netloc}"
    return base + parts.path


def _open(session: Session, url: str, settings: Settings, timeout: float) -> Response:
    """The answer that holds the file, after at most a few redirects, which never see our credentials."""
    response = session.get(url, auth=settings.credentials, stream=True, allow_redirects=False, timeout=timeout)
    for _ in range(MOST_HOPS):
        if response.status_code not in REDIRECTS:
            break
        response.close()
        parts = _split(response.headers.get("Location", ""), url)
        url = parts.geturl()
        at_cdn = parts.scheme == "https" and CDN_HOST.fullmatch(parts.netloc)
        if not (at_cdn or _neighbour(parts, settings)):
            raise Refused("Twilio remite el archivo a un sitio que no es suyo y no se descarga.")
        response = session.get(url, stream=True, allow_redirects=False, timeout=timeout)
    if response.status_code != 200:
        response.close()
        raise Unreachable(f"El archivo no está disponible en Twilio (respuesta {response.status_code}).")
    return response


def _pieces(response: Response, limit: int) -> Iterator[bytes]:
    taken = 0
    for piece in response.iter_content(PIECE):
        taken += len(piece)
        if taken > limit:
            raise Refused(f"El archivo pasa de {limit // (1024 * 1024)} MB y no se descarga.")
        yield piece


def _neighbour(parts: SplitResult, settings: Settings) -> bool:
    """True if it stands at the base that was set in place of Twilio's."""
    base = urlsplit(settings.api_url or "")
    return bool(base.netloc) and (parts.scheme, parts.netloc) == (base.scheme, base.netloc)


def _split(url: str, base: str = "") -> SplitResult:
    try:
        return urlsplit(urljoin(base, url))
    except ValueError as error:
        raise Refused(FOREIGN) from error
