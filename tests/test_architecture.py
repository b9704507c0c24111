"""What the folders promise, read off the imports. CONTRIBUTING.md tells the story; this file holds it true."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("index", "qa", "eval", "ui")  # each may import those before it
MAX_LINES = 550  # a file that one can read in one go

# One door a folder; what only type checkers read does not count. langchain's packages are one library.
_APART = (
    *("faiss", "tantivy", "scipy", "sentence_transformers", "transformers", "torch", "gradio", "fastapi", "uvicorn"),
    *("pypdfium2", "docx", "bs4", "lxml", "rjieba", "sqlite3", "rich", "matplotlib", "tokenizers", "safetensors"),
    *("onnx", "onnxruntime", "argon2", "limits", "prometheus_client", "xlsxwriter"),
    *("haystack", "llama_index", "txtai", "jieba", "rank_bm25", "bm25s"),
)
_LANGCHAIN = (
    *("langchain", "langchain_core", "langchain_community", "langchain_openai", "langchain_classic"),
    "langchain_text_splitters",
)
LIBRARIES = {name: name for name in _APART} | dict.fromkeys(_LANGCHAIN, "langchain")
LOADED_WHEN_NEEDED = frozenset(LIBRARIES) | {"numpy"}
# These doors declare classes of their library, so they import it when they are imported; nothing imports them before
# it needs them. sqlite3 is Python's own and costs a millisecond or two.
OPEN_DOORS = {
    *("index/as_langchain.py", "index/catalogue.py", "index/models/embedder/wenzheng_module.py"),
    *("index/training/reading/network.py", "index/training/embedding/learn.py"),
    *("ui/api.py", "ui/listening.py", "ui/store.py"),
}

INPUT_OUTPUT = {
    *("asyncio", "ctypes", "glob", "http", "importlib", "io", "logging", "mmap", "multiprocessing", "os", "pathlib"),
    *("pickle", "random", "shutil", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time"),
    "urllib.request",
}
RECORDS = {
    "index/errors.py": set(),
    "index/records.py": {"index.errors"},
    "qa/records.py": {"index.records"},
    "ui/records.py": set(),
    "eval/records.py": {"index.errors", "index.records", "index.text", "qa.records"},
}


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a folder and the modules it imports, by when they are imported."""

    path: str  # index/files/pdf.py
    tree: ast.Module
    lines: int
    at_once: frozenset[str]
    inside: frozenset[str]  # of functions
    typing: frozenset[str]  # under TYPE_CHECKING

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @property
    def folder(self) -> str:
        return self.path.split("/")[0]

    @property
    def running(self) -> frozenset[str]:
        return self.at_once | self.inside


@cache
def sources() -> tuple[Source, ...]:
    return tuple(_read(path) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))


