"""Records to linkage draws to overlap tables: who is the same person, and with what doubt."""

from __future__ import annotations

from uncounted.linkage.decisions import Decision
from uncounted.linkage.draws import LinkageDraws
from uncounted.linkage.model import Linkage, LinkageSettings, link

__all__ = ["Decision", "Linkage", "LinkageDraws", "LinkageSettings", "link"]
