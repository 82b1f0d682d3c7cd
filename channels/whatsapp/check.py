"""Whether Twilio takes our credentials, and whether it calls the address that we listen at."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag

from channels.whatsapp import rest
from channels.whatsapp.faults import WIRE
from channels.whatsapp.settings import Settings

MOST = 200
STRANGERS = "Twilio no acepta las credenciales: revise TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN y TWILIO_API_KEY."


def check(settings: Settings, *, timeout: float) -> tuple[str, ...]:
    """What is wrong, as sentences."""
    client = rest.client(settings, timeout=timeout)
    try:
        client.messages.list(limit=1, page_size=1)
        return () if settings.poll else tuple(_address(client, settings))
    except (*WIRE, ValueError) as error:
        # A list that is refused tells its status in words only.
        if any(sign in str(error) for sign in ("401", "403", "20003")):
            return (STRANGERS,)
        return ("No se puede hablar con Twilio: mire la salida a Internet (HTTPS_PROXY).",)


def _address(client: Any, settings: Settings) -> Iterator[str]:
    wanted = f"{settings.public_url}/hooks/whatsapp"
    if settings.sender.startswith("MG"):
        service = client.messaging.v1.services(settings.sender).fetch()
        yield from _compared(service.inbound_request_url, wanted, f"el servicio {settings.sender}")
        return
    senders = client.messaging.v2.channels_senders.list(channel="whatsapp", limit=MOST)
    ours = next((one for one in senders if one.sender_id == f"whatsapp:{settings.sender}"), None)
    # The sandbox's number is nobody's sender, and its address can only be read in the console.
    if ours is None:
        return
    webhook = ours.webhook if isinstance(ours.webhook, dict) else {}
    yield from _compared(webhook.get("callback_url"), wanted, f"el número {settings.sender}")
    if ours.status and not str(ours.status).startswith("ONLINE"):
        yield f"Twilio dice que el número {settings.sender} no está en línea ({ours.status})."


def _compared(there: object, wanted: str, what: str) -> Iterator[str]:
    # What follows # is how Twilio shall retry, and is never sent.
    if urldefrag(str(there or "")).url.rstrip("/") != wanted:
        yield f"Para {what}, Twilio llama a «{there or 'ninguna dirección'}»: ponga {wanted}#rc=3&rp=ct,rt,5xx."
