"""The source itself: nothing in it can turn data into code, whoever wrote the data."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "quakegui"
FILES = sorted(PACKAGE.rglob("*.py"))

MODULES = {
    *(
        "pickle",
        "cPickle",
        "dill",
        "cloudpickle",
        "joblib",
        "shelve",
        "marshal",
        "jsonpickle",
        "yaml",
        "tarfile",
        "h5py",
        "code",
    ),
    *("xml.etree", "xml.dom", "xml.sax", "lxml", "xmlrpc", "telnetlib", "ftplib", "imp", "runpy"),
}
"""Imported nowhere but where `ALONE` says: they run what they read, expand what they parse, or unpack where they are told."""
ALONE = {
    "tarfile": {PACKAGE / "formats" / "packed.py"},
    "importlib.import_module": {PACKAGE / "__init__.py", PACKAGE / "cli" / "verbs.py"},
}
"""What these files may import: tapes are read as streams, none is unpacked; the door for programs is one fixed module, and the
commands are a table of modules."""
NAMES = {"eval", "exec", "compile", "__import__", "execfile"}
"""Built-in functions that are not called."""
PATHS = {"os.system", "os.popen", "os.execv", "os.startfile"}
ATTRIBUTES = {
    *("load_model", "model_from_json", "model_from_config", "model_from_yaml", "deserialize_keras_object", "Lambda"),
    *("enable_unsafe_deserialization", "load_weights", "clone_model", "register_keras_serializable", "CustomObjectScope"),
    *("read_pickle", "to_pickle", "read_hdf", "read_html", "read_xml", "load_extension", "enable_load_extension"),
    *("extractall", "extract", "unpack_archive", "mktemp", "import_module", "fromstring", "literal_eval"),
}
"""Attributes that are not used: Keras's own files name classes to be made, archives name places to be written."""


def faults(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (f"line {node.lineno}: imports {name}" for name in imported(node) if is_banned(name))
        elif isinstance(node, ast.Name) and node.id in NAMES:
            yield f"line {node.lineno}: {node.id}"
        elif isinstance(node, ast.Attribute) and (node.attr in ATTRIBUTES or dotted(node) in PATHS):
            yield f"line {node.lineno}: {dotted(node)}"
        elif isinstance(node, ast.Call):
            name = dotted(node.func)
            yield from (f"line {node.lineno}: {name} {why}" for found, why in CALLS if found(node, name))


def dotted(node: ast.expr) -> str:
    """Return the name of what is used, such as "os.path.join"; `ast.unparse` takes most of the test's time for it."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.Import):
        yield from names
    else:
        yield from (f"{node.module}.{name}" for name in names)


def is_banned(name: str) -> bool:
    return name.rpartition(".")[2] in ATTRIBUTES or any(f"{name}.".startswith(f"{banned}.") for banned in MODULES)


def constant(call: ast.Call, name: str) -> object:
    found = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return found.value if isinstance(found, ast.Constant) else None


def loads_arrays(name: str) -> bool:
    return name.rpartition(".")[2] == "load" and name.partition(".")[0] in ("np", "numpy", "torch", "keras")


CALLS: tuple[tuple[Callable[[ast.Call, str], bool], str], ...] = (
    (lambda call, name: loads_arrays(name) and constant(call, "allow_pickle") is not False, "without allow_pickle=False"),
    (lambda call, _: constant(call, "allow_pickle") is True, "with pickles"),
    (lambda call, _: constant(call, "shell") is True, "through a shell"),
    (lambda call, name: name == "Image.open" and all(each.arg != "formats" for each in call.keywords), "may start programs"),
    (lambda call, name: name.endswith("load_workbook") and constant(call, "keep_links") is not False, "reads linked workbooks"),
)


def test_there_is_a_source_to_look_at() -> None:
    assert len(FILES) > 150
    assert {"formats", "learn", "project", "ui"} <= {path.relative_to(PACKAGE).parts[0] for path in FILES}


def test_nothing_runs_what_it_reads() -> None:
    found = [(path, fault) for path in FILES for fault in faults(ast.parse(path.read_text(encoding="utf-8")))]
    assert [one for one in found if one[0] not in ALONE.get(one[1].rpartition("imports ")[2], ())] == []


@pytest.mark.parametrize(
    "bad",
    [
        "import pickle",
        "from xml.etree import ElementTree",
        "from xml import sax",
        "import lxml.etree as e",
        "eval(text)",
        "f = exec",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "numpy.load(path, allow_pickle=flag)",
        "torch.load(path)",
        "keras.models.load_model(path)",
        "from keras.models import load_model",
        "keras.layers.Lambda(f)",
        "yaml.load(text); import yaml",
        "subprocess.run(line, shell=True)",
        "os.system(line)",
        "archive.extractall(folder)",
        "Image.open(path)",
        "openpyxl.load_workbook(path)",
        "importlib.import_module(name)",
    ],
)
def test_the_look_finds_what_it_looks_for(bad: str) -> None:
    assert list(faults(ast.parse(bad)))


def test_keras_is_never_asked_to_read_a_model() -> None:
    """Networks are built from a recipe and filled with arrays: `.keras` files, which name classes and code, have no reader."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    for ending in (".keras", ".h5", ".hdf5", "saved_model", ".pkl", '.pt"', ".pth"):
        assert ending not in text, ending
