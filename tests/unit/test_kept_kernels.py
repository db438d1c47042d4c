"""Kept machine code: the figures of numba's own way, and numba wherever a kept file is not sound."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from uncounted.kernels import graphs, kept, making, native, poisson, shrinkage, special

pytestmark = pytest.mark.skipif(
    not kept.wanted(), reason="kept machine code is for Linux on x86-64"
)
KERNELS = Path(native.__file__).parent


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of its own for kept files; numba keeps its own as before."""
    monkeypatch.setattr(native, "folder", lambda: tmp_path / "kernels")
    return tmp_path / "kernels"


def fresh():
    """A kernel quick to compile, as a new process has it."""
    return native.Kernel("special_loops", "log_gammas")


def used(kernel):
    """Use it: the result, right or not at all."""
    x, out = np.array([0.5, 3.0, 1e4]), np.zeros(3)
    kernel(x, out)
    assert out == pytest.approx([0.5723649429247001, 0.6931471805599453, 82099.71749644238])
    return out


def only(place):
    (path,) = place.glob("*.kernel")
    return path


def forge(path, **changes):
    """Write a file with changes and a checksum that holds."""
    head, _, code = path.read_bytes()[len(kept._MAGIC) + 32 :].partition(b"\n")
    body = json.dumps({**json.loads(head), **changes}).encode() + b"\n" + code
    path.write_bytes(kept._MAGIC + hashlib.sha256(body).digest() + body)


@pytest.fixture
def never_made(monkeypatch):
    def make(*_):
        raise AssertionError("compiled where a kept file should have served")

    monkeypatch.setattr(making, "make", make)


def test_a_kept_file_serves_the_next_process(place, monkeypatch):
    first = fresh()
    before = used(first)
    assert first.kept
    assert only(place).stat().st_mode & 0o777 == 0o600

    def make(*_):
        raise AssertionError("compiled where a kept file should have served")

    monkeypatch.setattr(making, "make", make)
    second = fresh()
    assert np.array_equal(used(second), before)
    assert second.kept


def shorten(path):
    path.write_bytes(path.read_bytes()[:-1])


