"""The statutory return (SSDA903): every module, as CSV or XML, every year since 2016-17, as one history."""

from matching.returns.history import History, read_history
from matching.returns.looked_after import looked_after_on
from matching.returns.reading import Query

__all__ = ["History", "Query", "looked_after_on", "read_history"]
