"""Carries bytes between a TCP port and a Unix socket: `python relay.py ADDRESS PORT SOCKET`."""

import socket
import sys
import threading


def carry(source: socket.socket, target: socket.socket) -> None:
    """Whatever one side says, until it is silent for good."""
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def main(address: str, port: str, path: str) -> None:
    """Serve for ever."""
    with socket.create_server((address, int(port))) as door:
        while True:
            outside, _ = door.accept()
            inside = socket.socket(socket.AF_UNIX)
            inside.connect(path)
            for pair in ((outside, inside), (inside, outside)):
                threading.Thread(target=carry, args=pair, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