def turn_a_bit(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def empty(path):
    path.write_bytes(b"")


def another_format(path):
    path.write_bytes(path.read_bytes().replace(b"kernel 1", b"kernel 0"))


def others_may_write(path):
    path.chmod(0o622)


def a_link(path):
    real = path.with_suffix(".real")
    path.rename(real)
    path.symlink_to(real)


def a_folder(path):
    path.unlink()
    path.mkdir()


def another_digest(path):
    forge(path, digest="0" * 64)


def no_symbol(path):
    forge(path, symbol="nothing")


def asks_for_more(path):
    forge(path, external=["system"])


def no_code(path):
    body = path.read_bytes()[len(kept._MAGIC) + 32 :].partition(b"\n")[0] + b"\nno object file"
    path.write_bytes(kept._MAGIC + hashlib.sha256(body).digest() + body)


def not_json(path):
    body = b"{nothing\n"
    path.write_bytes(kept._MAGIC + hashlib.sha256(body).digest() + body)


SPOILERS = [
    shorten, turn_a_bit, empty, another_format, others_may_write, a_link, a_folder, another_digest,
    no_symbol, asks_for_more, no_code, not_json,
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILERS)
def test_what_is_not_sound_is_compiled_again_and_replaced(place, spoil, monkeypatch):
    used(fresh())
    spoil(only(place))
    made = []
    real = making.make
    monkeypatch.setattr(making, "make", lambda *a: made.append(1) or real(*a))
    again = fresh()
    used(again)
    assert made == [1]
    assert again.kept
    if spoil is not a_folder:  # nothing can take a folder's place; it still works
        third = fresh()
        used(third)
        assert made == [1]


def test_a_file_of_another_user_is_not_used(place, monkeypatch):
    used(fresh())
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    kernel = fresh()
    assert kept.read(only(place), kernel.digest("<f81,<f81")) is None


@pytest.mark.parametrize("condition", range(7))
def test_each_condition_counts(place, monkeypatch, condition):
    """Python, numba, llvmlite, LLVM, the system, the processor, its features."""
    kernel = fresh()
    before = kernel.path("x")
    machine = list(kept._machine())
    machine[condition] += "another"
    monkeypatch.setattr(kept, "_machine", lambda: tuple(machine))
    assert kernel.path("x") != before


def test_source_and_types_count(tmp_path, monkeypatch):
    for path in KERNELS.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(kept, "__file__", str(tmp_path / "kept.py"))
    source = kept._source.__wrapped__
    before = source("graphs_loops"), source("special_loops")
    with (tmp_path / "graphs.py").open("a") as file:  # constants and types come from there
        file.write("# another\n")
    after = source("graphs_loops"), source("special_loops")
    assert before[0] != after[0]
    assert before[1] == after[1]
    assert fresh().digest("<f81,<f81") != fresh().digest("<f41,<f41")


def test_nowhere_to_write_is_numba_as_ever(tmp_path, monkeypatch, never_made):
    monkeypatch.setattr(native, "folder", lambda: None)
    kernel = fresh()
    used(kernel)
    assert not kernel.kept
    monkeypatch.setattr(native, "folder", lambda: tmp_path / "kernels")
    monkeypatch.setattr(native, "writable", lambda _: False)
    kernel = fresh()
    used(kernel)
    assert not kernel.kept
    assert not (tmp_path / "kernels").exists()


def test_a_full_disk_is_borne(place, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    kernel = fresh()
    used(kernel)
    assert kernel.kept
    assert not list(place.iterdir())


def test_a_numba_that_changed_is_borne(place, monkeypatch):
    monkeypatch.setattr(making, "_make", lambda *_: 1 / 0)
    kernel = fresh()
    used(kernel)
    assert not kernel.kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((("UNCOUNTED_KEPT_KERNELS", word)) for word in ("0", "no", "off", "False", " 0 ")),
        ("NUMBA_DISABLE_JIT", "1"),
        ("NUMBA_CPU_NAME", "generic"),
        ("NUMBA_OPT", "1"),
        ("NUMBA_BOUNDSCHECK", "1"),
    ],
)
def test_it_can_be_turned_off(monkeypatch, place, name, value):
    monkeypatch.setenv(name, value)
    assert not kept.wanted()
    kernel = fresh()
    used(kernel)
    assert not kernel.kept
    assert not place.exists()


def test_numbas_own_settings_in_a_file_or_in_python_turn_it_off(monkeypatch, tmp_path):
    import numba

    monkeypatch.chdir(tmp_path)
    assert kept.wanted()
    (tmp_path / ".numba_config.yaml").write_text("opt: 1\n")
    assert not kept.wanted()
    monkeypatch.chdir(KERNELS)
    assert kept.wanted()
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    assert not kept.wanted()


