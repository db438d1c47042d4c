"""Approval by two people, drafts marked everywhere, publishing, and a Word copy whose numbers are read back."""

from __future__ import annotations

import io
import json
import re
import zipfile
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from tests.brief_runs import made_run

from uncounted.answers import briefs, word_copies
from uncounted.brief.word_copy import read_copy
from uncounted.cli import main
from uncounted.errors import InputError, Refusal, VerificationError
from uncounted.project.approvals import APPROVALS, same_person

LANGUAGES = ("en", "es", "ko")
TWO = ("Ana Ruiz, director", "Kim Min-su, data lead")
DAY = "2026-11-27"
ATOM = "{http://www.w3.org/2005/Atom}"


def ask(run, **more):
    return briefs.answer(briefs.BriefRequest(run, **more))


def approved(run, people=TWO):
    for who in people:
        found = ask(run, approve=who, day=DAY)
    return found


def texts(found, folder):
    (folder / "x.pdf").write_bytes(found.pdf())
    with zipfile.ZipFile(io.BytesIO(found.docx())) as file:
        word = {n: file.read(n).decode() for n in file.namelist() if n.endswith(".xml")}
    head = "".join(t for n, t in word.items() if re.search(r"header\d|footer\d", n))
    return {
        "html": found.html(),
        "pdf": PdfReader(folder / "x.pdf").pages[0].extract_text(),
        "docx": head,
    }


# --- approval ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_is_marked_in_every_format_until_two_have_approved(tmp_path, language):
    run = made_run(tmp_path)
    draft = ask(run, language=language)
    said = draft.page.draft
    assert draft.to_dict()["draft"] and said
    for kind, text in texts(draft, tmp_path).items():
        assert re.sub(r"\s", "", said) in re.sub(r"\s", "", text), kind
    card = draft.card()
    one = ask(run, language=language, approve=TWO[0], day=DAY)
    assert one.to_dict()["draft"]
    both = ask(run, language=language, approve=TWO[1], day=DAY)
    assert not both.to_dict()["draft"]
    for kind, text in texts(both, tmp_path).items():
        assert re.sub(r"\s", "", said) not in re.sub(r"\s", "", text), kind
    assert both.card() != card
    assert "Ana Ruiz" in both.page.behind[1].text and "Kim Min-su" in both.page.behind[1].text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana Ruiz", "ana  RUIZ", True),
        ("María López", "Maria Lopez", True),
        ("Maria Lopez", "Lopez Maria", True),
        ("Kim Min-su", "김민수", True),
        ("Jean-Luc Roy", "Jean Luc Roy", True),
        ("Ana Ruiz", "Ana Gómez", False),
        ("Ana Ruiz", "Kim Min-su", False),
    ],
)
def test_who_is_the_same_person(tmp_path, one, other, same):
    assert same_person(one, other) is same
    run = made_run(tmp_path)
    ask(run, approve=f"{one}, director", day=DAY)
    if same:
        with pytest.raises(Refusal):
            ask(run, approve=f"{other}, chair", day=DAY)
        assert ask(run).facts.is_draft
    else:
        assert not ask(run, approve=f"{other}, chair", day=DAY).facts.is_draft


@pytest.mark.parametrize(
    "who", ["Ana Ruiz", ", director", "Ana Ruiz,", "123, 456", "x" * 80 + ", " + "y" * 80]
)
def test_an_approval_names_a_person_and_what_they_are(tmp_path, who):
    with pytest.raises(InputError):
        ask(made_run(tmp_path), approve=who, day=DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"advisory": "Asked on Monday; no objection."},
        {"words": briefs.Words(where="another county")},
        {"words": briefs.Words(title="¿Cuántas?"), "language": "es"},
    ],
)
def test_changed_content_voids_what_was_approved(tmp_path, change):
    run = made_run(tmp_path)
    assert not approved(run).facts.is_draft
    after = ask(run, **change)
    assert after.facts.is_draft and after.void == 2
    assert not approved(run).facts.is_draft


