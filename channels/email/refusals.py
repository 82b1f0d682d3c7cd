"""What an SMTP server's «no» means, in a Spanish sentence for technicians, by RFC 3463 code. Pure."""

import re

REASONS = {
    "1.0": "La dirección no es válida",
    "1.1": "La dirección no existe",
    "1.2": "El dominio de la dirección no existe",
    "1.3": "La dirección está mal escrita",
    "1.6": "El buzón se ha trasladado y no ha dejado dirección nueva",
    "1.7": "El servidor no admite nuestra dirección de remitente",
    "1.8": "El servidor no admite nuestra dirección de remitente",
    "1.10": "El dominio de la dirección no recibe correo",
    "2.0": "El buzón tiene un problema",
    "2.1": "El buzón está desactivado",
    "2.2": "El buzón está lleno",
    "2.3": "El correo es demasiado grande para ese buzón",
    "2.4": "La lista de distribución tiene un problema",
    "3.1": "El servidor del destinatario no tiene sitio",
    "3.4": "El correo es demasiado grande para el servidor del destinatario",
    "4.1": "El servidor del destinatario no responde",
    "4.3": "No se encuentra el servidor del destinatario",
    "4.4": "No se encuentra el servidor del destinatario",
    "4.6": "El correo ha dado demasiadas vueltas entre servidores",
    "4.7": "El servidor no ha podido entregarlo a tiempo",
    "5.0": "El servidor no ha entendido el envío",
    "5.2": "El servidor no ha entendido el envío",
    "5.3": "Hay demasiados destinatarios",
    "5.4": "El servidor no ha entendido el envío",
    "6.0": "El servidor no admite el formato del correo",
    "6.7": "La dirección lleva letras que el servidor no admite",
    "7.0": "El servidor no admite el envío por sus normas de seguridad",
    "7.1": "El servidor del destinatario rechaza nuestros correos",
    "7.8": "El servidor de salida no acepta el usuario o la clave",
    "7.23": "El servidor rechaza el correo porque no se comprueba quién lo envía (SPF)",
    "7.26": "El servidor rechaza el correo porque no se comprueba quién lo envía (SPF o DKIM)",
}
PLAIN = {
    450: "El buzón no está disponible en este momento",
    451: "El servidor ha tenido un problema",
    452: "El servidor no tiene sitio",
    421: "El servidor cierra la conexión; se volverá a intentar",
    530: "El servidor de salida pide usuario y clave",
    535: "El servidor de salida no acepta el usuario o la clave",
    550: "El servidor rechaza la dirección",
    551: "La dirección no es de ese servidor",
    552: "El correo es demasiado grande o el buzón está lleno",
    553: "La dirección no está permitida",
    554: "El servidor rechaza el correo",
}
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
WORDS = (
    (re.compile(r"(?i)quota|mailbox (?:is )?full|over ?quota|buz[óo]n (?:est[áa] )?lleno"), "El buzón está lleno"),
    (
        re.compile(r"(?i)user unknown|unknown user|no such user|does not exist|no existe|unknown recipient"),
        "La dirección no existe",
    ),
    (
        re.compile(r"(?i)spam|blocked|blacklist|block list|reputation"),
        "El servidor del destinatario rechaza nuestros correos",
    ),
    (re.compile(r"(?i)too (?:large|big)|exceeds"), "El correo es demasiado grande"),
)


def reason(code: int, said: str) -> str:
    """The sentence for a reply; the server's own code stays in brackets for whoever administers the mail."""
    enhanced = ENHANCED.search(said)
    found = REASONS.get(f"{int(enhanced[2])}.{int(enhanced[3])}") if enhanced else None
    found = found or next((sentence for pattern, sentence in WORDS if pattern.search(said)), None)
    found = found or PLAIN.get(code, "El servidor no acepta el correo")
    return f"{found} ({wire_code(code, said)})"


def wire_code(code: int, said: str) -> str:
    """The RFC 3463 code if the server gave one, else its three digits."""
    enhanced = ENHANCED.search(said)
    return enhanced[0] if enhanced else str(code)
