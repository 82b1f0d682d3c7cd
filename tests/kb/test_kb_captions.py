"""WebVTT is read as it comes and written so that players read it."""

from hypothesis import given
from hypothesis import strategies as st

from kb.captions import Cue, at_words, read, write


def test_cues_with_names_tags_settings_and_hours_are_read() -> None:
    text = (
        "\ufeffWEBVTT - vídeo\r\n\r\nNOTE esto no se lee\r\n\r\nuno\r\n00:01.500 --> 00:04.000 align:start\r\n"
        "<v Ana>Abra <b>AutoFirma</b> &amp; espere\r\n\r\n01:00:00.000 --> 01:00:02.000\r\nFin\r\n"
    )

    assert read(text).cues == (
        Cue(start=1.5, end=4.0, text="Abra AutoFirma & espere"),
        Cue(start=3600.0, end=3602.0, text="Fin"),
    )


def test_what_is_no_captions_is_an_error_in_words() -> None:
    assert read("1\n00:00:01,000 --> 00:00:02,000\nHola").error
    assert read("WEBVTT\n\nnada").error
    assert read("").cues == ()


@given(st.text(max_size=400))
def test_reading_never_raises(text: str) -> None:
    assert read(text).error
    assert read(f"WEBVTT\n\n{text}") is not None
    assert read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}") is not None


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=40)


@given(st.lists(WORDS.filter(lambda words: "-->" not in words and words.strip()), min_size=1, max_size=6))
def test_what_is_written_is_read_back(texts: tuple[str, ...]) -> None:
    cues = tuple(Cue(start=float(place * 3), end=float(place * 3 + 2), text=text) for place, text in enumerate(texts))

    assert read(write(cues)).cues == cues


def test_the_second_of_a_sentence_is_found_whatever_its_capitals() -> None:
    cues = (Cue(start=0, end=2, text="Hola"), Cue(start=2, end=5, text="Pulse «Entrar»"))

    assert at_words(cues, "pulse  «entrar»") == 2
    assert at_words(cues, "Pulse") is None