def test_other_systems_have_numba(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not kept.wanted()
    monkeypatch.setattr(sys, "platform", "linux")
    uname = os.uname()
    monkeypatch.setattr(os, "uname", lambda: os.uname_result((*uname[:4], "aarch64")))
    assert not kept.wanted()


def test_arguments_that_do_not_fit_go_to_numba(place):
    kernel = fresh()
    x = np.array([0.5, 9.0, 3.0, 9.0, 1e4])[::2]
    out = np.zeros(3)
    kernel(x, out)
    assert not kernel.kept
    want = np.zeros(3)
    kernel(np.ascontiguousarray(x), want)
    assert kernel.kept
    assert np.array_equal(out, want)


def test_what_a_kernel_raises_is_raised(place):
    kernel = native.Kernel("shrinkage_loops", "spread")
    same = np.zeros((1, shrinkage.NODES))  # nodes without a distance
    for call in (kernel, kernel.plain):
        with pytest.raises(ZeroDivisionError, match="division by zero"):
            call(same, same, np.zeros(3), 0.0, np.zeros((1, 3)))
    assert kernel.kept


def twin_runs(kernel, args):
    """The same call by machine code and by numba: what each leaves in its arguments."""
    left = []
    for call in (kernel, kernel.plain):
        mine = copied(args)
        call(*mine)
        left.append(mine)
    assert kernel.kept
    return left


def copied(value):
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        parts = [copied(v) for v in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def arrays(value):
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from arrays(part)


def every_call(monkeypatch):
    """Run a whole estimate of every kind; keep the arguments that each kernel was called with."""
    import uncounted as uc
    from uncounted.estimators.shrinkage import Shrinkage

    seen = {}
    real = native.Kernel.__call__

    def call(self, *args):
        seen.setdefault(f"{self.module}.{self.name}", (self, copied(args)))
        real(self, *args)

    monkeypatch.setattr(native.Kernel, "__call__", call)
    table = uc.published.load("uk2013-5")
    uc.LogLinear(uc.BestBIC(), bootstrap=40).estimate(table)
    uc.LogLinear(uc.Stepwise(), bootstrap=400).estimate(table)
    uc.DecomposableGraphs(draws=0).estimate(table)
    uc.DecomposableGraphs(draws=0, all_up_to=2, steps=200, chains=2).estimate(table)
    Shrinkage(draws=0).posterior(table)
    graphs.terms_of(3, 3)
    graphs.decomposable_graphs(3)  # others may have asked before, and the answer is kept
    return seen


def test_every_kernel_has_numbas_figures_to_the_last_bit(monkeypatch):
    seen = every_call(monkeypatch)
    monkeypatch.undo()
    declared = {
        f"{k.module}.{k.name}"
        for module in (graphs, poisson, shrinkage, special)
        for k in vars(module).values()
        if isinstance(k, native.Kernel)
    }
    assert set(seen) == declared
    for kernel, args in seen.values():
        ours, theirs = twin_runs(kernel, args)
        for a, b in zip(arrays(ours), arrays(theirs), strict=True):
            assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), kernel.name


def test_the_gil_is_released(place):
    """While one thread is inside a kernel, another runs Python."""
    kernel = fresh()
    used(kernel)
    x = np.full(3_000_000, 1e5)
    inside, counted = threading.Event(), []

    def work():
        inside.set()
        kernel(x, np.empty_like(x))
        inside.clear()

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait()
    while inside.is_set():
        counted.append(1)
    thread.join()
    # With the GIL held the kernel would end before the second count: it takes a tenth of a second.
    assert len(counted) > 1000


def test_many_threads_share_one_kernel(place):
    kernel = fresh()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: used(kernel), range(64)))
    assert all(np.array_equal(r, results[0]) for r in results)
    assert len(list(place.iterdir())) == 1


def test_two_processes_may_write_at_once(tmp_path):
    code = (
        "import numpy as np\n"
        "from uncounted.kernels import native\n"
        "k = native.Kernel('special_loops', 'log_gammas')\n"
        "x, out = np.array([0.5, 3.0]), np.zeros(2)\n"
        "k(x, out)\n"
        "print(k.kept, out.tobytes().hex())\n"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = {p.communicate()[0] for p in running}
    assert len(said) == 1
    assert said.pop().startswith("True")
    files = list((tmp_path / "uncounted").iterdir())
    assert [f.suffix for f in files] == [".kernel"]


def test_old_files_are_tidied(place):
    kernel = fresh()
    used(kernel)
    path = only(place)
    for i in range(kept._MOST + 5):
        other = path.with_name(f"special_loops.log_gammas-{i:032}.kernel")
        other.write_bytes(b"old")
        os.utime(other, (i, i))
    path.unlink()
    used(fresh())
    left = list(place.glob("*.kernel"))
    assert len(left) == kept._MOST
    assert path in left


def test_faces_of_kernels_import_no_compiler():
    """Only loops, and the samplers that draw random numbers, name numba at the top."""
    for path in KERNELS.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            a.name.partition(".")[0]
            for node in tree.body
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for a in (node.names if isinstance(node, ast.Import) else [ast.alias(node.module)])
        }
        if f"{path.stem}_loops.py" in {p.name for p in KERNELS.glob("*.py")}:
            assert "numba" not in named, path
        if path.stem in {"native", "kept", "making"}:
            assert not named & {"numba", "llvmlite"}, path


def test_kernels_take_few_arguments():
    """Arrays that belong together come as one tuple."""
    for path in KERNELS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "njit" in "".join(
                ast.unparse(d) for d in node.decorator_list
            ):
                assert len(node.args.args) <= 9, f"{path.name}: {node.name}"
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 640, path
