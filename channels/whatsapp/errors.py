"""Twilio's error codes in Spanish sentences, with whether trying again can help."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a message did not go; `retryable` when the same message may go later."""

    reason: str
    retryable: bool = False


def _for(codes: str, reason: str, *, retryable: bool = False) -> dict[str, Trouble]:
    return dict.fromkeys(codes.split(), Trouble(reason=reason, retryable=retryable))


TABLE: dict[str, Trouble] = {
    **_for("429 20429 63018 63017", "Twilio o WhatsApp piden ir más despacio; se volverá a intentar.", retryable=True),
    **_for("63012 30008", "Fallo pasajero de WhatsApp o de Twilio; se puede volver a intentar.", retryable=True),
    **_for("30003", "El teléfono está apagado o sin cobertura; se puede volver a intentar.", retryable=True),
    **_for("63038", "La cuenta de Twilio ha llegado a su tope de hoy; se puede reintentar mañana.", retryable=True),
    **_for("14107", "Twilio ha cortado un intercambio demasiado rápido: parece un contestador que responde a otro."),
    **_for("20003 401 403", "Twilio no acepta nuestras credenciales; avise a quien administra el sistema."),
    **_for("20404 404", "Twilio no encuentra la cuenta o el recurso; avise a quien administra el sistema."),
    **_for("63016", "Han pasado más de 24 horas desde su último mensaje: solo se puede enviar una plantilla aprobada."),
    **_for("63015", "Esta persona no está unida al número de pruebas de Twilio."),
    **_for("63003 63024 21211", "Ese número no tiene WhatsApp o no existe; use otro canal."),
    **_for("63005 63013", "WhatsApp ha rechazado el contenido del mensaje."),
    **_for(
        "63007", "Nuestro número no está dado de alta como remitente de WhatsApp; avise a quien administra el sistema."
    ),
    **_for("63019 21620", "WhatsApp no ha podido descargar el archivo adjunto."),
    **_for("63021", "WhatsApp no admite ese tipo de contenido o la plantilla es demasiado larga."),
    **_for("63030", "WhatsApp no admite alguno de los parámetros del mensaje."),
    **_for("63032 63049", "WhatsApp ha decidido no entregar este mensaje a esta persona."),
    **_for("63033", "Esta persona ha pedido a WhatsApp no recibir estos mensajes."),
    **_for(
        "63027 63028 63040 63041 63042",
        "La plantilla no está aprobada, está en pausa o sus huecos no cuadran; elija otra.",
    ),
    **_for("21654 21655 21656", "La plantilla se ha enviado mal rellenada; avise a quien administra el sistema."),
    **_for("21612 21614", "No se puede escribir a ese número desde el nuestro."),
    **_for("21408", "La cuenta de Twilio no permite enviar a ese país; avise a quien administra el sistema."),
    **_for(
        "21609", "Twilio no puede llamar a nuestra dirección pública (PUBLIC_URL); avise a quien administra el sistema."
    ),
    **_for("21610", "Esta persona pidió no recibir mensajes (STOP); use otro canal."),
    **_for("21617", "El mensaje pasa de 1600 caracteres; acórtelo o pártalo."),
    **_for("21623", "El mensaje lleva más de diez archivos."),
    **_for("21619", "El mensaje está vacío."),
    **_for("30005 30006 30007", "Ese número no existe, es fijo o la operadora filtra el mensaje; use otro canal."),
    **_for(
        "63020 63051",
        "La cuenta de WhatsApp de la entidad está bloqueada o sin confirmar; avise a quien la administra.",
    ),
}


def trouble(code: str | None) -> Trouble:
    """What a code means; an unknown one is told with its number and is not worth repeating by itself."""
    if not code:
        return Trouble(reason="WhatsApp no ha entregado el mensaje y no ha dicho por qué.")
    return TABLE.get(code) or Trouble(reason=f"WhatsApp no ha aceptado o entregado el mensaje (código {code}).")
