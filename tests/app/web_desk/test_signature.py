"""What stands under every mail of somebody's is folded; nothing that was said this time is."""

import pytest

from app.web.mail_signature import parted

SIGNED = [
    ("No me deja entrar.\n\n-- \nAna Gil\nTel. 600 111 222", "No me deja entrar.", "Ana Gil\nTel. 600 111 222"),
    ("Hola\n--\nAna", "Hola", "Ana"),
    (
        "Adjunto el recibo.\n\nAVISO LEGAL: este correo es confidencial.\nSi no es suyo, bórrelo.",
        "Adjunto el recibo.",
        "AVISO LEGAL: este correo es confidencial.\nSi no es suyo, bórrelo.",
    ),
    ("Vale.\n\nAntes de imprimir, piense en los bosques.", "Vale.", "Antes de imprimir, piense en los bosques."),
]
ALL_SAID = [
    "Buenos días, ¿abren por la tarde?\nUn saludo\nAna",
    "Tengo dos dudas.\n--\nPrimera: ¿se puede pagar?\n--\nSegunda: ¿dónde?",
    "Gracias.\n--\nAna\n\nP.D.: el enlace sigue roto.",
    "--\nAna Gil\nNo puedo entrar",
    "Este mensaje me sale: error 500",
    "Lo pone en\n--\n" + "una línea\n" * 40,
    "¿Qué dice la cláusula de protección de datos que firmo?",
]


@pytest.mark.parametrize(("whole", "said", "under"), SIGNED)
def test_a_signature_is_parted_from_the_words(whole: str, said: str, under: str) -> None:
    assert parted(whole) == (said, under)


@pytest.mark.parametrize("whole", ALL_SAID)
def test_what_may_have_been_said_is_never_folded(whole: str) -> None:
    assert parted(whole) == (whole, "")
