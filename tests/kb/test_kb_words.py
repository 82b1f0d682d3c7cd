"""Words made alike: accents, stems, sounds."""

from hypothesis import given
from hypothesis import strategies as st

from kb.marks import spans
from kb.words import fold, sound, tokens, words


def test_accents_and_capitals_do_not_matter_but_the_enye_does() -> None:
    assert fold("ÁRBOL Ñandú") == "arbol ñandu"


def test_singular_and_plural_share_their_stem() -> None:
    assert words("Notificaciones electrónicas") == words("notificacion ELECTRONICA")


def test_clave_with_its_sign_is_one_word() -> None:
    assert tokens("Cl@ve PIN") == ["clave", "pin"]


def test_what_is_written_by_ear_sounds_like_the_word() -> None:
    assert sound("sertificao") == sound("certificado")
    assert sound("clabe") == sound("clave")
    assert sound("rejistro") == sound("registro")


@given(st.text(max_size=300))
def test_words_never_raises_and_is_stable(text: str) -> None:
    assert words(text) == words(text)
    assert "  " not in words(text)


def test_the_words_of_a_search_are_marked_where_they_stand() -> None:
    passage = "Restaurar la instalación de AutoFirma"

    assert [passage[start:end] for start, end in spans(passage, "como instalo la autofirma")] == [
        "instalación",
        "AutoFirma",
    ]


@given(st.text(max_size=200), st.text(max_size=80))
def test_marks_stand_inside_the_passage_in_order(passage: str, text: str) -> None:
    found = spans(passage, text)

    assert all(0 <= start < end <= len(passage) for start, end in found)
    assert list(found) == sorted(found)