def test_approvals_of_another_run_do_not_count(tmp_path):
    run = made_run(tmp_path / "a")
    approved(run)
    other = made_run(tmp_path / "b", point=1450)
    (other / APPROVALS).write_bytes((run / APPROVALS).read_bytes())
    assert ask(other).facts.is_draft


def test_an_edited_approval_counts_only_for_what_it_names(tmp_path):
    run = made_run(tmp_path)
    approved(run)
    made = json.loads((run / APPROVALS).read_text())
    made["approvals"][0]["name"] = made["approvals"][1]["name"]
    (run / APPROVALS).write_text(json.dumps(made))
    assert ask(run).facts.is_draft
    (run / APPROVALS).write_text("{")
    with pytest.raises(InputError):
        ask(run)


def test_a_run_made_as_a_draft_is_never_approved(tmp_path):
    run = made_run(tmp_path, draft=True)
    with pytest.raises(Refusal):
        ask(run, approve=TWO[0], day=DAY)
    assert ask(run).facts.is_draft


def test_whether_survivors_were_asked_is_said(tmp_path):
    run = made_run(tmp_path)
    assert ask(run).page.behind[-1].text == "Survivors’ advisory: not asked."
    said = "Council of survivors: say the range first."
    assert said in ask(run, advisory=said).page.behind[-1].text
    assert said in ask(run, language="ko").page.behind[-1].text


# --- publishing ----------------------------------------------------------------------------------


def test_only_an_approved_brief_is_published_and_the_feed_tells_of_it(tmp_path):
    run = made_run(tmp_path)
    with pytest.raises(Refusal):
        ask(run, publish=True)
    assert not (tmp_path / "briefs").exists()
    approved(run)
    found = ask(run, publish=True)
    assert found.published == tmp_path.resolve() / "briefs" / run.name
    names = {p.name for p in found.published.iterdir()}
    assert names == {f"{x}.{e}" for x in LANGUAGES for e in ("html", "pdf", "docx", "png")} | {
        "about.json"
    }
    feed = tmp_path / "briefs" / "feed.xml"
    first = feed.read_bytes()
    ask(run, publish=True)
    assert feed.read_bytes() == first
    second = made_run(tmp_path, run="2026-09-30-aaaaaaaaaa", point=1500)
    approved(second)
    ask(second, publish=True)
    root = ElementTree.parse(feed).getroot()
    assert root.tag == f"{ATOM}feed"
    assert {root.find(f"{ATOM}{k}") is None for k in ("id", "title", "updated", "author")} == {
        False
    }
    entries = root.findall(f"{ATOM}entry")
    assert [e.find(f"{ATOM}link").get("href").partition("/")[0] for e in entries] == [
        second.name,
        run.name,
    ]
    assert len({e.findtext(f"{ATOM}id") for e in entries}) == 2
    for e in entries:
        assert e.findtext(f"{ATOM}updated") == f"{DAY}T00:00:00Z"
        assert len(e.findall(f"{ATOM}author")) == 2 and e.findtext(f"{ATOM}summary")
        for link in e.findall(f"{ATOM}link"):
            assert (feed.parent / link.get("href")).is_file()


# --- the Word copy -------------------------------------------------------------------------------


def compare(run, path):
    return word_copies.answer(word_copies.CopyRequest(path, run))


def edited(data: bytes, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(body.decode()) if name == "word/document.xml" else body)
    return out.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_as_it_was_written_is_equal(tmp_path, language):
    run = made_run(tmp_path)
    path = tmp_path / "x.docx"
    path.write_bytes(ask(run, language=language).docx())
    found = compare(run, path)
    assert found.equal and found.numbers >= 50 and found.found == ()


