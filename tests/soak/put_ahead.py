"""Importing this before anything else of the service gives every part of the process, and processes copied from it, the clock."""

from api.security import accounts
from tests.soak import ahead

accounts.now = ahead.now
