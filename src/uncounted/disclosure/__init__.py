"""What may be published: small cells, what would reveal them, and differences between releases."""

from uncounted.disclosure.ledger import Ledger, Release
from uncounted.disclosure.overlap import PageTable, page_table
from uncounted.disclosure.suppress import THRESHOLD, Published, Total, attack, protect

__all__ = [
    "THRESHOLD",
    "Ledger",
    "PageTable",
    "Published",
    "Release",
    "Total",
    "attack",
    "page_table",
    "protect",
]
