"""The library's IMAP client, dialling by the house's way out: straight or through its proxy."""

import imaplib
import socket

from imapclient.imapclient import IMAPClient, SocketTimeout

from channels.email.settings import Server


class Client(IMAPClient):  # type: ignore[misc]  # The library ships no types.
    """A connection to a mailbox's server."""

    def __init__(self, server: Server, timeout: SocketTimeout) -> None:
        self._server = server
        super().__init__(server.host, port=server.port, ssl=server.tls, timeout=timeout, use_uid=True)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        return _Imap(self._server, self._timeout.connect)


class _Imap(imaplib.IMAP4):
    def __init__(self, server: Server, patience: float) -> None:
        self._server, self._patience = server, patience
        super().__init__(server.host, server.port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._server.dial(self._patience)
