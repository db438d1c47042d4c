"""`uncounted.toml`: what a project says about itself and its lists. Unknown keys are errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import note
from uncounted.core.private import replace_file
from uncounted.core.table import MAX_LISTS
from uncounted.disclosure.renamed import ALL, ONLY, SHARED
from uncounted.disclosure.suppress import FLOOR, THRESHOLD
from uncounted.errors import InputError
from uncounted.estimators.consensus import Consensus
from uncounted.estimators.knowledge import HardToFind, Knowledge
from uncounted.files.documents import read_toml
from uncounted.records.consent.releases import DEFAULT_REGIME, REGIMES
from uncounted.records.reading import ListSpec
from uncounted.verdict.questions import Answer, Questions
from uncounted.verdict.run_verdict import run_consensus

__all__ = ["FILE", "Project", "keep_mapping", "load_project", "validate"]

FILE = "uncounted.toml"
BREAKDOWNS = ("origin", "sector")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class About(_Section):
    """Section ``[project]``: whom the figure counts, where, when."""

    name: str = Field(min_length=1, max_length=80)
    title: str = ""
    counts: str = "trafficked people"
    where: str = ""
    when: str = ""
    recipients: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    as_of: dt.date | None = None
    unreachable_group: Answer = "unknown"
    leaves_reach: Answer = "unknown"

    @property
    def questions(self) -> Questions:
        """Answers to what no data can tell. A run's linkage draws carry the doubt of its matching."""
        return Questions(self.unreachable_group, self.leaves_reach, "certain")


