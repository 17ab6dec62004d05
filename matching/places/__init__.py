"""From what people write to where it is: postcodes, authorities, schools, and cells that hide a home among others."""

from matching.places.authorities import AuthorityCodes
from matching.places.book import PostcodeBook
from matching.places.cells import CellMap
from matching.places.drawing import draw_cells, middles_of
from matching.places.edition import Edition
from matching.places.located import Located, Precision
from matching.places.protect import Protected, protect, too_near, true_places
from matching.places.relation import Relation, relation
from matching.places.schools import School, read_schools

__all__ = [
    "AuthorityCodes",
    "CellMap",
    "Edition",
    "Located",
    "PostcodeBook",
    "Precision",
    "Protected",
    "Relation",
    "School",
    "draw_cells",
    "middles_of",
    "protect",
    "read_schools",
    "relation",
    "too_near",
    "true_places",
]
