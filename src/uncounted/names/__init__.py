"""Names across scripts and romanisations: read once (`normalise`), compared by rule (`compare`).

Table-driven and versioned: the tables are plain files under ``data/``, `fingerprint` says which.
"""

from __future__ import annotations

from uncounted.names.compare import LEVELS, SAME_AT, NameMatch, compare, name_levels
from uncounted.names.given import GIVEN_OUTCOMES, given_outcomes, plainly_different
from uncounted.names.keys import NameKey, normalise
from uncounted.names.tables import VERSION, fingerprint

__all__ = [
    "GIVEN_OUTCOMES",
    "LEVELS",
    "SAME_AT",
    "VERSION",
    "NameKey",
    "NameMatch",
    "compare",
    "fingerprint",
    "given_outcomes",
    "name_levels",
    "normalise",
    "plainly_different",
]
