"""Made-up people and the lists that would hold them: the example coalition, the bench of linkage."""

from __future__ import annotations

from uncounted.synthetic.example import POPULATION, Coalition, example_coalition
from uncounted.synthetic.lists import AS_OF, DEPENDENCE, ERROR_LEVELS, MEMBERS, RECIPIENT
from uncounted.synthetic.writing import write_coalition

__all__ = [
    "AS_OF",
    "DEPENDENCE",
    "ERROR_LEVELS",
    "MEMBERS",
    "POPULATION",
    "RECIPIENT",
    "Coalition",
    "example_coalition",
    "write_coalition",
]
