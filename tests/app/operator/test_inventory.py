"""Every table is in the inventory of personal data: whoever makes a new one decides what becomes of it."""

from pathlib import Path

from app.models.all import Base

INVENTORY = (Path(__file__).resolve().parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_every_table_is_told_in_the_inventory_of_personal_data() -> None:
    assert [name for name in Base.metadata.tables if f"`{name}`" not in INVENTORY] == []
