"""Sufficiency: how many and which homes will be needed, what if, and what one more home is worth."""