def test_any_one_changed_digit_is_caught(tmp_path):
    run = made_run(tmp_path)
    data = ask(run).docx()
    path = tmp_path / "x.docx"
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        body = file.read("word/document.xml").decode()
    places = [m.start() for m in re.finditer(r"(?<=<w:t>)\d[\d,]*(?=</w:t>)", body)]
    assert len(places) >= 50
    for at in places:
        digit = str((int(body[at]) + 1) % 10)
        path.write_bytes(edited(data, lambda text, at=at, d=digit: text[:at] + d + text[at + 1 :]))
        found = compare(run, path)
        assert not found.equal and [c.kind for c in found.found if c.kind == "changed"], body[
            at : at + 6
        ]


def without_controls(text):
    return re.sub(r"<w:sdtPr>.*?</w:sdtPr>|</?w:sdt>|</?w:sdtContent>", "", text)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda t: without_controls(t), set()),
        (lambda t: without_controls(t).replace("1,440", "1,540", 1), {"changed"}),
        (lambda t: t.replace("<w:t>1,440</w:t>", "<w:t>1,4</w:t></w:r><w:r><w:t>40</w:t>", 1), set()),
        (lambda t: t.replace("<w:t>1,440</w:t>", "<w:t>1,4</w:t></w:r><w:r><w:t>50</w:t>", 1), {"changed"}),
        (lambda t: t.replace("<w:t>785</w:t>", "<w:t>７８５</w:t>", 1), set()),
        (lambda t: t.replace("<w:t>785</w:t>", "<w:t>٧٨٦</w:t>", 1), {"changed"}),
        (lambda t: t.replace("<w:t>1,200</w:t>", "<w:t>X</w:t>", 1).replace("<w:t>2,200</w:t>", "<w:t>1,200</w:t>", 1), {"missing", "changed", "added"}),
        (lambda t: t.replace("</w:body>", "<w:p><w:r><w:t>Some say 50,000 people.</w:t></w:r></w:p></w:body>"), {"added"}),
        (lambda t: t.replace("<w:t>1,440</w:t>", "<w:t>many</w:t>", 1), {"missing"}),
        (lambda t: t.replace("</w:body>", "<w:p><w:del><w:r><w:delText>9</w:delText></w:r></w:del></w:p></w:body>"), set()),
        (lambda t: t.replace("</w:body>", "<w:p><w:r><w:pict><w:p><w:r><w:t>in a box 77</w:t></w:r></w:p></w:pict></w:r></w:p></w:body>"), {"added"}),
    ],
)  # fmt: skip
def test_edits_of_every_kind_are_told_apart(tmp_path, change, kinds):
    run = made_run(tmp_path)
    path = tmp_path / "x.docx"
    path.write_bytes(edited(ask(run).docx(), change))
    found = compare(run, path)
    got = {c.kind for c in found.found}
    assert got <= kinds and bool(got) == bool(kinds)
    assert found.equal == (not kinds - {"missing"})


def test_numbers_in_headers_and_notes_are_read(tmp_path):
    run = made_run(tmp_path)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(ask(run).docx())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        new.writestr(
            "word/footnotes.xml",
            f"<w:footnotes {w}><w:p><w:r><w:t>9,999 people</w:t></w:r></w:p></w:footnotes>",
        )
    path = tmp_path / "x.docx"
    path.write_bytes(out.getvalue())
    assert [c.now for c in compare(run, path).found] == ["9,999"]


def test_a_file_that_is_no_copy_is_refused(tmp_path):
    run = made_run(tmp_path / "a")
    path = tmp_path / "x.docx"
    for data in (b"", b"PK\x03\x04", b"no zip at all"):
        path.write_bytes(data)
        with pytest.raises(InputError):
            compare(run, path)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    path.write_bytes(edited(ask(run).docx(), lambda t: bomb))
    with pytest.raises(InputError):
        compare(run, path)
    import docx

    docx.Document().save(path)
    with pytest.raises(InputError):
        compare(run, path)
    other = made_run(tmp_path / "b", run="2026-09-30-aaaaaaaaaa")
    path.write_bytes(ask(other).docx())
    with pytest.raises(VerificationError):
        compare(run, path)


