"""Months of a service's life in minutes: what breaks, grows or slows only after a long time."""
