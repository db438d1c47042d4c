"""The face for statisticians: one call, any table, results that show themselves, errors that say what to write."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pydoc
import sys
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import uncounted as uc
from uncounted.core.shown import Shown
from uncounted.errors import InputError, MissingExtra, NoFiniteEstimate, TableError, UsageError
from uncounted.estimators.registry import METHODS, Settings, make
from uncounted.files.frames import BACKENDS, frame_table

HISTORIES = {"100": 60, "010": 45, "001": 30, "110": 16, "101": 9, "011": 12, "111": 5}
LONGEST = 2000


def table(name="made up"):
    return uc.OverlapTable.from_histories(["alpha", "beta", "gamma"], HISTORIES, name=name)


def rows():
    return [
        {"alpha": int(h[0]), "beta": int(h[1]), "gamma": int(h[2]), "count": c}
        for h, c in HISTORIES.items()
    ]


def drawn(n=200, seed=0):
    people = np.random.default_rng(seed).poisson(100, n).astype(float) + 177
    return uc.Estimate("made", 177, 277.0, uc.Interval("posterior", 0.95, 250, 300), people)


class Stubborn:
    """Somebody's own method: it refuses, in words that a page, LaTeX and RTF must survive."""

    def estimate(self, table, *, seed=0):
        raise NoFiniteEstimate("<script>50% of {A_1} × B & \\more</script>")


@pytest.fixture(scope="module")
def results():
    """One of every public result, with list names that would break a page if they were not escaped."""
    t = table("<b>&made</b>")
    two = uc.OverlapTable(t.lists, np.stack([t.counts, t.counts]), ("<i>", "b_2"))
    found = uc.estimate(t, ["main", "bic", "sample-coverage:high", Stubborn()], bootstrap=30)
    from uncounted.simulation.populations import independent_lists

    return {
        "comparison": found,
        "estimate": found["bic"],
        "verdict": uc.assess(t, methods=["main", "pairs"], validate=False, workers=1),
        "sensitivity": uc.sensitivity_curve(t, claim=500),
        "replicates": uc.combine_estimates([drawn(seed=1), drawn(seed=2)]),
        "strata": uc.estimate_strata(two, draws=200, alone=uc.LowerBound()),
        "pooled": uc.estimate_over_draws([t, t], "main", resamples=20, threads=1),
        "simulation": uc.simulate(
            independent_lists(500, [0.3, 0.3, 0.2]),
            {"pairs": uc.Pairs()},
            replications=3,
            workers=1,
        ),
        "table": two,
    }


ALL = ("comparison", "estimate", "verdict", "sensitivity", "replicates", "strata", "pooled",
       "simulation", "table")  # fmt: skip


