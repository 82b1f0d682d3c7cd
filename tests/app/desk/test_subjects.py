"""The subject of what came without one."""

import pytest

from app.desk.conversation import first_line


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("hola\nno me conecta el autofirma\nsoy de allí", "no me conecta el autofirma"),
        ("Buenos días\n\n¿Dónde veo el justificante?", "¿Dónde veo el justificante?"),
        ("hola", "hola"),
        ("ayuda\nno entra", "no entra"),
        ("", ""),
    ],
)
def test_a_greeting_is_not_what_a_burst_is_about(said: str, subject: str) -> None:
    assert first_line(said) == subject


def test_a_long_line_is_cut_where_it_can_be_read() -> None:
    assert len(first_line("palabra " * 40)) <= 80
