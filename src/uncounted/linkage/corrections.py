"""Closed-form correction of a two-list overlap for known linkage error rates, as a check on draws."""

from __future__ import annotations

from uncounted.errors import InputError, NoFiniteEstimate

__all__ = ["corrected_overlap", "corrected_population"]


def corrected_overlap(linked: float, size: int, *, found: float, false: float = 0.0) -> float:
    """People on both of two lists, from the links made.

    Of M people on both lists a share ``found`` is linked; of the others on the first list a share
    ``false`` is linked to someone else: linked = found M + false (size - M), solved for M.

    Parameters
    ----------
    linked
        Links made.
    size
        People on the first list.
    found
        Share of true links that are made, 0 to 1.
    false
        Share of people without a true link who are linked all the same, 0 to 1.

    Notes
    -----
    Ding and Fienberg (1994, Survey Methodology 20:149) for two lists. Given both rates; their doubt
    is not in the result.

    Examples
    --------
    >>> round(corrected_overlap(850, 3000, found=0.84, false=0.005))
    1000
    """
    if not (0.0 < found <= 1.0 and 0.0 <= false < 1.0):
        raise InputError("The linkage rates are shares.", fix="Give numbers between 0 and 1.")
    if found <= false:
        raise NoFiniteEstimate(
            "True links are not found more often than false ones are made.",
            fix="No overlap can be told from such a linkage.",
        )
    return (linked - false * size) / (found - false)


def corrected_population(
    linked: float, first: int, second: int, *, found: float, false: float = 0.0
) -> float:
    """Estimate N from two independent lists with linkage error: first second / corrected overlap.

    Raises
    ------
    NoFiniteEstimate
        If nothing is left of the overlap.

    Examples
    --------
    >>> round(corrected_population(850, 3000, 3000, found=0.84, false=0.005))
    9000
    """
    overlap = corrected_overlap(linked, first, found=found, false=false)
    if overlap <= 0.0:
        raise NoFiniteEstimate(
            "After the correction the lists share nobody.",
            fix="The false links alone could make this overlap; no figure can be defended.",
        )
    return first * second / overlap
