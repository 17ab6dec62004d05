"""Published statistics of children looked after and of fostering: as shipped, and as downloaded."""

from matching.published.downloads import read_download
from matching.published.neighbours import Neighbour, nearest
from matching.published.series import ENGLAND, Series

__all__ = ["ENGLAND", "Neighbour", "Series", "nearest", "read_download"]