class _Table(HTMLParser):
    """Counts cells and keeps what stands in them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.words = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("which", ALL)
def test_every_result_has_rows_of_its_columns_and_a_short_repr(results, which):
    made = results[which]
    assert isinstance(made, Shown)
    assert all(set(row) == set(made.COLUMNS) for row in made.to_rows())
    assert made.to_rows()
    assert len(repr(made)) <= LONGEST
    assert repr(made).startswith(type(made).__name__)
    assert "\n" not in repr(made) or which == "table"


@pytest.mark.parametrize("which", ALL)
@pytest.mark.parametrize("backend", BACKENDS)
def test_frames_hold_the_rows_in_three_libraries(results, which, backend):
    pytest.importorskip(backend, reason=f"{backend} is not installed here")
    made = results[which]
    frame = made.to_frame(backend)
    assert type(frame).__module__.split(".")[0] == backend
    columns = frame.column_names if backend == "pyarrow" else list(frame.columns)
    assert columns == list(made.COLUMNS)
    for column, kind in made.COLUMNS.items():
        series = frame[column].to_pylist() if backend == "pyarrow" else frame[column].to_list()
        for got, row in zip(series, made.to_rows(), strict=True):
            want = row[column]
            if want is None:
                assert got is None or got != got
            else:
                assert got == want or (kind == "share" and got == pytest.approx(want))


def test_an_empty_column_has_its_type(results):
    found = uc.estimate(table(), "pairs").to_frame("pyarrow")
    assert found.schema.field("lower").type == pa.float64()
    assert found.schema.field("model").type == pa.string()
    assert found.schema.field("observed").type == pa.int64()


def test_a_library_that_is_not_there_is_named(results, monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtra, match="polars is not installed"):
        results["comparison"].to_frame("polars")
    with pytest.raises(UsageError, match="pandas, polars, pyarrow"):
        results["comparison"].to_frame("dask")


@pytest.mark.parametrize("which", ALL)
def test_html_is_one_escaped_table(results, which):
    made = results[which]
    read = _Table()
    read.feed(made._repr_html_())
    assert read.tags.count("table") == 1
    assert read.tags.count("tr") == 1 + len(made.to_rows())
    assert not {"b", "i", "script"} & set(read.tags)


def test_html_names_the_table_and_every_reason(results):
    read = _Table()
    read.feed(results["comparison"]._repr_html_())
    words = " ".join(read.words)
    assert "<b>&made</b>: 177 people on 3 lists" in words
    assert results["comparison"]["Stubborn"].refused
    for e in results["comparison"]:
        for said in map(str, (*e.caveats, *([e.refused] if e.refused else []))):
            assert said in words


@pytest.mark.parametrize("which", ALL)
def test_latex_has_as_many_cells_in_every_row(results, which):
    lines = results[which].to_latex().splitlines()
    counts = {x.replace(r"\&", "").count("&") for x in lines if x.endswith(r"\\")}
    assert len(counts) == 1
    assert lines[1].startswith(r"\begin{tabular}{") and lines[-1] == r"\end{tabular}"
    assert lines[1].count("l") + lines[1].count("r") - len("tabular".replace("tabu", "")) >= 1
    assert "_" not in "".join(lines[2:]).replace(r"\_", "")


@pytest.mark.parametrize("which", ALL)
def test_pictures_show_say_and_keep_themselves(results, which, tmp_path):
    picture = results[which].plot()
    assert isinstance(picture, uc.charts.Picture)
    assert picture.to_svg().startswith("<svg")
    assert len(picture.alt) > 20 and "\n" not in picture.alt
    json.dumps(picture.to_dict())
    picture.save(tmp_path / "picture.svg")
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == picture.to_svg()
    bundle = picture._repr_mimebundle_()
    assert "<svg" in bundle["text/html"] and "aria-label" in bundle["text/html"]
    assert "<b>" not in bundle["text/html"]


def test_the_forest_has_a_dot_for_every_figure_and_words_for_a_refusal(results):
    found = results["comparison"]
    spec = found.plot().to_dict()
    dots = next(x for x in spec["layer"] if x["mark"].get("type") == "circle")["data"]["values"]
    assert {d["label"]: d["point"] for d in dots} == {
        n: e.point for n, e in zip(found.names, found, strict=True) if e.point is not None
    }
    said = next(x for x in spec["layer"] if x["mark"].get("type") == "text")["data"]["values"]
    assert {s["label"] for s in said} == {
        n for n, e in zip(found.names, found, strict=True) if e.point is None
    }


def test_a_word_processor_gets_a_table(results, tmp_path):
    made = results["comparison"]
    made.to_word(tmp_path / "t.rtf")
    text = (tmp_path / "t.rtf").read_bytes().decode("ascii")
    assert text.startswith("{\\rtf1") and text.count("{") == text.count("}")
    assert text.count("\\row") == 1 + len(made)
    cells = {
        line.count("\\cell") - line.count("\\cellx")
        for line in text.splitlines()
        if "\\row" in line
    }
    assert len(cells) == 1
    assert "\\u215?" in text, "letters beyond ASCII are written as their numbers"
    made.to_word(tmp_path / "t.tsv")
    lines = (tmp_path / "t.tsv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].split("\t")[0] == "method" and len(lines) == 1 + len(made)
    made.to_word(tmp_path / "t.html")
    assert "<table>" in (tmp_path / "t.html").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=r"\.rtf"):
        made.to_word(tmp_path / "t.docx")


@pytest.mark.extended
def test_the_repr_of_a_whole_verdict_was_a_hundred_thousand_characters():
    t = uc.published.load("uk2013-5")
    verdict = uc.assess(t, methods=["main", "bic"], bootstrap=50, validate=True, workers=1)
    assert len(verdict.validation) > 5
    assert len(repr(verdict)) <= LONGEST
    assert len(repr(t)) < 500


def test_the_repr_of_cases_shows_nobody():
    cases = uc.CaseTable(
        ("A", "B"), np.array([[1, 0], [1, 1]]), np.array([[37.0], [41.5]]), ("age",)
    )
    assert "37" not in repr(cases) and "41.5" not in repr(cases)


# One call -------------------------------------------------------------------------------------


def test_methods_by_name_by_object_alone_or_named():
    t = table()
    one = uc.estimate(t, "main", bootstrap=0)
    assert len(one) == 1 and one.names == ("main",)
    assert uc.estimate(t, uc.LowerBound())[0].method == "lower-bound"
    mixed = uc.estimate(t, ["model:[12,3]", uc.LogLinear(uc.Stepwise(), bootstrap=0)], bootstrap=0)
    assert mixed.names == ("model:[12,3]", "stepwise")
    mine = uc.estimate(t, {"wide": uc.LowerBound(0.99), "narrow": uc.LowerBound(0.5)})
    assert mine["wide"].interval.upper > mine["narrow"].interval.upper
    twice = uc.estimate(t, [uc.LowerBound(0.9), uc.LowerBound(0.5)])
    assert twice.names == ("lower-bound", "lower-bound (2)")
    assert list(mixed) == list(mixed.estimates) and "stepwise" in mixed
    assert mixed.rows() == mixed.to_rows()
    with pytest.raises(KeyError, match="stepwise"):
        mixed["aic"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        mixed.seed = 3


def test_the_same_figures_as_one_by_one():
    t = table()
    found = uc.estimate(t, ["bic", "averaged"], bootstrap=60, level=0.9, seed=4)
    for name in found.names:
        alone = make(name, Settings(level=0.9, bootstrap=60)).estimate(t, seed=4)
        assert found[name].point == alone.point and found[name].interval == alone.interval


def test_a_refusal_is_a_row():
    apart = uc.OverlapTable.from_histories(["A", "B"], {"10": 5, "01": 7})
    found = uc.estimate(apart, ["main", uc.LowerBound()])
    assert [e.point for e in found] == [None, None] and all(e.refused for e in found)
    assert found.names == ("main", "LowerBound")
    assert found.to_frame("pandas")["refused"].notna().all()
    assert "no figure" in str(found)
    with pytest.raises(UsageError, match="Did you mean 'bic'"):
        uc.estimate(apart, ["main", "bicc"])
    with pytest.raises(UsageError, match="No method"):
        uc.estimate(apart, [])


# Any table --------------------------------------------------------------------------------------


def tables(tmp_path):
    frame = pd.DataFrame(rows())
    path = tmp_path / "lists.csv"
    frame.to_csv(path, index=False)
    on = np.repeat(frame[["alpha", "beta", "gamma"]].to_numpy(), frame["count"], axis=0)
    people = pd.DataFrame(on, columns=["alpha", "beta", "gamma"])
    cases = uc.CaseTable(("alpha", "beta", "gamma"), on, np.ones((177, 1)), ("x",))
    return {
        "pandas": frame, "pyarrow": pa.Table.from_pylist(rows()), "people": people, "cases": cases,
        "path": path, "text": str(path),
    }  # fmt: skip


def test_whatever_stands_for_a_table_gives_the_same_figures(tmp_path):
    want = uc.LogLinear("main", bootstrap=0).estimate(table()).point
    for name, given in tables(tmp_path).items():
        assert uc.LogLinear("main", bootstrap=0).estimate(given).point == want, name
        assert uc.estimate(given, "main", bootstrap=0)[0].point == want, name
        assert uc.assess(given, methods=[], validate=False, workers=1).observed == 177, name
        assert uc.sensitivity_curve(given).observed == 177, name
        assert uc.internal_validation(given, {"p": uc.Pairs()})[0].true == 90, name
        assert uc.estimate_over_draws([given], "main", resamples=5, threads=1).observed[0] == 177


@pytest.mark.parametrize("method", [m for m in METHODS if m not in ("latent-class", "threshold")])
def test_every_method_takes_a_data_frame(method):
    quick = make(method, Settings(bootstrap=20, threads=1))
    assert quick.estimate(pd.DataFrame(rows())).point == quick.estimate(table()).point


def test_published_names_and_files():
    assert uc.estimate("uk2013-5", "lower-bound").table.n == 2744
    with pytest.raises(InputError, match="no published table 'uk2031'"):
        uc.estimate("uk2031")
    with pytest.raises(TableError, match=r"no file x\.csv"):
        uc.estimate("x.csv")


ESTIMATORS = ("LogLinear", "LowerBound", "Pairs", "ClosedPopulation", "SampleCoverage", "Consensus",
              "DecomposableGraphs", "Shrinkage", "LatentClass", "Threshold", "DoublyRobust")  # fmt: skip


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("given", [table(), pd.DataFrame(rows())], ids=["table", "frame"])
def test_a_table_where_settings_belong_is_told_where_it_belongs(name, given):
    with pytest.raises(UsageError, match=rf"uc\.{name}\(\)\.estimate\(table\)"):
        getattr(uc, name)(given)


@pytest.mark.parametrize("name", ["BestBIC", "BestAIC", "Stepwise", "Averaged"])
def test_rules_are_settings_of_a_log_linear_model(name):
    with pytest.raises(
        UsageError, match=rf"uc\.LogLinear\(model=uc\.{name}\(\)\)\.estimate\(table\)"
    ):
        getattr(uc, name)(table())
    with pytest.raises(UsageError, match="LogLinear"):
        uc.estimate(table(), getattr(uc, name)())


def test_what_is_no_table_is_told_so():
    found = uc.estimate(table(), "pairs")
    for given, words in (
        (found[0], "An estimate is what comes out"),
        (found, "A Comparison is what comes out"),
        (uc.LogLinear(), "LogLinear is a method"),
        (uc.LogLinear, "LogLinear is a method"),
        ({"10": 3}, "from_histories"),
        (3, "from int"),
        (None, "from NoneType"),
        (pd.Series([1, 0]), "from Series"),
    ):
        for call in (uc.assess, uc.estimate, uc.LogLinear().estimate, uc.sensitivity_curve):
            with pytest.raises(TableError, match=words):
                call(given)


# Draws ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "which", ["comparison", "estimate", "verdict", "replicates", "strata", "pooled"]
)
def test_draws_are_written_whole(results, which, tmp_path):
    made = results[which]
    made.save_draws(tmp_path / "draws.parquet")
    read = pq.read_table(tmp_path / "draws.parquet").to_pandas()
    assert list(read.columns) == ["of", "draw", "people"]
    for name, draws in made.draw_sets().items():
        part = read[read["of"] == name]
        assert part["people"].tolist() == draws.tolist()
        assert part["draw"].tolist() == list(range(draws.size))


def test_draws_that_there_are_not(tmp_path):
    with pytest.raises(InputError, match="no draws"):
        uc.write_draws(uc.LowerBound().estimate(table()), tmp_path / "d.parquet")
    with pytest.raises(InputError, match="parquet"):
        uc.write_draws(drawn(), tmp_path / "d.csv")


def test_arviz_gets_chain_draw_and_stratum(results):
    pytest.importorskip("arviz_base", reason="the extra arviz is not installed here")
    one = uc.draws_to_arviz(drawn())
    assert one["posterior"]["N"].dims == ("chain", "draw")
    assert one["posterior"]["N"].values[0].tolist() == drawn().draws.tolist()
    strata = uc.draws_to_arviz(results["strata"])["posterior"]["N"]
    assert strata.dims == ("chain", "draw", "stratum")
    assert strata.sel(stratum="b_2").values[0].tolist() == results["strata"].draws[:, 1].tolist()
    assert "draws" in uc.draws_to_arviz(results["estimate"]), "resamples are no posterior"


def test_arviz_is_not_needed_to_be_told_what_is_wrong(results, monkeypatch):
    with pytest.raises(UsageError, match=r"comparison\["):
        uc.draws_to_arviz(results["comparison"])
    monkeypatch.setitem(sys.modules, "arviz_base", None)
    with pytest.raises(MissingExtra, match=r"uncounted\[arviz\]"):
        uc.draws_to_arviz(drawn())


# Names -------------------------------------------------------------------------------------------


def test_help_shows_functions_and_not_modules():
    for name in ("assess", "estimate", "link", "simulate", "estimate_over_draws"):
        text = pydoc.render_doc(getattr(uc, name), renderer=pydoc.plaintext)
        assert f"function {name} in module" in text and "Examples" in text


def test_help_of_an_estimator_shows_its_settings():
    text = pydoc.render_doc(uc.LogLinear, renderer=pydoc.plaintext)
    assert "model:" in text.replace("'", "") and "bootstrap" in text


def test_pictures_are_functions_however_their_modules_are_imported():
    for name in ("upset", "forest", "calibration", "groups", "doubt", "sankey", "flow_map"):
        importlib.import_module(f"uncounted.charts.{name}")
        assert type(getattr(uc.charts, name)).__name__ == "function"


def test_frames_and_files_are_read_alike():
    frame = pd.DataFrame({
        "name": ["Ana", None], "age": [31.0, None],
        "born": pd.to_datetime(["1990-02-03", None]), "n": pd.array([3, None], dtype="Int64"),
    })  # fmt: skip
    assert [cells for _, cells, _ in frame_table(frame).open_rows()] == [
        ["Ana", "31", "1990-02-03", "3"], ["", "", "", ""],
    ]  # fmt: skip
    with pytest.raises(InputError, match="from list"):
        frame_table([1, 2])
