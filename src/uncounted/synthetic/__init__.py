"""Made-up people and the lists that would hold them: the example coalition, the bench of linkage."""

from __future__ import annotations

from uncounted.synthetic.coalition import Coalition, example_coalition
from uncounted.synthetic.lists import AS_OF, ERROR_LEVELS, MEMBERS, RECIPIENT

__all__ = ["AS_OF", "ERROR_LEVELS", "MEMBERS", "RECIPIENT", "Coalition", "example_coalition"]
