"""The variables of this channel, read and checked; a wrong one is a ValueError that says how to mend it."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from channels.email import people
from channels.email.oauth import Grant, Tokens
from channels.way import Way

PORTS = {"imap": 143, "imaps": 993, "smtp": 587, "smtps": 465}
# What an application of Microsoft 365 asks for in its own name.
OWN_SCOPE = "https://outlook.office365.com/.default"
# What IMAP_SENT says when nobody shall look there.
NO_SENT = "no"
HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server: `tls` is wrapped from the start, `starttls` is asked for and insisted on."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool
    folder: str = "INBOX"
    tokens: Tokens | None = None
    way: Way = field(default_factory=Way)

    def __repr__(self) -> str:
        """Without the password: representations end in logs."""
        return f"Server({self.host}:{self.port})"

    def dial(self, patience: float) -> socket.socket:
        """A connection by the house's way out, wrapped in TLS if it is so from the start; raises OSError."""
        plain = self.way.connect(self.host, self.port, patience)
        if not self.tls:
            return plain
        try:
            return self.way.context().wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The mailbox: where mail is read and handed over, who we are, and which server vouches for senders."""

    imap: Server | None
    smtp: Server | None
    address: str
    name: str | None
    authserv_id: str | None
    sent: str | None = None
    done: str = "leave"
    envelope: str = "own"


def read(environ: Mapping[str, str]) -> Settings | None:
    """The settings, or None when neither server is named."""
    way = Way.from_env(environ)
    tokens = _tokens(environ, way)
    imap = _server("IMAP_URL", environ.get("IMAP_URL", "").strip(), ("imap", "imaps"), tokens)
    smtp = _server("SMTP_URL", environ.get("SMTP_URL", "").strip(), ("smtp", "smtps"), tokens)
    if imap is None and smtp is None:
        return None
    imap, smtp = (replace(server, way=way) if server else None for server in (imap, smtp))
    written = environ.get("MAIL_FROM", "").strip()
    person = people.first(written)
    if person is None or "@" not in person.address:
        raise ValueError(
            "MAIL_FROM falta o no lleva una dirección: escriba, por ejemplo, "
            'MAIL_FROM="Diputación de Ejemplo <consultas@ejemplo.es>".'
        )
    authserv_id = environ.get("MAIL_AUTHSERV_ID", "").strip() or None
    sent = environ.get("IMAP_SENT", "").strip() or None
    return Settings(
        imap=imap,
        smtp=smtp,
        address=person.address,
        name=person.name,
        authserv_id=authserv_id,
        sent=sent,
        done=_done(environ),
        envelope=_envelope(environ),
    )


def _done(environ: Mapping[str, str]) -> str:
    """What becomes of mail that the desk has filed."""
    written = environ.get("MAIL_DONE", "").strip() or "leave"
    how, _, folder = written.partition(":")
    if written not in {"leave", "flag"} and not (how == "move" and folder.strip()):
        raise ValueError("MAIL_DONE debe ser leave (no tocar nada), flag (marcar) o move:Carpeta (mover).")
    return written


def _envelope(environ: Mapping[str, str]) -> str:
    """To which address a server sends a mail back that it cannot deliver."""
    written = environ.get("MAIL_ENVELOPE", "").strip() or "own"
    if written not in {"own", "plus"}:
        raise ValueError("MAIL_ENVELOPE debe ser own (la dirección de MAIL_FROM) o plus (una por mensaje, con «+»).")
    return written


def _tokens(environ: Mapping[str, str], way: Way) -> Tokens | None:
    client_id, token_url = environ.get("MAIL_OAUTH_CLIENT_ID", ""), environ.get("MAIL_OAUTH_TOKEN_URL", "")
    if not client_id and not token_url:
        return None
    if not client_id:
        raise ValueError("MAIL_OAUTH_CLIENT_ID falta: es el identificador de la aplicación registrada.")
    address = urlsplit(token_url)
    if address.scheme != "https" and address.hostname not in HERE:
        raise ValueError("MAIL_OAUTH_TOKEN_URL debe ser la dirección https:// en la que el proveedor da los permisos.")
    secret, refresh = environ.get("MAIL_OAUTH_CLIENT_SECRET", ""), environ.get("MAIL_OAUTH_REFRESH_TOKEN", "")
    if not secret and not refresh:
        raise ValueError("MAIL_OAUTH_REFRESH_TOKEN falta, y sin él hace falta MAIL_OAUTH_CLIENT_SECRET.")
    folder = environ.get("DATA_DIR", "")
    return Tokens(
        Grant(
            client_id=client_id,
            client_secret=secret,
            refresh_token=refresh,
            token_url=token_url,
            scope=environ.get("MAIL_OAUTH_SCOPE", "") or ("" if refresh else OWN_SCOPE),
            kept=Path(folder) / "mail-oauth.json" if folder else None,
        ),
        way,
    )


def _server(variable: str, written: str, schemes: tuple[str, ...], tokens: Tokens | None) -> Server | None:
    if not written:
        return None
    example = f"{schemes[1]}://usuario:clave@correo.ejemplo.es"
    try:
        url = urlsplit(written)
        port, host = url.port or PORTS.get(url.scheme, 0), url.hostname
    except ValueError as error:
        raise ValueError(f"{variable} no es una dirección de servidor válida: escríbala como {example}.") from error
    if url.scheme not in schemes or not host:
        raise ValueError(f"{variable} debe empezar por {schemes[0]}:// o {schemes[1]}://: escríbala como {example}.")
    query = parse_qs(url.query)
    server = _checked(variable, url, host, port, plain=query.get("tls", [""])[0] == "no")
    if query.get("auth", [""])[0] != "oauth2":
        return server
    if tokens is None:
        raise ValueError(f"{variable} pide auth=oauth2: ponga también MAIL_OAUTH_CLIENT_ID y MAIL_OAUTH_TOKEN_URL.")
    if not server.user:
        raise ValueError(f"{variable} pide auth=oauth2 y no lleva usuario: ponga la dirección del buzón.")
    return replace(server, tokens=tokens)


def _checked(variable: str, url: SplitResult, host: str, port: int, *, plain: bool) -> Server:
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if url.scheme.startswith("imap") and not user:
        raise ValueError(f"{variable} no lleva usuario: escríbala como {url.scheme}://usuario:clave@{host}.")
    tls = url.scheme.endswith("s")
    return Server(
        host=host,
        port=port,
        user=user,
        password=password,
        tls=tls,
        # What stays on this machine needs no cover.
        starttls=not tls and not plain and host not in HERE,
        folder=unquote(url.path.strip("/")) or "INBOX",
    )
