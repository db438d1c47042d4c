"""The brief as a Word file to edit, and its numbers read back out of an edited one."""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from uncounted.brief.facts import Facts
from uncounted.brief.messages import say
from uncounted.brief.numbers import Said, tokens, value
from uncounted.brief.onepage import OnePage
from uncounted.brief.typeset import FONTS
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import note
from uncounted.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from docx.document import Document
    from docx.shared import Length, RGBColor
    from docx.table import _Row as Row
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

__all__ = ["Changed", "Copy", "changes", "read_copy", "word_copy"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARK = "uncounted-brief:"
_LARGEST = 32 << 20
_FONT, _ASIAN = "Calibri", "Malgun Gothic"


def word_copy(page: OnePage, facts: Facts, content: str) -> bytes:
    """Write the copy; equal pages give equal bytes.

    Parameters
    ----------
    page, facts
        Of the brief.
    content
        Its hash, kept in the file beside run and language, so that `read_copy` knows what it is of.

    Raises
    ------
    MissingExtra
        If python-docx is not installed.
    """
    try:
        import docx
    except ImportError:
        raise MissingExtra(note("brief.needs.word"), fix=note("brief.needs.word.fix")) from None
    import datetime as dt

    from docx.shared import Cm, Pt, RGBColor

    made: Document = docx.Document()
    props = made.core_properties
    props.title, props.author, props.language = page.title.text, facts.project, page.language
    props.subject = f"{_MARK}{facts.run}:{page.language}:{content}"
    props.comments, props.last_modified_by, props.revision = "", facts.project, 1
    props.created = props.modified = dt.datetime(
        facts.as_of.year, facts.as_of.month, facts.as_of.day
    )
    sheet = made.sections[0]
    sheet.page_width, sheet.page_height = (
        (Cm(21.0), Cm(29.7)) if page.language == "ko" else (Cm(21.59), Cm(27.94))
    )
    sheet.left_margin = sheet.right_margin = Cm(1.9)
    sheet.top_margin = sheet.bottom_margin = Cm(1.5)
    accent, muted = RGBColor(0x0B, 0x5A, 0x86), RGBColor(0x52, 0x60, 0x6D)
    _styles(made, page.language, accent)
    if page.draft:
        for part in (sheet.header, sheet.footer):
            _say(part.paragraphs[0], Said(page.draft), bold=True, color=RGBColor(0x8A, 0x3C, 0x08))
    _say(made.add_paragraph(), page.place, color=muted)
    _say(made.add_heading(level=1), page.title)
    _say(made.add_paragraph(), page.figure, bold=True, size=Pt(34), color=accent)
    for r in page.ranges:
        _say(made.add_paragraph(), r, bold=True, size=Pt(12))
    if page.verdict:
        _say(made.add_paragraph(), Said(page.verdict))
    _say(made.add_paragraph(), page.kind, color=muted)
    if page.means.text:
        _say(made.add_paragraph(), page.means, color=muted)
    drawn = made.add_paragraph().add_run()
    picture = drawn.add_picture(
        io.BytesIO(_picture(page)), width=Cm(17.4 if page.has_figure else 8)
    )
    about = picture._inline.docPr
    about.set("descr", page.alt)
    about.set("title", page.title.text)
    for _, words in page.legend:
        _say(made.add_paragraph(style="List Bullet"), words)
    for extra in (page.dot, page.share):
        if extra.text:
            _say(made.add_paragraph(), extra, bold=extra is page.share)
    for t in page.tables:
        _say(made.add_heading(level=2), Said(t.heading))
        grid = made.add_table(rows=1, cols=len(t.heads), style="Light Grid Accent 1")
        for cell, head in zip(grid.rows[0].cells, t.heads, strict=True):
            _say(cell.paragraphs[0], Said(head), bold=True)
        _repeated_head(grid.rows[0])
        for row in t.rows:
            cells = grid.add_row().cells
            own = (Said(row.label), row.detected, row.estimated, row.ends)[: len(t.heads)]
            for cell, words in zip(cells, own, strict=True):
                _say(cell.paragraphs[0], words)
    _say(made.add_paragraph(), Said(page.table_note), color=muted)
    for s in page.sections:
        _say(made.add_heading(level=2), Said(s.heading))
        for x in s.said:
            _say(made.add_paragraph(style="List Bullet"), x)
    _say(made.add_heading(level=2), Said(page.quote_heading))
    _say(made.add_paragraph(style="Quote"), page.quote)
    _say(made.add_paragraph(), page.quote_by, color=muted)
    _say(made.add_heading(level=2), Said(page.behind_heading))
    for x in page.behind:
        _say(made.add_paragraph(), x)
    _say(made.add_paragraph(), page.foot, color=muted)
    _say(made.add_paragraph(), Said(say(note("brief.word.locked"))), color=muted)
    out = io.BytesIO()
    made.save(out)
    return _settled(out.getvalue())


def _styles(made: Document, language: str, accent: RGBColor) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    names = ("Normal", "Heading 1", "Heading 2", "Quote", "List Bullet")
    for name in names:
        style = made.styles[name]
        style.font.name = _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:ascii", "w:hAnsi", "w:cs"):
            fonts.set(qn(attribute), _FONT)
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        fonts.set(qn("w:eastAsia"), _ASIAN)
    normal = made.styles["Normal"]
    normal.font.size = Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Heading 1", 16), ("Heading 2", 11.5)):
        made.styles[name].font.size = Pt(size)
        made.styles[name].font.color.rgb = accent
        made.styles[name].paragraph_format.space_before = Pt(8)
        made.styles[name].paragraph_format.space_after = Pt(3)
    spoken = normal.element.get_or_add_rPr()
    tag = spoken.makeelement(qn("w:lang"), {})
    code = {"en": "en-US", "es": "es-US", "ko": "ko-KR"}.get(language, language)
    tag.set(qn("w:val"), code)
    tag.set(qn("w:eastAsia"), code if language == "ko" else "ko-KR")
    spoken.append(tag)


def _say(
    paragraph: Paragraph,
    said: Said,
    *,
    bold: bool = False,
    size: Length | None = None,
    color: RGBColor | None = None,
) -> None:
    """Write a sentence; each of its numbers in a content control that says which it is."""
    for text, key in said.pieces():
        run = paragraph.add_run(text)
        run.bold = bold or None
        if size is not None:
            run.font.size = size
        if color is not None:
            run.font.color.rgb = color
        if key:
            _control(run, key)


def _control(run: Run, key: str) -> None:
    from docx.oxml.ns import qn

    element = run._r
    parent = element.getparent()
    make = element.makeelement
    control, about, inside = (
        make(qn("w:sdt"), {}),
        make(qn("w:sdtPr"), {}),
        make(qn("w:sdtContent"), {}),
    )
    for name in ("w:alias", "w:tag"):
        tag = make(qn(name), {})
        tag.set(qn("w:val"), key[:64])  # Word takes no longer ones
        about.append(tag)
    parent.replace(element, control)
    control.append(about)
    inside.append(element)
    control.append(inside)


def _repeated_head(row: Row) -> None:
    from docx.oxml.ns import qn

    about = row._tr.get_or_add_trPr()
    about.append(about.makeelement(qn("w:tblHeader"), {}))


def _picture(page: OnePage) -> bytes:
    from importlib import resources

    import vl_convert as vlc

    with resources.as_file(FONTS) as folder:
        vlc.register_font_directory(str(folder))
        made = vlc.svg_to_png(page.picture.svg, scale=2)
    assert isinstance(made, bytes)
    return made


def _settled(data: bytes) -> bytes:
    """Take the hour out of the file: the archive's entries would hold when they were written."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Copy:
    """What a Word file holds: of which brief it is, and its numbers in reading order.

    Parameters
    ----------
    run, language, content
        Of the brief it was made from; empty where the file does not say.
    numbers
        As written, with the words around them.
    held
        What stands in each content control of ours: its tag, and the number as written.
    """

    run: str
    language: str
    content: str
    numbers: tuple[tuple[str, str], ...]
    held: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A number of the file that is not the brief's.

    Parameters
    ----------
    kind
        ``"changed"``, ``"added"`` or ``"missing"``.
    was, now
        As written in the brief and in the file; empty where there is none.
    around
        The words around it.
    """

    kind: str
    was: str
    now: str
    around: str

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {"kind": self.kind, "was": self.was, "now": self.now, "around": self.around}


def read_copy(data: bytes) -> Copy:
    """Read a Word file's numbers: body, tables, headers, footers, notes and text boxes.

    Raises
    ------
    InputError
        If it is no Word file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            names = file.namelist()
            if sum(i.file_size for i in file.infolist()) > _LARGEST:
                raise _no_word()
            parts = ["word/document.xml"]
            parts += sorted(
                n
                for n in names
                if re.fullmatch(r"word/(header|footer|footnotes|endnotes)\d*\.xml", n)
            )
            found: list[tuple[str, str]] = []
            held: list[tuple[str, str]] = []
            for part in parts:
                if part in names:
                    root = _xml(file.read(part))
                    for text in _paragraphs(root):
                        found += [(t.text, text) for t in tokens(text)]
                    held += _controls(root)
            about = _xml(file.read("docProps/core.xml")) if "docProps/core.xml" in names else None
            if "word/document.xml" not in names:
                raise _no_word()
    except (
        zipfile.BadZipFile,
        ElementTree.ParseError,
        KeyError,
        NotImplementedError,
        RuntimeError,
    ):
        raise _no_word() from None
    subject = ""
    if about is not None:
        subject = next((e.text or "" for e in about.iter() if e.tag.endswith("}subject")), "")
    run = language = content = ""
    if subject.startswith(_MARK):
        run, language, content = (*subject.removeprefix(_MARK).split(":"), "", "", "")[:3]
    return Copy(run, language, content, tuple(found), tuple(held))


def _xml(data: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:  # entities that unfold without end
        raise _no_word()
    return ElementTree.fromstring(data)


def _no_word() -> InputError:
    return InputError(note("brief.word.none"), fix=note("brief.word.none.fix"))


def _paragraphs(root: ElementTree.Element) -> Iterator[str]:
    """Texts of the paragraphs; what was struck out under tracked changes is not in them."""
    for paragraph in root.iter(f"{_W}p"):
        out: list[str] = []
        _words(paragraph, out, top=True)
        yield "".join(out)


def _controls(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Yield the tag of each content control and every number in it."""
    for control in root.iter(f"{_W}sdt"):
        tag = control.find(f"{_W}sdtPr/{_W}tag")
        inside = control.find(f"{_W}sdtContent")
        if tag is not None and inside is not None:
            out: list[str] = []
            _words(inside, out, top=True)
            for token in tokens("".join(out)):
                yield tag.get(f"{_W}val", ""), token.text


def _words(element: ElementTree.Element, out: list[str], *, top: bool = False) -> None:
    if element.tag == f"{_W}p" and not top:
        return  # of a text box: a paragraph of its own
    if element.tag == f"{_W}del" or element.tag.endswith("}Fallback"):
        return
    if element.tag == f"{_W}t":
        out.append(element.text or "")
    elif element.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
        out.append(" ")
    elif element.tag == f"{_W}noBreakHyphen":
        out.append("-")
    for child in element:
        _words(child, out)


def changes(ours: Copy, theirs: Copy) -> tuple[Changed, ...]:
    """Compare an edited copy with the one the run gives, number by number in reading order.

    Numbers that were taken out are told as missing; the others are changed or added. A number of
    the brief that stands in another's content control is changed too, though the order fits.
    """
    a, b = [_key(n) for n, _ in ours.numbers], [_key(n) for n, _ in theirs.numbers]
    out: list[Changed] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        old, new = ours.numbers[i:j], theirs.numbers[k:m]
        both = min(len(old), len(new))
        out += [Changed("changed", x[0], y[0], _near(y[1])) for x, y in zip(old, new, strict=False)]
        out += [Changed("missing", x[0], "", _near(x[1])) for x in old[both:]]
        out += [Changed("added", "", y[0], _near(y[1])) for y in new[both:]]
    told = {c.now for c in out}
    own: dict[str, list[str]] = {}
    for tag, written in ours.held:
        own.setdefault(tag, []).append(written)
    for tag, written in theirs.held:
        if tag in own and written not in told and _key(written) not in map(_key, own[tag]):
            out.append(Changed("changed", own[tag][0], written, tag))
    return tuple(out)


def _key(written: str) -> tuple[float | str, bool]:
    found: Sequence[float] = sorted(value(written))
    return (found[0] if found else written, written.endswith("%"))


def _near(text: str) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= 120 else f"{whole[:119]}…"
