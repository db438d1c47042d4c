"""Notes are data; sentences are made in one place, in any language, and hide no number of their own."""

from __future__ import annotations

import gettext
import json
import re

import pytest
from jinja2 import Environment
from tests.messages import LOCALE, codes, compiled, sources

from uncounted.brief import messages
from uncounted.brief.messages import LANGUAGES, MissingMessage, say, speaking
from uncounted.core.notes import Note, Number, note

FEWEST = Number(10)


@pytest.mark.parametrize("path", sources(), ids=lambda p: f"{p.parents[1].name}/{p.name}")
def test_the_compiled_catalogue_is_the_source(path):
    assert path.with_suffix(".mo").read_bytes() == compiled(path)
    found = codes(path)
    assert len(found) == len(set(found))
    if path.stem != "pages":  # keyed by the English of the templates
        assert {c.partition(".")[0] for c in found} == {path.stem}
    assert path.read_text(encoding="utf-8").count("Plural-Forms") == 1  # or a sentence swallowed it


def test_one_and_many():
    def few(k):
        return say(note("verdict.overlap.few", shared=Number(k, "people"), fewest=FEWEST))

    assert few(1).startswith("Only 1 person is")
    assert few(8).startswith("Only 8 people are")
    assert few(0).startswith("Only 0 people are")


def test_a_number_held_back_is_not_said():
    said = note("verdict.overlap.few", shared=Number(None, "people"), fewest=FEWEST)
    assert say(said) == "Few people are on two lists or more; below 10, chance decides the figure."


def test_str_is_the_sentence():
    assert str(note("verdict.overlap.none")).startswith("0 people are")


def test_an_unknown_code_is_an_error_of_ours():
    with pytest.raises(MissingMessage):
        say(note("verdict.nobody.wrote.this"))


def test_notes_survive_json():
    inner = note("verdict.overlap.few", shared=Number(8, "people", "shared"), fewest=FEWEST)
    made = note("x", a=Number(2.5, "factor", digits=1), lists=("b", "c"), name="d", why=inner)
    assert Note.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    # Kept results sort their keys; the first number decides between one and many.
    assert Note.from_dict(json.loads(json.dumps(made.to_dict(), sort_keys=True))) == made


def test_a_disguise_changes_every_sentence_and_no_number():
    made = note("verdict.overlap.few", shared=Number(8, "people"), fewest=FEWEST)
    with speaking(
        "en",
        disguise=lambda s: f"[{s.swapcase()}]".replace("{SHARED}", "{shared}").replace(
            "{FEWEST}", "{fewest}"
        ),
    ):
        assert (
            say(made)
            == "[oNLY 8 PEOPLE ARE ON TWO LISTS OR MORE; BELOW 10, CHANCE DECIDES THE FIGURE.]"
        )


def test_a_page_is_said_in_the_language_spoken_when_it_is_made(monkeypatch):
    """The words of a template are looked up anew each time; what is put in stays escaped."""
    environment = Environment(autoescape=True)
    messages.translated(environment)
    template = environment.from_string(
        "{% trans n=n %}{{ n }} people\n were <b>met</b>{% endtrans %}"
    )
    assert template.render(n="<3>") == "&lt;3&gt; people were <b>met</b>"

    class Reversed(gettext.NullTranslations):
        def gettext(self, message):
            return "<b>met</b>: %(n)s" if message == "%(n)s people were <b>met</b>" else message

    monkeypatch.setattr(messages, "_catalogue", lambda language, room: Reversed())
    assert template.render(n="<3>") == "<b>met</b>: &lt;3&gt;"


PAGES = ("claims", "coalition", "figure", "figures", "page", "verdict")


@pytest.mark.parametrize("name", PAGES)
def test_every_word_of_a_page_stands_where_it_can_be_translated(name):
    """Outside of trans blocks a template holds marks, expressions and signs, no words."""
    path = LOCALE.parent / "templates" / f"{name}.html.j2"
    whole = path.read_text(encoding="utf-8")
    text = whole.partition("</style>")[2] or whole
    for title in re.findall(r"<title>(.*?)</title>", whole):
        text += title
    for hole in (r"\{%-? *trans.*?endtrans *-?%\}", r"\{[{%].*?[}%]\}", r"<[^>]*>", r"&\w+;"):
        text = re.sub(hole, " ", text, flags=re.DOTALL)
    assert re.findall(r"[^\W\d_]+", text) == []


@pytest.mark.parametrize("path", sources(), ids=lambda p: f"{p.parents[1].name}-{p.stem}")
def test_a_code_stands_once_in_a_catalogue(path):
    """Of two sentences of one code the last would be said: a merge once brought an old one back."""
    found = re.findall(r"^msgid \"([^\"]+)\"$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("code", ["answers.review.keys", "answers.review.keys-many"])
def test_keys_of_a_review_are_the_same_in_every_language(name, code):
    """Whoever presses a key must get what the line says: "u" was once "unsure" here and "undo" there."""
    from uncounted.cli._review import OF_MANY, QUIT, SKIP, UNDO, VERDICTS

    wanted = [*VERDICTS, SKIP, UNDO[0], QUIT, *(OF_MANY if code.endswith("many") else ())]
    with speaking(name):
        said = say(Note(code))
    assert [part.split()[0] for part in re.split(r" {2,}", said)] == wanted
