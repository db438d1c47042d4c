"""What may be published: small cells, what would reveal them, and differences between releases."""

from uncounted.disclosure.ledger import Ledger, Publication
from uncounted.disclosure.suppress import THRESHOLD, Published, Total, attack, protect

__all__ = ["THRESHOLD", "Ledger", "Publication", "Published", "Total", "attack", "protect"]
