"""The record: tables, one transaction for an act, its audit entry, sealed fields."""
