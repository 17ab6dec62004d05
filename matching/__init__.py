"""Placement matching for fostering and adoption."""
