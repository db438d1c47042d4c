"""A page is a frozen dataclass that pins what its template gets; `render` alone writes HTML.

Every page is one file that holds no script and asks the network for nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Protocol

from uncounted.brief.messages import say, translated
from uncounted.core.notes import note

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["Page", "Picture", "render"]


class Page(Protocol):
    """A dataclass whose fields are the variables of its template, no more and no fewer."""

    template: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[object]]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture.

    Parameters
    ----------
    words
        What it shows, for those who cannot see it.
    svg
        The picture. Whatever draws it escapes every text inside.
    narrow
        The same picture drawn for a phone, where there is one.
    heading
        What stands above it, where the page does not know by itself.
    """

    words: str
    svg: str
    narrow: str = ""
    heading: str = ""


def render(page: Page) -> str:
    """Write the HTML of a page. Everything but pictures is escaped."""
    given = {name: getattr(page, name) for name in page.__dataclass_fields__}
    return environment().get_template(page.template).render(given)


@cache
def environment() -> Environment:
    """Return the templates of this package."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("uncounted.brief"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translated(made)
    made.filters["drawn"] = _drawn
    made.filters["spaced"] = _spaced
    made.filters["marked"] = _marked
    made.filters["why"] = _why
    return made


def _drawn(svg: str) -> Markup:
    """Let a picture stand as it is: what drew it escaped the texts in it.

    Names inside it are made its own, so that two pictures of a page never share one.
    """
    from markupsafe import Markup

    # The figure around it says what it shows; a reader of screens is not told every mark.
    svg = re.sub(r' (?:role|aria-label|aria-roledescription)="[^"]*"', "", svg)
    svg = svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
    own = hashlib.sha256(svg.encode()).hexdigest()[:8]
    return Markup(re.sub(r"\bclip(\d+)\b", rf"clip-{own}-\1", svg))


def _spaced(parts: Sequence[object]) -> str:
    return " ".join(str(p) for p in parts)


def _marked(said: object, links: Mapping[object, object]) -> object:
    """Give a sentence with the links on its numbers."""
    return links[said]


def _why(text: str, anchors: Mapping[str, str], kind: str) -> str:
    """Give a number the mark that leads to where it comes from; text without a number stays as it is."""
    from markupsafe import Markup

    if kind not in anchors or not any(c.isdecimal() for c in text):
        return text
    label = say(note("brief.numbers.link", number=text))
    link = Markup('<a class="why" href="#{}" aria-label="{}">{}</a>')
    made: str = link.format(anchors[kind], label, text)
    return made
