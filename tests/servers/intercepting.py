"""A proxy as large houses have them: every way out is a tunnel through it, and it shows certificates of its own."""

import socket
import ssl
import subprocess
import threading
from pathlib import Path

HOSTS = ("api.twilio.com", "imap.example.es", "smtp.example.es", "login.provider.example", "pypi.org")


class Intercepting:
    """`leads` says which port of this machine stands for a host; `asked` is who was asked for, with what it brought."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "authority.pem"
        _make_certificate(folder)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.authority, folder / "key.pem")
        self.leads: dict[str, int] = {}
        self.asked: list[str] = []
        self.headers: list[str] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://gente:clave%40x@127.0.0.1:{self._door.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        told = b""
        while not told.endswith(b"\r\n\r\n"):
            told += client.recv(1)
        host = told.split(b" ")[1].decode().split(":")[0]
        self.asked.append(host)
        self.headers.append(told.decode())
        if host not in self.leads:
            client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            client.close()
            return
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            inside = self._tls.wrap_socket(client, server_side=True)
            with inside, socket.create_connection(("127.0.0.1", self.leads[host])) as beyond:
                back = threading.Thread(target=_carry, args=(beyond, inside), daemon=True)
                back.start()
                _carry(inside, beyond)
                back.join(5)
        except OSError:
            client.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def _make_certificate(folder: Path) -> None:
    names = ",".join(f"DNS:{host}" for host in HOSTS)
    made = ("-keyout", folder / "key.pem", "-out", folder / "authority.pem", "-addext", f"subjectAltName={names}")
    kind = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Proxy")
    subprocess.run(["openssl", "req", *kind, *made], check=True, capture_output=True)
