"""People who write while a store is away."""

from tests.faults.burst import push
from tests.flows.people import mail
from tests.servers.dovecot import Dovecot
from tests.servers.twilio import Twilio


def says(twilio: Twilio, number: int) -> int:
    """Somebody writes; how the hook answered."""
    return push(twilio, "no se ha podido conectar con autofirma", sender=f"+346000000{number:02}")[0]


def letter(dovecot: Dovecot, number: int, *, attachment: int = 0) -> None:
    """A mail comes in, perhaps with a file of so many bytes that cannot be packed."""
    message = mail("no puedo firmar", sender=f"e{number}@example.com", subject=f"Consulta {number}")
    if attachment:
        noise = b"".join(n.to_bytes(4, "little") * 2 for n in range(0, attachment * 7919, 7919))[:attachment]
        message.add_attachment(noise, maintype="application", subtype="octet-stream", filename="datos.bin")
    dovecot.deliver(message.as_bytes())
