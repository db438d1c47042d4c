"""Reasons are data: the source is read, and shows that no code looks into a sentence."""

from __future__ import annotations

import ast
import string

import pytest
from tests.messages import sentences
from tests.notes import (
    CODE,
    ROOT,
    all_made,
    codes_written,
    made,
    prose,
    prose_in,
    put_together,
    sources,
)
from tests.sentences import looks

from uncounted.verdict.run_verdict import PLAIN

SENTENCES = sentences()
MADE = all_made()
ROOMS = {code.partition(".")[0] for code in SENTENCES}

FOREIGN = {
    # Texts of other people's libraries, which give the place of a fault in no other way.
    ("claims/ledger.py", "pattern .search()"),
    ("claims/ledger.py", "part"),
    ("files/documents.py", ".splitlines()"),
}
READ = {"disclosure", "estimators", "pooling", "verdict"}
"""Rooms whose notes speak of the people of a coalition's lists."""
LEFT = {
    # Keys and values that JSON, ledgers and files know things by, in words that people can read.
    ("disclosure/renamed.py", "on two lists or more"): "a label of the ledger of publications",
    ("records/account.py", "same name and birth date"): "a key of `duplicates` in JSON",
    (
        "records/consent/stops.py",
        "the list is stopped by a column that may forbid linkage",
    ): "a key of `release` in JSON, beside `releases.REASONS`",
    ("routes/report.py", "contradicted as a general rule"): "a verdict in JSON",
    ("charts/dots.py", "Uncounted Sans, "): "names of fonts",
    ("simulation/ways.py", "a group on one list only"): "the name of a way in tables of results",
    ("simulation/ways.py", "eight to ten lists"): "the name of a way in tables of results",
    ("simulation/ways.py", "out of reach once found"): "the name of a way in tables of results",
    ("simulation/ways.py", "out of all reach"): "the name of a way in tables of results",
    # Made-up data: what stands in its files.
    ("synthetic/example.py", "made up; no real person"): "the citation of a made-up table",
    ("synthetic/lists.py", "Open Door legal clinic"): "the name of a made-up member",
    ("synthetic/writing.py", "Case list, made up for the example"): "a title row of a made-up list",
    # Files that a project starts with, to be edited by people.
    ("project/new.py", "# Lists and decisions hold people's data"): "a comment in .gitignore",
    ("project/settings.py", "[lists.columns]  # guessed by"): "a comment in uncounted.toml",
    # Fonts.
    ("charts/theme.py", "Liberation Sans, Arial"): "a list of fonts",
}
"""Every literal of four words or more outside `brief`, errors and help, in pictures of two or more: how it
begins, and why it is no sentence of the catalogue."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


# --- no code looks into a sentence ---------------------------------------------------------------


def test_no_code_outside_brief_looks_into_a_sentence():
    found = [
        (path.relative_to(ROOT).as_posix(), look)
        for room, path, tree in sources()
        if room != "brief"
        for look in looks(tree)
    ]
    assert [f"{file}:{x.line} {x.how}" for file, x in found if (file, x.how) not in FOREIGN] == []


@pytest.mark.parametrize(
    "planted",
    [
        # what the code once did
        're.sub(r"^On \\d+ linkage draws", "", estimate.refused)',
        'serious = [r for r in reasons if not r.startswith("Only two lists hold")]',
        'for caveat in e.caveats:\n    if "resamples" not in caveat.casefold(): keep(caveat)',
        'reason = re.sub("people are", "x", reason)',
        'if "layout" not in error.message: raise error',
        'words = [c for c in e.caveats if re.search(r"\\d", c) is None]',
        # the same, disguised
        'text = str(error)\nif "singular" in text: pass',
        'x = verdict["reasons"]\nfor y in x:\n    z = y.lower()\n    z.split(" ")',
        "first = e.caveats[0]\nfirst[:10]",
        'why = e.refused or ""\nwhy.partition(":")[0]',
        'n = PATTERN.match(f"{row.why}")',
        'if row.why == "suppressed": pass',
        'said = str(note("a.b"))\nsaid.replace("people", "persons")',
        'for i, (c) in enumerate(list(e.caveats)):\n    c.index("people")',
        'kept = [str(c) for c in e.caveats]\nkept[0].endswith(".")',
        'def f(message: str):\n    return message.find("draws")',
        'if any("bias" in c for c in found.caveats): pass',
        'if "No list holds people." in verdict.reasons: pass',
        'told = made.get("refused")\ntold.count("people")',
        'match error.message:\n    case "x": pass',
    ],
)
def test_what_looks_into_a_sentence_is_found(planted):
    assert looks(ast.parse(planted))


@pytest.mark.parametrize(
    "innocent",
    [
        'out = [str(c) for c in e.caveats]',
        'if e.refused: print(f"No figure: {e.refused}")',
        'caveats += [c for c in more if c not in caveats]',
        'serious = [r for r in reasons if r.code != TWO_LISTS]',
        'if caveat.code not in OF_RESAMPLES: seen[caveat] = 1',
        '" ".join(str(c) for c in e.caveats)',
        'name.startswith("mh:")',
        'if "notes" in made: pass',
        'raise InputError(error.message, fix=error.fix)',
        'reason = np.zeros(3)\nreason[0]',
        'def f(error: float):\n    return error == 0.5',
        'if e.refused is None or not e.caveats: pass',
    ],
)  # fmt: skip
def test_what_only_passes_a_sentence_on_is_left_alone(innocent):
    assert looks(ast.parse(innocent)) == []


# --- the catalogue is complete -------------------------------------------------------------------


def unused() -> list[str]:
    """Sentences whose code is written nowhere, nor begins as one that is put together."""
    written = set(codes_written(ROOMS))
    starts, ends = map(tuple, put_together(ROOMS))
    written |= {f"{code}{end}" for code in written for end in ends}
    return sorted(
        c
        for c in SENTENCES
        if c not in written and not c.endswith(".held") and not c.startswith(starts)
    )


def test_every_code_has_its_sentence_and_every_sentence_its_code():
    written = set(codes_written(ROOMS))
    assert sorted(written - set(SENTENCES)) == []
    assert unused() == []


def test_rooms_with_people_in_their_notes_write_codes_out():
    """Where a number of people may stand, every note can be read here: its code and all its names."""
    ours = [s for s in MADE if s.where.partition("/")[0] in READ]
    assert [s.where for s in ours if not (s.codes and s.whole)] == []
    assert len(ours) > 150
    assert {s.partition(".")[0] for s in put_together(ROOMS)[0]} & {*READ, "run"} == set()


def test_every_code_made_in_the_source_names_a_catalogue():
    made_of = {c.partition(".")[0] for s in MADE for c in s.codes if "notes.py" not in s.where}
    assert made_of <= ROOMS
    assert all(CODE.fullmatch(c) for c in SENTENCES)


def test_sentences_name_what_their_notes_give_and_no_more():
    given: dict[str, set[str]] = {}
    told = {code for s in MADE if not s.whole for code in s.codes}
    told.add("places.country")  # said by its code's name in the language, which stands elsewhere
    for said in MADE:
        for code in said.codes if said.whole else ():
            given.setdefault(code, set()).update(said.names)
            for sentence in SENTENCES.get(code, ()) if code not in told else ():
                assert placeholders(sentence) <= set(said.names), (code, said.where)
    given |= {new: given[old] for old, new in PLAIN.items()}
    for code, sentence in SENTENCES.items():
        base = code.removesuffix(".held")
        if base not in given or base in told:
            assert base.partition(".")[0] not in READ, code
            continue
        assert placeholders("".join(sentence)) <= given[base], code
        if code.partition(".")[0] not in {*READ, "run"} or code in PLAIN.values():
            continue  # elsewhere a number may stand for no more than one or many
        if not code.endswith(".held"):
            assert placeholders("".join(sentence)) == given[base], code


def test_a_note_with_a_number_of_people_can_be_said_without_it():
    seen = set()
    for said in MADE:
        secret = {name for name, tells in said.names.items() if tells}
        for code in said.codes if secret and said.where.partition("/")[0] in READ else ():
            seen.add(code)
            held = SENTENCES.get(f"{code}.held")
            assert held is not None, f"{code} ({said.where}) has no sentence without its numbers"
            assert not placeholders("".join(held)) & secret, code
    held = {c.removesuffix(".held") for c in SENTENCES if c.endswith(".held")}
    assert {c for c in held if c.partition(".")[0] in {*READ, "run"}} <= seen | {
        "run.detected.between", "run.overlap.shared", "run.release.missing",
    }  # fmt: skip
    assert {"verdict.overlap.few", "pooling.strata.unlabelled", "verdict.sensitivity.thin"} <= seen


def test_the_reading_of_notes_sees_numbers_behind_names():
    text = """
