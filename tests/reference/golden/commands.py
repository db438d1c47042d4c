"""The table of golden commands, in groups that can run apart. Paths are those of ``inputs/``.

Dear ones are left out or made small: the whole takes about a minute and a half of processor time.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """Words for the command line, and patterns of the files it writes."""

    words: tuple[str, ...]
    files: tuple[str, ...] = ()
    shape_only: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A change a person makes to a file between two commands."""

    file: str
    old: str
    new: str


Step = Command | Edit


def _json(*lines: str) -> list[Step]:
    return [Command((*shlex.split(line), "--json")) for line in lines]


def _text(*lines: str) -> list[Step]:
    return [Command(tuple(shlex.split(line))) for line in lines]


def _both(*lines: str) -> list[Step]:
    return [step for line in lines for step in (*_json(line), *_text(line))]


def _page(line: str, *files: str) -> Step:
    return Command(tuple(shlex.split(line)), files)


COMMANDS = (
    "demo", "new", "check", "link", "run", "verify", "estimate", "assess", "simulate", "published",
    "ranks", "names", "shares", "flows", "routes", "claims", "doctor",
)  # fmt: skip

TABLES = (
    "uk2013", "uk2013-5", "netherlands", "netherlands-5", "new-orleans", "new-orleans-5",
    "new-orleans-n185", "new-orleans-5-n185", "western-us", "australia", "kosovo",
    "korea-palembang", "artificial-3", "massachusetts-anomaly", "new-york-spina-bifida", "rome-hiv",
    "allegheny-lesbian", "snowshoe-hare", "eider-duck", "lazuli-bunting", "taiwan-hepatitis-a",
    "casale-diabetes",
)  # fmt: skip

QUICK = (
    "main", "all-pairs", "stepwise", "bic", "aic", "averaged", "lower-bound", "pairs", "m0",
    "mh:chao", "mh:poisson", "mh:darroch", "mh:gamma", "mth:chao", "mth:poisson", "mth:darroch",
    "mth:gamma", "sample-coverage:high", "sample-coverage:low",
)  # fmt: skip

# Graphs on many lists take up to ten seconds a table; latent classes half a minute on a large one.
WIDE = ("new-orleans", "new-orleans-n185", "lazuli-bunting", "snowshoe-hare")


def _methods(names: tuple[str, ...]) -> str:
    return " ".join(f"-m {m}" for m in names)


def _estimates(tables: tuple[str, ...]) -> list[Step]:
    return _json(
        *(f"estimate {t} {_methods(QUICK)} --bootstrap 0" for t in tables),
        *(
            f"estimate {t} -m main -m bic --bootstrap 20 --seed 3"
            for t in tables
            if not t.endswith("n185")
        ),
        *(
            f"estimate {t} -m graphs -m shrinkage -m consensus --bootstrap 0"
            for t in tables
            if t not in WIDE
        ),
    )


