"""Lists as organisations of many kinds and countries keep them; every person in them is made up."""

from __future__ import annotations

from pathlib import Path

from uncounted.records.reading import ListSpec, ReadList, read_list


def read(tmp_path: Path, text: str | bytes, *, name: str = "list.csv", **details) -> ReadList:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    spec = ListSpec("list", path, details.pop("regime", "none"), **details)
    found = read_list(spec, as_of="2026-11-01", recipients=["us"])
    report = found.report
    assert report.rows_in == report.used + report.quarantined + report.not_released
    return found


def test_german_text_with_names_of_its_neighbours(tmp_path):
    text = (
        "case id;last name;first name;age\n1;Müller-Ößwald;Jürgen;44\n2;Škvorecká;Božena;29\n"
        "3;Ünlü;Käthe;30\n4;Jäger;Sören;31\n"
    )
    found = read(tmp_path, text.encode("cp1252"))
    assert found.records.family.tolist() == ["Müller-Ößwald", "Škvorecká", "Ünlü", "Jäger"]


def test_text_of_an_encoding_nothing_tells_says_what_to_do(tmp_path):
    text = b"case id,first name,age\n1,Ana,30\n2,B\xff\x81\xfe\x90\xaa,29\n"
    found = read(tmp_path, text)
    assert found.report.quarantined == 1
    assert [n for n in found.report.notes if "nothing tells" in n and "`encoding`" in n]