def f(n):
    shared = Number(n, "people")
    more = {"a": shared, "b": Number(1)}
    return note(CODES[n], **more), note("x.y" if n else "x.z", few=Number(n, of="small"))
CODES = {1: "x.one", 2: "x.two"}
"""
    first, second = made(ast.parse(text), "planted")
    assert first.codes == ("x.one", "x.two") and first.names == {"a": True, "b": False}
    assert second.codes == ("x.y", "x.z") and second.names == {"few": True}


# --- prose ---------------------------------------------------------------------------------------


def test_prose_outside_the_catalogue_is_named_one_by_one():
    found = {
        p: next((k for k in LEFT if k[0] == p.file and p.text.strip().startswith(k[1])), None)
        for p in prose()
    }
    assert [f"{p.file}:{p.line}: {p.text}" for p, named in found.items() if named is None] == []
    assert sorted(LEFT) == sorted(k for k in found.values() if k is not None)


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ('x = "The lists put no upper bound."', 1),
        ('x = f"Only {n} people are on two lists."', 1),
        ('def f():\n    """Give the number of people on it."""', 0),
        ('raise InputError(f"There is no list {name!r} here.", fix="Name one of these lists.")', 0),
        ('@click.option("--x", help="How many people there are.")\ndef f(): pass', 0),
        ('x = "SELECT a FROM b WHERE c"', 0),
        ('x = "three words only"', 0),
        ('def f():\n    x = "there is no name here"\n    raise fault(x)', 0),
        ('def f():\n    x = "there is no name here"\n    show(x)\n    raise fault(x)', 1),
        ('say("there is no name here")', 1),
        ('x = {"there is no name here": "a"}', 0),
        ('x = {"a": "there is no name here"}', 1),
        ('x = "family name;full name;name of the person;surname"', 0),
        ('_WHY = "there is no name here"\ndef f():\n    raise fault(_WHY)', 0),
        ('WHY = "there is no name here"\ndef f():\n    raise fault(WHY)', 1),
        (
            'class A:\n    def __repr__(self):\n        return f"A of {self.n} people on many lists"',
            0,
        ),
        ('x = ["there is no name here"]\ndef f():\n    return x', 1),
    ],
)
def test_prose_is_counted(text, many):
    assert len(prose_in("x", "x.py", ast.parse(text))) == many


def test_two_words_are_enough_in_a_picture():
    planted = ast.parse('axis = {"title": "people found"}')
    assert len(prose_in("charts", "x.py", planted)) == 1
    assert prose_in("flows", "x.py", planted) == []
