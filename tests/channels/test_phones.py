"""Numbers as people type them."""

import subprocess
import sys

import pytest

from channels.phones import e164, number, prefix, shown


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("921 00 00 00", "ES", "+34921000000"),
        ("600.111.222", "ES", "+34600111222"),
        ("+34 600 111 222", "ES", "+34600111222"),
        ("0034600111222", "ES", "+34600111222"),
        ("+351 912 345 678", "ES", "+351912345678"),
        ("912 345 678", "PT", "+351912345678"),
        ("tel. 600111222", "ES", "+34600111222"),
    ],
)
def test_a_number_is_read_in_its_region(typed: str, region: str, expected: str) -> None:
    assert e164(typed, region=region) == expected


@pytest.mark.parametrize("typed", ["112", "2045", "", "oculto", "\x00", "6001112223334445556", "++34", "921"])
def test_what_is_no_whole_number_stays_as_it_was_typed(typed: str) -> None:
    read = number(typed, region="ES")

    assert read.e164 is None
    assert read.typed == typed
    assert read.address == read.shown == typed.strip()


def test_what_was_typed_is_kept_beside_what_was_understood() -> None:
    read = number(" 600-111-222 ", region="ES")

    assert (read.typed, read.address) == (" 600-111-222 ", "+34600111222")


def test_people_see_their_own_numbers_without_prefix_and_foreign_ones_with_it() -> None:
    assert shown("+34600111222", region="ES") == "600 11 12 22"
    assert shown("+34600111222", region="PT") == "+34 600 11 12 22"
    assert shown("112", region="ES") == "112"


def test_importing_the_room_does_not_load_the_numbering_plans_of_the_world() -> None:
    code = "import channels.phones, sys; sys.exit('phonenumbers' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_prefix_of_a_region_is_what_foreigners_dial_first() -> None:
    assert (prefix("ES"), prefix("PT")) == ("+34", "+351")
