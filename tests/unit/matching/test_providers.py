"""Ofsted's provider lists of several years: every URN with its sector, no name or address of a home."""

from dataclasses import fields
from pathlib import Path

import pytest
from openpyxl import Workbook

from matching.errors import UnreadableFile
from matching.io.providers import RegisteredProvider, read_providers

LISTS = Path(__file__).parents[2] / "data" / "providers"


@pytest.mark.parametrize(
    ("name", "urns"),
    [
        ("ch_fake.xlsx", 1),
        ("combined_scp_ch_fake.xlsx", 4),
        ("scp_ch_2025_fake.xlsx", 2),
        ("scp_fake.xlsx", 2),
        ("scpch_assisted.xlsx", 6),
    ],
)
def test_each_layout_is_read(name: str, urns: int) -> None:
    found = read_providers(LISTS / name)
    assert len(found) == urns
    assert all(one.urn and one.sector for one in found)


def test_what_stands_behind_a_urn() -> None:
    first = read_providers(LISTS / "combined_scp_ch_fake.xlsx")[0]
    assert (first.urn, first.sector, first.places) == ("ARN00001", "Local Authority", 300)
    assert first.codes == ("U1", "U2", "U3", "U4", "U5", "U6")
    assert {field.name for field in fields(RegisteredProvider)} & {"name", "address", "postcode", "telephone"} == set()


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(UnreadableFile, match="no sheet with a URN"):
        read_providers(tmp_path / "other.xlsx")
