"""Handing one mail to an SMTP server, and telling apart what was taken, refused, not taken, and unknown."""

import smtplib
import socket
import ssl
import time
from collections.abc import Sequence

from channels.channel import ChannelError, NoAnswer, NotTaken, Refused, Unreachable
from channels.email import oauth, refusals
from channels.email.settings import Server

STEP, WHOLE = 30.0, 120.0


class Smtp:
    """One server. Each step has its time-out, all steps together another."""

    def __init__(self, server: Server, *, step: float = STEP, whole: float = WHOLE) -> None:
        self.server = server
        self.step = step
        self.whole = whole

    def send(self, raw: bytes, *, sender: str, to: str, copies: Sequence[str] = ()) -> dict[str, str]:
        """Hand the bytes over; returns the copies that were refused, each with its reason.

        Raises NotTaken, Refused or NoAnswer.
        """
        self.ends = time.monotonic() + self.whole
        try:
            talk = self._connected()
        except Unreachable as error:
            raise NotTaken(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise _not_begun(error) from error
        try:
            return self._deliver(talk, raw, sender=sender, to=to, copies=copies)
        except ChannelError:
            raise
        except (smtplib.SMTPException, OSError) as error:
            raise _not_begun(error) from error
        finally:
            _leave(talk)

    def greet(self, *, sender: str = "", to: str = "") -> bool:
        """Sign in and leave again, sending nothing; whether it would take a mail from that sender, if one is given.

        Raises NotTaken when there is no signing in.
        """
        self.ends = time.monotonic() + self.whole
        try:
            talk = self._connected()
            # Some judge the sender only when they hear for whom it is.
            takes = not sender or all(code // 100 == 2 for code, _ in (talk.mail(sender), talk.rcpt(to)))
            _leave(talk)
            return takes
        except (smtplib.SMTPException, OSError) as error:
            raise _not_begun(error) from error

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        talk = _Talk(server, self._left())
        try:
            self._hurry(talk)
            talk.ehlo_or_helo_if_needed()
            if server.starttls:
                talk.starttls(context=server.way.context())
                talk.ehlo()
            self._hurry(talk)
            _sign_in(talk, server)
        except (smtplib.SMTPException, OSError, Unreachable):
            _leave(talk)
            raise
        return talk

    def _deliver(
        self, talk: smtplib.SMTP, raw: bytes, *, sender: str, to: str, copies: Sequence[str]
    ) -> dict[str, str]:
        options = [f"SIZE={len(raw)}"] if talk.has_extn("size") else []
        if not all(address.isascii() for address in (sender, to, *copies)):
            if not talk.has_extn("smtputf8"):
                raise Refused(refusals.REASONS["6.7"], code="5.6.7")
            options.append("SMTPUTF8")
        self._hurry(talk)
        _check(*talk.mail(sender, options))
        self._hurry(talk)
        _check(*talk.rcpt(to))
        refused: dict[str, str] = {}
        for copy in copies:
            self._hurry(talk)
            code, said = talk.rcpt(copy)
            if code // 100 != 2:
                refused[copy] = refusals.reason(code, _text(said))
        self._hurry(talk)
        code, said = talk.docmd("DATA")
        if code != 354:
            _check(code, said)
            raise NotTaken(refusals.reason(code, _text(said)), code=str(code))
        self._hand_over(talk, raw)
        return refused

    def _hand_over(self, talk: smtplib.SMTP, raw: bytes) -> None:
        """Until the last dot has gone out the server surely has no mail; after it, only its answer says so."""
        body = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in raw.split(b"\r\n"))
        body = body if body.endswith(b"\r\n") else body + b"\r\n"
        self._hurry(talk)
        talk.send(body)
        self._hurry(talk)
        try:
            talk.send(b".\r\n")
            code, said = talk.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise NoAnswer("El servidor no ha dicho si ha aceptado el correo") from error
        if not 200 <= code < 600:
            raise NoAnswer("El servidor no ha dicho si ha aceptado el correo")
        _check(code, said)

    def _left(self) -> float:
        return max(0.05, min(self.step, self.ends - time.monotonic()))

    def _hurry(self, talk: smtplib.SMTP) -> None:
        if time.monotonic() >= self.ends:
            raise TimeoutError("the whole conversation took too long")
        if talk.sock is not None:
            talk.sock.settimeout(self._left())


def _sign_in(talk: smtplib.SMTP, server: Server) -> None:
    if server.tokens is None:
        if server.user:
            talk.login(server.user, server.password)
        return
    said = oauth.phrase(server.user, server.tokens.current())
    try:
        # A server that refuses says why in a challenge, and says no when that has got an empty answer.
        talk.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")
    except smtplib.SMTPException:
        server.tokens.forget()
        raise


class _Talk(smtplib.SMTP):
    """Dials by the house's way out."""

    def __init__(self, server: Server, patience: float) -> None:
        self._server = server
        super().__init__(server.host, server.port, timeout=patience)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._server.dial(timeout)


def _check(code: int, said: bytes) -> None:
    """Raise unless the reply is a yes; 4xx is not taken now, 5xx never."""
    if 200 <= code < 300:
        return
    text = _text(said)
    if 500 <= code < 600:
        raise Refused(refusals.reason(code, text), code=refusals.wire_code(code, text))
    raise NotTaken(refusals.reason(code, text), code=refusals.wire_code(code, text))


def _not_begun(error: smtplib.SMTPException | OSError) -> NotTaken:
    """Trouble before any mail was handed over is the server's or the settings', not the message's."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = _text(error.smtp_error)
        return NotTaken(refusals.reason(error.smtp_code, text), code=refusals.wire_code(error.smtp_code, text))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return NotTaken("El servidor de salida no admite una conexión cifrada o el modo de identificarse")
    if isinstance(error, ssl.SSLError):
        return NotTaken("No se puede comprobar el certificado del servidor de salida")
    if isinstance(error, TimeoutError):
        return NotTaken("El servidor de salida no responde a tiempo")
    return NotTaken("No hay conexión con el servidor de salida")


def _leave(talk: smtplib.SMTP) -> None:
    """Say goodbye without waiting for long; what was decided stays decided."""
    try:
        if talk.sock is not None:
            talk.sock.settimeout(2)
            talk.quit()
    except (smtplib.SMTPException, OSError):
        pass
    finally:
        talk.close()


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
