"""Whole mails as many programs write them, in ten tongues: what is newly said, and who wrote what was passed on."""

import pytest

from tests.channels.email.letters import Sheet, flat, letter, read, sheets

CLERK = "Marta <marta@valdeprados.example>"


def kept(wanted: str, got: str) -> bool:
    """Whether it is just what was wanted, or, after «~keep», whether every line of it is there."""
    if wanted.startswith("~keep"):
        return all(flat(line) in flat(got) for line in wanted.split("\n")[1:])
    return flat(got) == flat(wanted)


@pytest.mark.parametrize("sheet", sheets("replies.txt"), ids=lambda sheet: sheet.name)
def test_what_somebody_wrote_stays_and_what_the_program_quoted_goes(sheet: Sheet) -> None:
    text, wanted = sheet.words
    found = read(letter(text, subject=sheet.subject))

    assert kept(wanted, found.reply), found.reply
    assert flat(text.replace("\ufeff", "")) == flat(found.text)


@pytest.mark.parametrize("sheet", sheets("replies_in_html.txt"), ids=lambda sheet: sheet.name)
def test_an_answer_in_html_alone_is_trimmed_as_the_plain_one(sheet: Sheet) -> None:
    html, wanted = sheet.words
    said = read(letter(html=html, subject=sheet.subject)).reply

    assert kept(wanted, said), said
    assert "Falta el recibo" not in said
    assert "Pruebe otra vez" not in said


@pytest.mark.parametrize("sheet", sheets("forwards_whole.txt"), ids=lambda sheet: sheet.name)
def test_a_clerk_s_forward_gives_the_citizen_whole_and_apart(sheet: Sheet) -> None:
    text, *wanted = sheet.words
    found = read(letter(text, subject=sheet.subject, sender=CLERK)).forwarded

    if sheet.head == "none":
        assert found is None
        return
    address, who, about = sheet.head.split(" | ")
    assert found is not None
    assert found.sender is not None
    assert found.date is not None
    assert found.sender.address == address
    assert who in {"~any", found.sender.name}
    assert about in {"~any", found.subject}
    assert kept(wanted[0], found.text), found.text
    assert kept(wanted[1], found.comment), found.comment
