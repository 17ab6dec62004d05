"""Geography from the reference data, as the core needs it."""

from api.db.queries import Maps
from matching.cli.places import crossings, data_folder, gazetteer
from matching.geo import read_adjoining


def maps() -> Maps:
    """Postcode areas, waters and neighbouring authorities."""
    reference = data_folder() / "reference"
    return Maps(gazetteer().find, crossings(), read_adjoining(reference))
