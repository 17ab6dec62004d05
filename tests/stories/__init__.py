"""Caseloads that read like practice, each with what the software says about it."""
