"""Forecasts from the published yearly counts alone: for an authority without a child-level history, and as the yardstick."""

from matching.sufficiency.yearly.forecast import LEVELS, Outlook, forecast_years
from matching.sufficiency.yearly.reading import read_population, read_yearly_counts
from matching.sufficiency.yearly.scoring import PEERS, score_origins
from matching.sufficiency.yearly.series import AGES, FLOWS, YearlyCounts, from_published

__all__ = [
    "AGES",
    "FLOWS",
    "LEVELS",
    "PEERS",
    "Outlook",
    "YearlyCounts",
    "forecast_years",
    "from_published",
    "read_population",
    "read_yearly_counts",
    "score_origins",
]
