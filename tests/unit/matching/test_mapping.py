"""Tables of other systems by a mapping: their columns and codes, every fault in their own words, nothing guessed."""

from pathlib import Path

import pytest

from matching.cli import main
from matching.cli.places import data_folder, gazetteer
from matching.domain import Deadline, LivesWith, PetNeed
from matching.domain.words import Communication, Suitability
from matching.errors import PolicyRefused, UnreadableFile
from matching.io.mapping import read_mapped, read_mapping

REGISTER = """Carer ID;Approved from;Age from;Age to;Vacancies;Type;Smoker?;Phone
00017;01/04/2019;0;10;2;Mainstream;N;023 8000 0000
18;15/06/2021;5;18;0;Kinship;;
"""
MAPPING = """
[mapping]
name = "Register"
kind = "homes"
[columns]
ref = "Carer ID"
approval_approved_on = "Approved from"
approval_youngest = "Age from"
approval_oldest = "Age to"
places_free = "Vacancies"
kind = ["Type", "Kind"]
smokers = "Smoker?"
[codes.kind]
"Mainstream" = "foster"
"Kinship" = "connected"
[codes.smokers]
"Y" = "yes"
"N" = "no"
[fixed]
provider = "own"
"""
FIND = gazetteer().find
STANDARD = data_folder() / "mappings" / "placements-data-standard-v2.toml"


def written(folder: Path, text: str, mapping: str = MAPPING, encoding: str = "utf-8") -> tuple[Path, Path]:
    (folder / "register.csv").write_text(text, encoding=encoding)
    (folder / "register.toml").write_text(mapping)
    return folder / "register.csv", folder / "register.toml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_carer_register_is_read_as_it_is(tmp_path: Path, encoding: str) -> None:
    table, mapping = written(tmp_path, REGISTER, encoding=encoding)
    found = read_mapped(table, read_mapping(mapping), FIND)
    first, second = found.rows
    assert (first.ref, first.approval.oldest, first.places_free, first.smokers) == ("00017", 10, 2, False)
    assert first.approval.approved_on.isoformat() == "2019-04-01"
    assert (second.kind.value, second.smokers, second.provider.value) == ("connected", None, "own")
    assert found.left_out == ("Phone",)


def test_every_fault_is_told_in_their_words_and_nothing_is_read(tmp_path: Path) -> None:
    text = REGISTER.replace("Mainstream", "Main").replace("15/06/2021", "June 2021")
    table, mapping = written(tmp_path, text)
    with pytest.raises(UnreadableFile) as refused:
        read_mapped(table, read_mapping(mapping), FIND)
    told = [str(fault) for fault in refused.value.faults]
    assert any("row 2, column Type: 'Main': is no code of the mapping. Add it to [codes.kind]" in one for one in told)
    assert any("row 3, column Approved from: 'June 2021'" in one for one in told)
    with pytest.raises(UnreadableFile, match="none of the columns Carer ID"):
        read_mapped(written(tmp_path, REGISTER.replace("Carer ID", "Id"))[0], read_mapping(mapping), FIND)


def test_a_mapping_with_names_that_are_not_ours_is_refused(tmp_path: Path) -> None:
    _, mapping = written(tmp_path, REGISTER, MAPPING.replace("places_free", "free_places") + "\n[colums]\nx = 1\n")
    with pytest.raises(PolicyRefused, match="colums, free_places"):
        read_mapping(mapping)
    _, mapping = written(tmp_path, REGISTER, MAPPING.replace('"homes"', '"carers"'))
    with pytest.raises(PolicyRefused, match="is no table of ours"):
        read_mapping(mapping)


def test_the_placements_data_standard_is_a_ready_mapping(tmp_path: Path) -> None:
    """A referral with every option of the standard that bears on matching; 'no known risk' is not 'no'."""
    row = {
        "childId": "4711", "neededBy": "Today", "siblingCount": "1", "preferredLocation": "SO14",
        "specificCommunicationRequirements": "ESOL, BSL", "livingCompanions": "Only with other older children",
        "pets": "Yes - can", "additionalSupport": "taxis to school", "deprivationOfLiberty": "false",
        "culturalNeeds": "Not Known", "fosterCareSuitability": "Preferred", "residentialCareSuitability": "Unsuitable",
        "supportedAccommodationSuitability": "Not specified", "riskMissing": "Risk Present",
        "riskToOthersSexual": "No known risk",
    }  # fmt: skip
    text = "\t".join(row) + "\n" + "\t".join(row.values()) + "\n"
    found = read_mapped(written(tmp_path, text)[0], read_mapping(STANDARD), FIND)
    (child,) = found.rows
    assert (child.ref, child.deadline, child.lives_with) == ("4711", Deadline.EMERGENCY, LivesWith.ONLY_OLDER)
    assert child.communication == {Communication.ESOL, Communication.BSL}
    assert (child.pets, child.deprivation_of_liberty) == (PetNeed.CAN, False)
    assert (child.foster_care, child.supported_care) == (Suitability.PREFERRED, None)
    assert (child.risks.missing, child.risks.harm_sexual) == (True, None)
    assert found.left_out == ("siblingCount",)


def test_the_command_writes_a_file_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, mapping = written(tmp_path, REGISTER)
    monkeypatch.setattr("sys.argv", ["placements", "map", str(table), "--mapping", str(mapping), "--out", str(tmp_path / "c" / "homes.csv")])  # fmt: skip
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert "Nothing was taken from: Phone." in capsys.readouterr().out
    assert "00017" in (tmp_path / "c" / "homes.csv").read_text()
