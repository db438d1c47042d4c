"""`uncounted link --review`: answers, going back, leaving half-way, going on; and what is shown."""

from __future__ import annotations

import importlib.util
import json
import os
import select
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from uncounted.cli.link import link

_SPEC = importlib.util.spec_from_file_location(
    "small_coalition_review", Path(__file__).with_name("small_coalition.py")
)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review") / "made"
    small.write(folder)
    # Forty of one list's records hold an initial, a family name cut short and no birth date: pairs in doubt.
    path = folder / "lists" / "hotline.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    for k in range(0, 40 * 3, 3):
        cells = rows[k].split(",")
        rows[k] = ",".join([cells[0], "Z.", cells[2][:-1], "", *cells[4:]])
    path.write_text("\n".join([header, *rows, ""]), "utf-8")
    return folder


def answer(project, keys, most=4):
    words = [str(project), "--review", "--who", "A.B.", "--most", str(most)]
    done = CliRunner().invoke(link, words, input="".join(f"{k}\n" for k in keys))
    path = project / "hand" / "decisions.jsonl"
    kept = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return done, kept


def test_a_review_from_first_answer_to_the_next_sitting(project):
    done, kept = answer(project, ["s", "x", "d", "u", "n", "q"])
    assert done.exit_code == 0, done.output
    assert "That is no answer." in done.output
    assert "2 answers kept" in done.output
    assert [k["verdict"] for k in kept] == ["same", "different", "open", "unsure"]
    assert kept[1]["first"] == kept[2]["first"]  # undoing takes the answer back
    assert {k["who"] for k in kept} == {"A.B."}
    words = (project / "hand" / "decisions.jsonl").read_text()
    assert not any(word in words for word in small.PLANTED)
    # Reasons, file and row are shown; a case number only on a terminal, and never what nobody compares.
    assert "hotline.csv, row" in done.output and "has it" in done.output
    assert "QX-99731" not in done.output
    assert not any(work in done.output for work in small.WORK)
    # No silence before the first question.
    before = done.output.partition("Question 1")[0]
    assert "reading the lists" in before and "putting the questions in order" in before
    # The next sitting begins with pairs that nobody saw; those left unsure come last.
    again, more = answer(project, ["d"])  # the terminal goes away after one answer
    assert again.exit_code == 1 and "1 answer kept" in again.output
    assert len(more) == 5
    asked = {(k["first"], k["second"]) for k in kept}
    assert (more[4]["first"], more[4]["second"]) not in asked
    one, _ = answer(project, ["u", "k", "q"], most=1)
    assert "0 answers kept" in one.output and "nothing to undo" in one.output


def test_half_a_line_is_passed_over_with_a_word_and_a_changed_one_is_not(project):
    path = project / "hand" / "decisions.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:60])
    done = CliRunner().invoke(link, [str(project), "--draws", "2"])
    number = whole.count(b"\n") + 1
    assert (
        done.exit_code == 0
        and f"half-written lines, as an interruption leaves them (line {number})" in done.output
    )
    path.write_bytes(whole.replace(b'"same"', b'"different"', 1))
    changed = CliRunner().invoke(link, [str(project), "--draws", "2"])
    assert changed.exit_code == 1 and "line 1: this decision is not as it was written" in str(
        changed.exception
    )
    path.write_bytes(whole)


class Terminal:
    """A real terminal with the program in it."""

    def __init__(self, *words, columns=120):
        import fcntl
        import pty
        import struct
        import termios

        self.child, self.end = pty.fork()
        if not self.child:
            program = "from uncounted.cli import main; main()"
            os.execv(sys.executable, [sys.executable, "-c", program, *words])
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.seen = ""

    def wait(self, words, seconds=240):
        """Read until some words stand on the screen since the last key; give what stands there."""
        until = time.monotonic() + seconds
        while words not in self.seen:
            if not select.select([self.end], [], [], max(until - time.monotonic(), 0))[0]:
                raise AssertionError(f"{words!r} is not in {self.seen[-2000:]!r}")
            try:
                held = os.read(self.end, 65536)
            except OSError:  # the program has ended
                held = b""
            if not held:
                raise AssertionError(f"{words!r} is not in {self.seen[-2000:]!r}")
            self.seen += held.decode("utf-8", errors="replace")
        return self.seen

    def press(self, key):
        """Press a key once the program listens for one: what is typed before is thrown away."""
        import termios

        for _ in range(3000):
            if not termios.tcgetattr(self.end)[3] & termios.ICANON:
                break
            time.sleep(0.01)
        self.seen = ""
        os.write(self.end, key.encode())

    def close(self):
        """Read to the end; give what was left and the exit status."""
        try:
            while held := os.read(self.end, 65536):
                self.seen += held.decode("utf-8", errors="replace")
        except OSError:
            pass
        os.close(self.end)
        return self.seen, os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_on_a_real_terminal_a_key_is_an_answer_and_no_name_stays(project):
    path = project / "hand" / "decisions.jsonl"

    def lines():
        return path.read_bytes().splitlines() if path.exists() else []

    before = len(lines())

    def kept():
        return [json.loads(line)["verdict"] for line in lines()[before:]]

    at = Terminal("link", str(project), "--review", "--who", "A.B.", "--most", "5")
    shown = at.wait("Press any key to begin.")
    assert "reading the lists" in shown and not any(word in shown for word in small.PLANTED)
    at.press(" ")
    shown = at.wait("q stop")
    assert "Question 1, 5 left" in shown and "case QX-99731" in shown
    assert shown.startswith("\x1b[2J") or "\x1b[2J\x1b[H" in shown
    at.press("k")  # put off: nothing is kept
    at.wait("q stop")
    assert kept() == []
    at.press("d")
    at.wait("Question 2, 4 left")
    at.wait("q stop")
    assert kept() == ["different"]  # at once
    at.press("y")  # no answer: a bell, and the question stays
    at.wait("\a")
    at.press("u")
    at.wait("Question 1, 5 left")
    at.wait("q stop")
    assert kept() == ["different", "open"]
    at.press("n")
    at.wait("Question 2, 4 left")
    at.wait("q stop")
    at.press("q")
    left, status = at.close()
    assert status == 0 and "1 answer kept" in left
    # What the ordinary screen shows afterwards: after the other screen was wiped and left.
    assert not any(word in left.partition("\x1b[?1049l")[2] for word in small.PLANTED)
    assert "\x1b[2J\x1b[H\x1b[?1049l" in left
    # Ctrl-C at a question: what was answered is kept, the screen is gone.
    at = Terminal("link", str(project), "--review", "--most", "5", columns=60)
    at.wait("Press any key")
    at.press(" ")
    at.wait("q stop")
    at.press("s")
    at.wait("Question 2")
    at.wait("q stop")
    at.press("\x03")
    left, status = at.close()
    assert status == 130 and "\x1b[?1049l" in left and "1 answer kept" in left
    assert kept() == ["different", "open", "unsure", "same"]


def test_a_review_is_no_json(project):
    done = CliRunner().invoke(link, [str(project), "--review", "--json"])
    assert done.exit_code == 2 and "no --json" in done.output