def test_a_copy_says_of_which_brief_it_is(tmp_path):
    found = ask(made_run(tmp_path), language="ko")
    copy = read_copy(found.docx())
    assert (copy.run, copy.language, copy.content) == (found.facts.run, "ko", found.content)


# --- the command line ----------------------------------------------------------------------------


def call(*words, status=0):
    ran = CliRunner().invoke(main, [str(w) for w in words])
    assert ran.exit_code == status, ran.output
    return ran


def test_the_commands_write_files_and_end_as_promised(tmp_path):
    run = made_run(tmp_path)
    out = tmp_path / "out"
    files = [
        f"--{k}={out / f'a.{e}'}"
        for k, e in (("pdf", "pdf"), ("docx", "docx"), ("html", "html"), ("card", "png"))
    ]
    made = json.loads(call("brief", run, "--lang", "es-US", *files, "--json").stdout)
    assert made["ok"] and made["draft"] and made["language"] == "es"
    assert sorted(p.name for p in out.iterdir()) == ["a.docx", "a.html", "a.pdf", "a.png"]
    found = json.loads(call("why", "1,440", run, "--json").stdout)
    assert found["ok"] and found["matches"][0]["counts"] == "estimated"
    assert json.loads(call("verify", out / "a.docx", "--run", run, "--json").stdout)["equal"]
    assert json.loads(call("verify", run, "--docx", out / "a.docx", "--json").stdout)["equal"]
    (out / "b.docx").write_bytes(
        edited((out / "a.docx").read_bytes(), lambda t: t.replace("785", "885"))
    )
    wrong = json.loads(call("verify", out / "b.docx", "--run", run, "--json", status=5).stdout)
    assert not wrong["ok"] and {c["now"] for c in wrong["changed"]} == {"885"}
    told = call("verify", run, "--docx", out / "b.docx", status=5)
    assert "785" in told.output and "885" in told.output


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["brief", "{run}", "--pdf", "{run}/x.pdf"], 2),
        (["brief", "{run}", "--lang", "fr"], 2),
        (["brief", "{run}", "--for", "irs"], 2),
        (["brief", "{run}/..", "--json"], 3),
        (["brief", "{run}", "--approve", "nobody"], 3),
        (["brief", "{run}", "--approve", "Ana Ruiz, director", "--day", "soon"], 3),
        (["brief", "{run}", "--publish"], 4),
        (["why", "many", "{run}"], 3),
        (["verify", "x.docx"], 2),
        (["verify", "{run}", "--docx", "{run}/estimate.json"], 3),
    ],
)
def test_what_cannot_be_done_ends_with_its_status(tmp_path, words, status):
    run = made_run(tmp_path)
    call(*(w.replace("{run}", str(run)) for w in words), status=status)


@pytest.mark.parametrize("funder", ["ovc", "otip"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_grant_report_tells_what_the_run_gives_and_what_it_cannot(tmp_path, funder, language):
    run = made_run(tmp_path)
    found = ask(run, language=language, funders=(funder,)).to_dict()["reports"][funder]
    given = {a["asked"]: a["given"] for a in found}
    assert {"200", "785", "178", "223", "1,440"} <= set(given.values())
    assert all(a["mind"] for a in found)
    assert (
        sum(v is None for v in given.values()) >= 8
    )  # what is never in a run, and two groups held back


def test_verify_leaves_approvals_be(tmp_path):
    from uncounted.project.verify import verify_run

    run = made_run(tmp_path)
    approved(run)
    with pytest.raises(VerificationError) as told:
        verify_run(run, write_page=lambda *a: None)
    assert APPROVALS not in told.value.message


def test_nothing_but_what_the_run_published_is_needed(tmp_path):
    """A copy of the run's folder alone makes the same brief."""
    run = made_run(tmp_path / "a")
    import shutil

    copy = tmp_path / "elsewhere" / run.name
    shutil.copytree(run, copy)
    assert ask(copy).html() == ask(run).html()
