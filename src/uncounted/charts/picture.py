"""`Picture`: a Vega-Lite specification that shows itself and can be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from uncounted.charts.export import in_words, save, to_svg
from uncounted.core.json_types import Spec

__all__ = ["Picture"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Picture(Mapping[str, Any]):
    """A picture: it shows itself in a notebook, and ``save`` keeps it.

    It can be read like the dictionary that it is made of (``picture["width"]``).

    Parameters
    ----------
    spec
        Vega-Lite, complete: data and colours are inside, nothing is loaded.

    Examples
    --------
    >>> import uncounted as uc
    >>> picture = uc.charts.upset(uc.published.load("uk2013-5"))
    >>> picture.alt[:30]
    'Who is on which lists. 2,744 p'
    >>> picture.to_svg()[:4]
    '<svg'
    """

    spec: Mapping[str, Any]

    @property
    def alt(self) -> str:
        """The picture in words: its title and the lines below it."""
        return in_words(self.spec)

    def to_dict(self) -> Spec:
        """Vega-Lite, a copy of its own."""
        return deepcopy(dict(self.spec))

    def to_svg(self) -> str:
        """SVG text, the same for the same picture; drawn without a browser or a network."""
        return to_svg(self.spec)

    def save(self, path: str | Path) -> None:
        """Write it by the path's ending.

        Parameters
        ----------
        path
            ``.svg``, ``.png``, ``.pdf``, ``.html`` (opens without a network) or ``.json`` (Vega-Lite).

        Raises
        ------
        InputError
            If the ending is none of these.
        """
        save(self.spec, path)

    def __getitem__(self, key: str) -> Any:
        return self.spec[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.spec)

    def __len__(self) -> int:
        return len(self.spec)

    def __repr__(self) -> str:
        alt = self.alt
        return f"Picture({alt if len(alt) <= 300 else alt[:297] + '...'!r})"

    def _repr_html_(self) -> str:
        return f'<figure role="img" aria-label="{escape(self.alt)}">{self.to_svg()}</figure>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}
