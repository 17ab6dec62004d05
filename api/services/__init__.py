"""One function for an act: each runs inside a transaction that somebody else opened, and may run again."""
