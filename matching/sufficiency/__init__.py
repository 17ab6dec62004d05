"""How many and which homes will be needed: forecasts, scenarios and what one more home is worth."""

from matching.sufficiency.futures import Forecast, forecast_yearly
from matching.sufficiency.yearly import Yearly, read_yearly, shipped

__all__ = ["Forecast", "Yearly", "forecast_yearly", "read_yearly", "shipped"]