def _name_pairs() -> list[Step]:
    rows = (Path(__file__).parent / "names.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [row.split("\t") for row in rows if row and not row.startswith("#")]
    return [Command(("names", a, b, "--json")) for a, b in pairs]


GROUPS: dict[str, list[Step]] = {
    "published": [
        *_json("published", *(f"published {t}" for t in TABLES), "published korea"),
        *_json("published atlantis", "published uk2O13"),
        *_text("published", "published uk2013", "published casale-diabetes"),
    ],
    "estimate-large": _estimates(TABLES[:8]),
    "estimate-small": _estimates(TABLES[8:]),
    "estimate-posterior": _json(
        "estimate korea -m latent-class -m threshold --seed 1",
        "estimate artificial-3 -m latent-class -m threshold",
        "estimate kosovo -m threshold --max-order 3 --seed 1",
        "estimate uk2013-5 -m threshold",
        "estimate lazuli-bunting -m shrinkage",
    ),
    "estimate-options": [
        *_json(
            "estimate uk2013 --method list",
            "estimate kosovo -m bic --bootstrap 0 --level 0.9",
            "estimate western-us -m 'model:[15,2,3,4]' --bootstrap 30",
            "estimate new-orleans-5 -m bic --max-order 2 --top all --bootstrap 10",
            "estimate artificial-3 -m main -m all-pairs --bootstrap 0",
            "estimate lists.csv --bootstrap 50 --seed 2",
            "estimate people.csv -m main -m bic --bootstrap 0",
            "estimate people.csv --lists shelter,police -m main --bootstrap 0",
            "estimate counted.csv --count n -m main --bootstrap 0",
            "estimate strata.csv -m main --bootstrap 0",
            "estimate strata.csv --cannot-see shelter:men -m main --bootstrap 0",
            "estimate groups.csv --stratum sex -m bic --bootstrap 0",
            "estimate two.csv -m main --bootstrap 0",
            "estimate table.json -m main -m lower-bound --bootstrap 0",
        ),
        *_text(
            "estimate uk2013-5 --bootstrap 50",
            "estimate lists.csv --bootstrap 50",
            "estimate strata.csv -m main --bootstrap 0",
            "estimate artificial-3 -m all-pairs -m main --bootstrap 0",
            "estimate kosovo --method list",
        ),
        _page("estimate uk2013-5 --bootstrap 50 --html uk.html --csv uk.csv --json", "uk.*"),
        _page("estimate lists.csv --bootstrap 50 --html own.html --csv own.csv", "own.*"),
        _page(
            "estimate lists.csv -m main --bootstrap 0 --html all.html --show-small-cells", "all.*"
        ),
    ],
    "refusals": [
        *_both(
            "estimate artificial-3 --method all-pairs",
            "estimate apart.csv",
            "estimate bad.csv",
            "estimate empty.csv",
            "estimate words.csv",
            "estimate one.csv",
            "estimate missing.csv",
            "estimate nosuchtable",
            "estimate kosov",
            "estimate lists.csv --method bicc",
            "estimate lists.csv --method 'model:[14,2]'",
            "estimate lists.csv --level 1.5",
            "estimate lists.csv --bootstrap -4",
            "estimate lists.csv --top none",
            "estimate lists.csv --no-such-option",
            "estimate lists.csv --lists shelter,court",
            "estimate lists.csv --cannot-see shelter",
            "estimate strata.csv --cannot-see court:men",
            "estimate lists.csv -m main --bootstrap 0 --html lists.csv/page.html",
            "estimate",
            "nothing",
            "assess nosuchtable",
            "assess bad.csv",
            "assess lists.csv --unreachable-group perhaps",
            "assess lists.csv --claim 0",
            "simulate",
            "simulate --like nosuchtable",
            "simulate --design latent --like kosovo",
            "simulate --design independent --probabilities 0.2,2",
            "simulate --like kosovo --model '[19]' --replications 2 --workers 1",
            "check nothing-here",
            "link nothing-here",
            "link a.csv b.csv",
            "link lists.csv",
            "link --review --json",
            "run nothing-here",
            "verify nothing-here",
            "new x --seed -1",
            "new x --errors some",
            "names A",
            "names Kim Gim --culture xx",
            "ranks nothing.csv",
            "ranks bad.csv",
            "ranks origins.csv --year 2008",
            "ranks --method best",
            "shares",
            "shares nothing.csv",
            "shares forms.csv --year 2008",
            "shares --destination USA --by origin --form sexual",
            "flows nothing.csv",
            "flows bad.csv",
            "flows --year soon",
            "routes nothing.csv",
            "routes --leg SLV",
            "claims nothing.toml",
            "claims bad-ledger.toml",
            "claims --id nobody-said-this",
            "claims --level 2",
            "doctor --fast",
        ),
        *_json(
            "ranks --destination Atlantis",
            "ranks --destination USA --form sexual",
            "ranks --destination USA --year 1999",
            "shares --destination USA --form magic",
            "shares --destination USA --year 2008",
            "flows --form sexual",
            "flows --year 1990 --no-gravity",
            "routes --origin Atlantis",
        ),
    ],
    "assess": [
        *_json(
            "assess artificial-3 --bootstrap 10",
            "assess korea --bootstrap 10 --unreachable-group no",
            "assess uk2013-5 --bootstrap 10 -m main -m bic -m stepwise -m lower-bound",
            "assess kosovo --unreachable-group no -m main -m graphs --bootstrap 0 --claim 10000",
            "assess western-us -m bic --bootstrap 0 --no-validation --unreachable-group yes",
            "assess taiwan-hepatitis-a -m bic -m shrinkage --bootstrap 20 --prior-sd 1 --homogeneous 0.2",
            "assess lists.csv --bootstrap 10 -m main -m bic --widest 4 --fewest-overlap 5",
            "assess strata.csv --bootstrap 0 -m main",
            "assess two.csv --bootstrap 0 -m main",
            "assess apart.csv --bootstrap 0 -m main",
        ),
        *_text(
            "assess uk2013-5 --bootstrap 10 -m main -m bic -m stepwise -m lower-bound",
            "assess artificial-3 --bootstrap 10 -m main -m all-pairs",
            "assess kosovo --unreachable-group no -m main --bootstrap 0 --claim 10000",
        ),
        _page("assess korea -m bic --bootstrap 10 --html verdict.html", "verdict.html"),
        _page("assess lists.csv -m bic --bootstrap 10 --html own.html", "own.html"),
    ],
    "simulate": [
        *_json(
            "simulate --like kosovo --replications 4 --workers 1",
            "simulate --like korea --model main --replications 4 --workers 1 -m main -m bic",
            "simulate --like lists.csv --replications 3 --workers 1 -m main --bootstrap 5",
            *(
                f"simulate --design {d} --population 800 --probabilities 0.3,0.25,0.2 "
                "--replications 3 --workers 1 -m main -m lower-bound --seed 4"
                for d in (
                    "independent",
                    "positive",
                    "negative",
                    "latent",
                    "exclusive",
                    "rasch",
                    "two-worlds",
                )
            ),
        ),
        *_text("simulate --like kosovo --replications 4 --workers 1"),
    ],
    "ranks": [
        *_json(
            "ranks --destination USA --year 2008",
            "ranks --destination USA --year 2013 --year 2014 --region Asia --marginal",
            "ranks --destination GBR --year 2013 --method joint --nationals",
            "ranks --destination USA --year 2014 --origin MEX --origin PHL --origin KOR",
            *(
                f"ranks {file}.csv --method {m} {sets}"
                for file in ("origins", "estimates", "intervals")
                for m in ("exact", "stepdown", "joint")
                for sets in ("--simultaneous", "--marginal")
            ),
            "ranks origins.csv --top 3 --level 0.9",
            "ranks draws.csv --method stepdown --draws 500 --seed 5",
        ),
        _page(
            "ranks --destination USA --year 2014 --top 10 --html r.html --csv r.csv "
            "--picture r.svg",
            "r.*",
        ),
        *_text("ranks origins.csv", "ranks origins.csv --marginal --csv -"),
    ],
    "shares": [
        *_json(
            "shares --destination USA --year 2009 --year 2010 --year 2013 --year 2022",
            "shares --destination USA --year 2022 --by origin --region Asia",
            *(
                f"shares {file}.csv --method {m}"
                for file in ("forms", "sectors")
                for m in ("goodman", "exact", "sison-glaz", "dirichlet")
            ),
            "shares forms.csv --marginal --level 0.9",
        ),
        _page(
            "shares --destination USA --year 2013 --year 2022 --form sexual --html s.html "
            "--csv s.csv",
            "s.*",
        ),
        *_text("shares forms.csv", "shares sectors.csv --csv -"),
    ],
    "flows": [
        *_json(
            "flows --no-gravity",
            "flows --region Pacific --years 2014 --imputations 0",
            "flows --destination GBR --years 2013 --population korea --no-gravity",
            "flows --destination USA --years 2014 --detection-prior 0.02,0.10 --no-gravity "
            "--internal --labels wide --log",
            "flows legs.csv",
            "flows legs.csv --form sexual --threshold 5",
            "flows counted-legs.csv",
            "flows ctdc.csv",
            "flows ctdc-old.csv",
            "flows htcds.csv",
            "flows unodc.csv --no-gravity",
        ),
        _page(
            "flows --destination USA --years 2013-2014 --no-gravity --csv f.csv --html f.html",
            "f.*",
        ),
        *_text("flows counted-legs.csv", "flows legs.csv --csv -"),
    ],
    "routes": [
        *_json(
            "routes --origin KOR --years 2008-2010 --draws 50",
            "routes statements.csv --draws 50 --years 2010-2011",
        ),
        _page(
            "routes --origin NPL --no-tests --draws 50 --leg ROU:CZE --html k.html --csv k.csv "
            "--json",
            "k.*",
        ),
        *_text("routes legs.csv --draws 50"),
    ],
    "claims": [
        *_json(
            "claims --form sexual --destination USA --level 0.9",
        ),
        _page("claims --html c.html --csv c.csv --json", "c.*"),
        *_text("claims ledger.toml --level 0.8"),
    ],
    "names": [
        *_name_pairs(),
        *_json("names Lee Yi --culture ko", "names Lee Yi --culture zh", "names '' Kim"),
        *_text(
            "names 'Lee Young-hee' '이영희'", "names 'Kim Min-ji' 'Kim Min-jung'", "names '' Kim"
        ),
    ],
    "project": [
        *_json("new p --example"),
        Edit("p/uncounted.toml", "draws = 200", "draws = 20\nresamples = 5"),
        _page("check p --json", "p/uncounted.toml"),
        _page("run p", "p/runs/*/**"),
        *_json("run p"),
        Edit("p/lists/police.csv", "\n", "\n\n"),
        *_json("verify p/runs/*"),
    ],
    "project-own": [
        _page("new own --json", "own/**"),
        *_text("new other --example --seed 2 --errors high", "check own", "run own"),
        *_both("check coalition --no-keep", "check coalition", "check broken --no-keep"),
        *_both("link coalition --draws 20 --seed 2 --one-per-list --threshold 0.8"),
        *_json("link coalition/lists/clinic.csv coalition/lists/hotline.csv --regime none"),
        *_json("link coalition/lists/clinic.csv coalition/lists/hotline.csv"),
        *_json("run coalition"),
        *_json("verify coalition/runs/*"),
        _page("run coalition --draft", "coalition/runs/*/**"),
        *_json("run broken"),
    ],
    "help": [
        *_text("--help", "--version"),
        *_text(*(f"{c} --help" for c in COMMANDS)),
        Command(("doctor", "--json"), shape_only=True),
        *_json("demo --folder lists.csv --short"),
    ],
}