def _read(path: Path) -> Source:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    found: dict[str, set[str]] = {"at_once": set(), "inside": set(), "typing": set()}

    def visit(node: ast.AST, when: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found[when].update(name.name for name in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: relative import"
                found[when].add(child.module or "")
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                visit(child, "inside")
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                visit(child, "typing")
            else:
                visit(child, when)

    visit(tree, "at_once")
    name = path.relative_to(ROOT).as_posix()
    return Source(name, tree, text.count("\n"), *(frozenset(modules) for modules in found.values()))


def top(module: str) -> str:
    return module.split(".")[0]


# ── who may import whom ─────────────────────────────────────────────────────────────────────────────────────────


def test_imports_point_down() -> None:
    upward = [
        (source.path, module)
        for source in sources()
        for module in source.running | source.typing
        if top(module) in FOLDERS and FOLDERS.index(top(module)) > FOLDERS.index(source.folder)
    ]
    assert upward == []


def test_no_module_imports_tests_or_the_whole_of_eval() -> None:
    """`import eval` would hide Python's own eval; `from eval.metrics import …` says what is wanted."""
    odd = [
        (source.path, module)
        for source in sources()
        for module in source.running | source.typing
        if module == "eval" or top(module) == "tests"
    ]
    assert odd == []


def test_no_two_modules_import_each_other() -> None:
    ours = {source.module for source in sources()}
    graph = {source.module: (source.at_once | source.inside) & ours - {source.module} for source in sources()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_records_import_nothing_but_lower_records_and_do_no_input_or_output() -> None:
    for source in sources():
        if source.path in RECORDS:
            project = {module for module in source.running if top(module) in FOLDERS}
            assert project <= RECORDS[source.path], source.path
            assert not {top(module) for module in source.running} & LOADED_WHEN_NEEDED, source.path
            assert not _reads_or_writes(source), source.path


def test_a_module_that_calls_itself_pure_reads_at_most_what_is_shipped_beside_it() -> None:
    """weights.json, cities.txt: as good as a constant, and people can edit it."""
    pure = [source for source in sources() if (ast.get_docstring(source.tree) or "").split("\n\n")[0].endswith("Pure.")]
    assert {"index/layout.py", "index/gazette.py", "index/chunk.py", "qa/understand.py"} <= {s.path for s in pure}
    for source in pure:
        paths = [
            call for call in ast.walk(source.tree) if isinstance(call, ast.Call) and ast.unparse(call.func) == "Path"
        ]
        beside = {"pathlib"} if all(ast.unparse(call) == "Path(__file__)" for call in paths) else set()
        assert _reads_or_writes(source) <= beside, source.path


def _reads_or_writes(source: Source) -> set[str]:
    """The modules and functions that do so."""
    calls = (node.func for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    called = {call.id for call in calls if isinstance(call, ast.Name)} & {"open", "print", "input"}
    return called | {module for module in source.running if module in INPUT_OUTPUT or top(module) in INPUT_OUTPUT}


# ── heavy libraries ─────────────────────────────────────────────────────────────────────────────────────────────


def test_each_library_has_one_door_a_folder() -> None:
    doors: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source in sources():
        for module in source.running:
            if top(module) in LIBRARIES:
                doors[_room(source.path), LIBRARIES[top(module)]].add(source.path)
    assert {library: sorted(files) for library, files in doors.items() if len(files) > 1} == {}


def _room(path: str) -> str:
    """The folder that a door belongs to. What trains a model, or opens one for others, stands by itself: nothing that
    answers imports it.
    """
    return path.rsplit("/", 1)[0] if path.startswith(("index/training/", "index/models/")) else path.split("/")[0]


def test_libraries_are_imported_where_they_are_needed_not_at_the_top() -> None:
    early = [
        (source.path, module)
        for source in sources()
        for module in source.at_once
        if top(module) in LOADED_WHEN_NEEDED and source.path not in OPEN_DOORS
    ]
    assert early == []


def test_a_fresh_process_loads_no_library_before_it_needs_one() -> None:
    """What a door pulls in without saying so shows only here."""
    closed = [s.module for s in sources() if s.path not in OPEN_DOORS and "__init__" not in s.path]
    late = {"index.catalogue", *(s.module for s in sources() if s.path in OPEN_DOORS)}
    graph = {source.module: source.at_once for source in sources()}
    behind = {module for module in closed if _reaches(graph, module, late)}  # they stand behind an open door
    light = [module for module in closed if module not in behind]
    assert {"index.records", "index.query", "index.retrieve", "qa.records", "qa.read", "qa.answer", "ui.cli"} <= {
        *light
    }
    script = (
        f"import importlib, sys\nfor name in {light!r}: importlib.import_module(name)\n"
        f"print(*set({sorted(LOADED_WHEN_NEEDED)!r}).intersection(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == []


def _reaches(graph: dict[str, frozenset[str]], module: str, wanted: set[str]) -> bool:
    seen, rest = set(), [module]
    while rest:
        here = rest.pop()
        if here in wanted:
            return True
        if here not in seen:
            seen.add(here)
            rest.extend(graph.get(here, ()))
    return False


# ── the house ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_says_what_it_is_for(folder: str) -> None:
    assert [s.path for s in sources() if s.folder == folder and not ast.get_docstring(s.tree)] == []


def test_no_file_is_too_long_to_read() -> None:
    assert [(source.path, source.lines) for source in sources() if source.lines > MAX_LINES] == []


def test_prompts_hold_no_code() -> None:
    code = {path.name: path.read_text("utf-8") for path in (ROOT / "prompts").rglob("*.py")}
    assert set(code) <= {"__init__.py"}
    assert all(isinstance(node, ast.Expr) for text in code.values() for node in ast.parse(text).body)
