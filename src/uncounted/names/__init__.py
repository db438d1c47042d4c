"""Names across scripts and romanisations: read once (`normalise`), compared by rule (`compare`).

Table-driven and versioned: the tables are plain files under ``data/``, `fingerprint` says which.
"""

from __future__ import annotations

from uncounted.names.compare import LEVELS, SAME_AT, NameMatch, compare, name_levels
from uncounted.names.fillers import is_placeholder, is_remark
from uncounted.names.given import GIVEN_OUTCOMES, given_outcomes, plainly_different
from uncounted.names.keys import NameKey, normalise, syllable_classes
from uncounted.names.masks import shown
from uncounted.names.spikes import Spikes, find_spikes
from uncounted.names.tables import VERSION, fingerprint

__all__ = [
    "GIVEN_OUTCOMES",
    "LEVELS",
    "SAME_AT",
    "VERSION",
    "NameKey",
    "NameMatch",
    "Spikes",
    "compare",
    "find_spikes",
    "fingerprint",
    "given_outcomes",
    "is_placeholder",
    "is_remark",
    "name_levels",
    "normalise",
    "plainly_different",
    "shown",
    "syllable_classes",
]
