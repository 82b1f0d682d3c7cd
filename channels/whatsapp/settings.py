"""The variables of the WhatsApp channel, typed; a wrong one is a ValueError with its name and the cure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from channels.way import Way

OWN = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "WHATSAPP_FROM")
API = "https://api.twilio.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """An account at Twilio and our sender there: a number in E.164 or a Messaging Service (MG…)."""

    account: str
    tokens: tuple[str, ...] = field(repr=False)
    api_key: tuple[str, str] | None = field(default=None, repr=False)
    api_url: str | None = None
    sender: str
    public_url: str
    poll: bool = False
    way: Way = field(default_factory=Way)

    @property
    def credentials(self) -> tuple[str, str]:
        """User and password for the REST API: the API key if there is one, else the first token."""
        return self.api_key or (self.account, self.tokens[0])

    @property
    def api(self) -> str:
        """Where the REST API answers."""
        return self.api_url or API


def read(environ: Mapping[str, str]) -> Settings | None:
    """What the environment says; None when it says nothing about WhatsApp; raises ValueError."""
    values = {name: environ.get(name, "").strip() for name in (*OWN, "PUBLIC_URL", "TWILIO_API_KEY", "TWILIO_API_URL")}
    if not any(values[name] for name in OWN):
        return None
    for name in (*OWN, "PUBLIC_URL"):
        if not values[name]:
            raise ValueError(f"{name}: falta y WhatsApp lo necesita. Añádalo, o quite {', '.join(OWN)}.")
    return Settings(
        account=_account(values["TWILIO_ACCOUNT_SID"]),
        tokens=_tokens(values["TWILIO_AUTH_TOKEN"]),
        api_key=_api_key(values["TWILIO_API_KEY"]),
        api_url=_api_url(values["TWILIO_API_URL"]),
        sender=_sender(values["WHATSAPP_FROM"]),
        public_url=_url("PUBLIC_URL", values["PUBLIC_URL"]),
        poll=_poll(environ.get("TWILIO_POLL", "").strip()),
        way=Way.from_env(environ),
    )


def _account(value: str) -> str:
    if not re.fullmatch("AC[0-9a-fA-F]{32}", value):
        raise ValueError("TWILIO_ACCOUNT_SID: debe ser AC y 32 cifras hexadecimales. Cópielo de la consola de Twilio.")
    return value


def _tokens(value: str) -> tuple[str, ...]:
    # An empty token would be a key that everybody knows.
    tokens = tuple(token.strip() for token in value.split(",") if token.strip())
    if not tokens:
        raise ValueError("TWILIO_AUTH_TOKEN: está vacío. Ponga el Auth Token de la consola de Twilio.")
    return tokens


def _api_key(value: str) -> tuple[str, str] | None:
    if not value:
        return None
    user, _, secret = value.partition(":")
    if not re.fullmatch("SK[0-9a-zA-Z]{32}", user) or not secret:
        raise ValueError("TWILIO_API_KEY: debe tener la forma SK…:secreto. Corríjala o quítela.")
    return user, secret


def _poll(value: str) -> bool:
    if value not in {"", "0", "1"}:
        raise ValueError("TWILIO_POLL: debe ser 1 (preguntar a Twilio) o 0 (Twilio avisa). Corríjalo o quítelo.")
    return value == "1"


def _sender(value: str) -> str:
    sender = re.sub(r"[\s-]", "", value.removeprefix("whatsapp:"))
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32}", sender):
        raise ValueError("WHATSAPP_FROM: debe ser un número con prefijo (+34…) o un Messaging Service (MG…).")
    return sender


def _api_url(value: str) -> str | None:
    url = _url("TWILIO_API_URL", value) if value else None
    if url and urlsplit(url).path:
        raise ValueError("TWILIO_API_URL: solo esquema, máquina y puerto, sin ruta detrás. Quite la ruta.")
    return url


def _url(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{name}: debe ser una dirección como https://consultas.ejemplo.es, sin nada detrás de «?».")
    if "_" in parts.hostname:
        raise ValueError(f"{name}: Twilio no llama a nombres con guion bajo. Use otro nombre de máquina.")
    return value.rstrip("/")