class EstimateSettings(_Section):
    """Section ``[estimate]``: methods beside the figure, and how much they are repeated.

    The figure is the consensus in any project; a method named here, or several, stand under its
    details.
    """

    method: tuple[str, ...] = ("bic",)
    level: float = Field(default=0.95, gt=0.5, lt=1.0)
    draws: int = Field(default=200, ge=20, le=2000)
    resamples: int = Field(default=20, ge=0, le=1000)
    max_order: int | None = Field(default=2, ge=1, le=4)
    seed: int = Field(default=1, ge=0)

    @field_validator("method", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @property
    def beside(self) -> tuple[str, ...]:
        """Methods under the details, each once: the figure itself is none of them."""
        return tuple(dict.fromkeys(m for m in self.method if m != "consensus"))


class KnownGroupSettings(_Section):
    """A group of known size, and how many of it are on a list."""

    size: int = Field(ge=1)
    met: int = Field(ge=0)


class KnowledgeSettings(_Section):
    """Section ``[knowledge]``: what the coalition knows of its own lists."""

    refers: tuple[str, ...] = ()
    takes_out: tuple[str, ...] = ()
    separate: tuple[str, ...] = ()
    hard_to_find: HardToFind = "unknown"
    known_groups: tuple[KnownGroupSettings, ...] = ()

    @field_validator("refers", "takes_out", "separate", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    def read(self) -> Knowledge:
        """Read it as the models take it."""
        return Knowledge.read(
            refers=self.refers,
            takes_out=self.takes_out,
            separate=self.separate,
            hard_to_find=self.hard_to_find,
            known_groups=[(g.size, g.met) for g in self.known_groups],
        )


class PublishSettings(_Section):
    """Section ``[publish]``: what the page may show."""

    threshold: int = Field(default=THRESHOLD, ge=FLOOR)
    breakdowns: tuple[str, ...] = BREAKDOWNS

    @field_validator("breakdowns")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if set(value) - set(BREAKDOWNS):
            msg = f"breakdowns are {' and '.join(BREAKDOWNS)}"
            raise ValueError(msg)
        return value


class ListSettings(_Section):
    """One ``[[lists]]`` section."""

    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\w][\w .\-]*$")]
    file: str
    outside: bool = False
    title: str = ""
    regime: str = DEFAULT_REGIME
    sheet: str | int | tuple[str | int, ...] | None = None
    header_row: int | None = Field(default=None, ge=1)
    encoding: str | None = None
    dates: str | None = Field(default=None, pattern="^(mdy|dmy|ymd)$")
    legs: str | None = None
    legs_sheet: str | None = None
    consent: tuple[str, ...] = ()
    not_consent: tuple[str, ...] = ()
    refusals_elsewhere: int = Field(default=0, ge=0)
    not_removed: tuple[str, ...] = ()
    answers: dict[str, Literal["yes", "no", "nothing"]] = Field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    referred_by: str = ""
    columns: dict[str, str | list[str]] = Field(default_factory=dict)

    @field_validator("consent", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @property
    def files(self) -> tuple[str, ...]:
        """Every file the list is read from, as the settings name them."""
        return tuple(name for name in (self.file, self.legs, *self.consent) if name)

    @field_validator("regime")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in REGIMES:
            msg = f"a regime is one of {', '.join(REGIMES)}"
            raise ValueError(msg)
        return value


class ProjectSettings(_Section):
    """The whole file."""

    project: About
    estimate: EstimateSettings = Field(default_factory=lambda: EstimateSettings())
    publish: PublishSettings = Field(default_factory=lambda: PublishSettings())
    linkage: dict[str, Any] = Field(default_factory=dict)
    knowledge: KnowledgeSettings = Field(default_factory=lambda: KnowledgeSettings())
    lists: tuple[ListSettings, ...] = Field(min_length=1, max_length=MAX_LISTS)

    @model_validator(mode="after")
    def _distinct(self) -> ProjectSettings:
        names = [entry.name.casefold() for entry in self.lists]
        if len(set(names)) != len(names):
            msg = "two lists have one name"
            raise ValueError(msg)
        if any(name in (ALL, SHARED) or name.startswith((ONLY, f"{ALL} ")) for name in names):
            # Names of sums on the page and in the ledger, which a list would be taken for.
            msg = f"a list cannot be called {ALL!r} or {ONLY!r}something; choose another name"
            raise ValueError(msg)
        self.knowledge.read().check([entry.name for entry in self.lists])
        return self

    def consensus(self) -> Consensus:
        """Give the settings of the figure: level, answers and knowledge."""
        return run_consensus(self.estimate.level, self.project.questions, self.knowledge.read())


class Project:
    """A project folder and its settings.

    Parameters
    ----------
    folder
        Holds ``uncounted.toml``.
    settings
        As read.
    """

    def __init__(self, folder: Path, settings: ProjectSettings) -> None:
        self.folder, self.settings = folder, settings

    @property
    def as_of(self) -> str:
        """Day of the run, ``YYYY-MM-DD``: as set, or today."""
        day = self.settings.project.as_of or dt.datetime.now(tz=dt.UTC).date()
        return day.isoformat()

    @property
    def recipients(self) -> tuple[str, ...]:
        """Names by which a release may call this coalition."""
        about = self.settings.project
        return about.recipients or tuple(x for x in (about.name, about.title) if x)

    @property
    def hidden(self) -> Path:
        """Folder for what steps keep between runs; it never holds a name."""
        return self.folder / ".uncounted"

    @property
    def runs(self) -> Path:
        """Folder of the runs."""
        return self.folder / "runs"

    @property
    def hand(self) -> Path:
        """Folder of decisions made by people."""
        return self.folder / "hand"

    @property
    def outside(self) -> tuple[str, ...]:
        """Lists of which a file lies outside the project's folder."""
        return tuple(
            entry.name
            for entry in self.settings.lists
            if any(self._is_outside(name) for name in entry.files)
        )

    def _is_outside(self, name: str) -> bool:
        """Whether a file lies outside the folder, by its name, by ``..`` or by a link on the way."""
        try:
            return not (self.folder / name).resolve().is_relative_to(self.folder.resolve())
        except (OSError, RuntimeError, ValueError):  # a circle of links, a name that is none
            return True

    def place(self, entry: ListSettings, name: str) -> Path:
        """Where a list's file lies.

        Raises
        ------
        InputError
            If it lies outside the project's folder and nobody said that it may: settings that come with
            a project must not open whatever this user can read.
        """
        if not entry.outside and self._is_outside(name):
            raise InputError(
                note("project.outside.refused", list=entry.name, file=Path(name).name),
                fix=note("project.outside.fix", file=FILE),
            )
        return self.folder / name

    def places(self) -> dict[str, Path]:
        """Every file the lists are read from, by the name it may be called in what is published."""
        out: dict[str, Path] = {}
        for entry in self.settings.lists:
            for name in entry.files:
                out[self.called(entry, name)] = self.place(entry, name)
        return out

    def called(self, entry: ListSettings, name: str) -> str:
        """Give what a list's file may be called in what is published."""
        away = entry.outside and self._is_outside(name)
        return f"{entry.name}: {Path(name).name}" if away else name

    def to_dict(self) -> JSONObject:
        """Give the settings as a manifest holds them: of a file outside the folder, its name alone."""
        made = self.settings.model_dump(mode="json")
        for entry in made["lists"]:
            for key in ("file", "legs"):
                if entry[key]:
                    entry[key] = self._shown(entry[key])
            entry["consent"] = [self._shown(name) for name in entry["consent"]]
        made["project"]["as_of"] = self.as_of
        return made

    def _shown(self, name: str) -> str:
        return Path(name).name if self._is_outside(name) else name

    def let_outside(self) -> Project:
        """Return the project with leave to read the files of its lists wherever they lie."""
        away = set(self.outside)
        lists = tuple(
            entry.model_copy(update={"outside": True}) if entry.name in away else entry
            for entry in self.settings.lists
        )
        return Project(self.folder, self.settings.model_copy(update={"lists": lists}))

    def specs(self) -> list[ListSpec]:
        """How each list is to be read.

        Raises
        ------
        InputError
            As `place`.
        """
        about = self.settings.project
        members = [x for entry in self.settings.lists for x in (entry.name, entry.title) if x]
        bodies = (*about.bodies, *members)
        called = {e.name: tuple(x for x in (e.name, e.title) if x) for e in self.settings.lists}
        return [
            ListSpec(
                entry.name,
                self.place(entry, entry.file),
                entry.regime,
                entry.columns,
                entry.sheet,
                entry.header_row,
                entry.encoding,
                entry.dates,
                None if entry.legs is None else self.place(entry, entry.legs),
                entry.legs_sheet,
                entry.not_consent,
                entry.not_removed,
                dict(entry.answers),
                bodies,
                ignore=entry.ignore,
                values=entry.values,
                consent=tuple(self.place(entry, name) for name in entry.consent),
                refusals_elsewhere=entry.refusals_elsewhere,
                referred_by=entry.referred_by,
                members=called,
            )
            for entry in self.settings.lists
        ]


def load_project(where: str | Path, *, outside: bool = False) -> Project:
    """Load a project from its folder, or from its ``uncounted.toml``.

    Parameters
    ----------
    where
        Folder or file.
    outside
        Whether the files of its lists may lie outside its folder, whatever it says itself.

    Raises
    ------
    InputError
        Naming the key that is wrong and what to do; values are not repeated.
    """
    folder = Path(where)
    if not folder.exists():
        raise InputError(
            f"There is nothing called {folder.name}.",
            fix="Name the project's folder; `uncounted new NAME --example` makes one.",
        )
    path = folder if folder.name == FILE else folder / FILE
    if not path.is_file():
        raise InputError(
            f"There is no {FILE} in {'this folder' if folder.name == '' else folder.name}.",
            fix="Go to the project's folder or name it; `uncounted new NAME --example` makes one.",
        )
    try:
        data = read_toml(path.read_text(encoding="utf-8-sig"), FILE)
    except OSError as error:
        raise InputError(
            f"{FILE} cannot be read: {error.strerror or 'the disk says no'}.",
            fix="Give yourself the right to read it.",
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"{FILE} is not UTF-8 text.", fix="Save it as UTF-8.") from None
    project = Project(path.parent, validate(data))
    return project.let_outside() if outside else project


def validate(data: Mapping[str, object]) -> ProjectSettings:
    """Check settings as read from the project file or a manifest."""
    try:
        return ProjectSettings.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in first["loc"])
        if first["type"] == "extra_forbidden":
            raise InputError(
                f"{FILE}: there is no setting called {place}.",
                fix="Correct or delete it; docs/project.md lists the settings.",
            ) from None
        what = first["msg"].removeprefix("Value error, ")
        if first["type"] == "too_long":
            what = f"at most {MAX_LISTS} are read together"
        elif first["type"] == "string_pattern_mismatch":
            what = "a name has letters, figures, spaces, dots and hyphens"
            if place.endswith(".dates"):
                what = "day and month are mdy, dmy or ymd"
        raise InputError(
            f"{FILE}, {place or 'the file'}: {what[:1].lower()}{what[1:]}.",
            fix="docs/project.md lists the settings and what they may be.",
        ) from None


def keep_mapping(project: Project, name: str, columns: dict[str, str | list[str]]) -> bool:
    """Write a guessed mapping into the project file, under its list.

    The rest of the file stays byte by byte as it is. Nothing is written where the list has
    a mapping already or the new file would not read back as the old one plus the mapping.

    Returns
    -------
    bool
        Whether it was written.
    """
    path = project.folder / FILE
    with path.open(encoding="utf-8", newline="") as f:  # line ends stay as they are
        text = f.read()
    lines = text.splitlines(keepends=True)
    index = [entry.name for entry in project.settings.lists].index(name)
    if project.settings.lists[index].columns or not columns:
        return False
    starts = [i for i, line in enumerate(lines) if line.strip().startswith("[[lists]]")]
    if len(starts) != len(project.settings.lists):
        return False
    end = next(
        (i for i in range(starts[index] + 1, len(lines)) if lines[i].lstrip().startswith("[")),
        len(lines),
    )
    while end > starts[index] + 1 and not lines[end - 1].strip():
        end -= 1
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    block = ["\n[lists.columns]  # guessed by `uncounted check`; correct what is wrong\n"]
    block += [f"{_key(target)} = {_value(column)}\n" for target, column in columns.items()]
    new = "".join([*lines[:end], *block, *lines[end:]])
    try:
        made = validate(read_toml(new, FILE))
    except InputError:
        return False
    expected = project.settings.model_dump()
    expected["lists"][index]["columns"] = columns
    if made.model_dump() != expected:
        return False
    try:
        replace_file(path, new)
    except OSError:  # a folder that may only be read: nothing is kept
        return False
    project.settings = made
    return True


def _key(text: str) -> str:
    return text if text.replace("_", "").isalnum() and text.isascii() else _value(text)


def _value(value: str | list[str]) -> str:
    import json

    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
