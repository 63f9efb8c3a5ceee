"""The source itself: nothing in it can turn data into code, whoever wrote the data."""

from __future__ import annotations

import ast
from collections.abc import Iterator
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
"""Not imported anywhere: they run what they read, expand what they parse, or unpack where they are told."""
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


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def constant(call: ast.Call, name: str) -> object:
    found = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return found.value if isinstance(found, ast.Constant) else None


def faults(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
            for name in (*modules, *(f"{module}.{name}" for module in modules for name in names)):
                if any(name == banned or name.startswith(f"{banned}.") for banned in MODULES):
                    yield f"line {node.lineno}: imports {name}"
            if isinstance(node, ast.ImportFrom):
                yield from (f"line {node.lineno}: imports {name}" for name in names if name in ATTRIBUTES)
        elif isinstance(node, ast.Name) and node.id in NAMES:
            yield f"line {node.lineno}: {node.id}"
        elif isinstance(node, ast.Attribute) and (node.attr in ATTRIBUTES or ast.unparse(node) in PATHS):
            yield f"line {node.lineno}: {ast.unparse(node)}"
    for call, name in calls(tree):
        where = f"line {call.lineno}: {name}"
        if (
            name.split(".")[-1] == "load"
            and name.split(".")[0] in ("np", "numpy", "torch", "keras")
            and (constant(call, "allow_pickle") is not False)
        ):
            yield f"{where} without allow_pickle=False"
        if name.endswith(("savez", "savez_compressed", "np.save")) and constant(call, "allow_pickle") is True:
            yield f"{where} with pickles"
        if constant(call, "shell") is True:
            yield f"{where} through a shell"
        if name == "Image.open" and not any(keyword.arg == "formats" for keyword in call.keywords):
            yield f"{where} lets Pillow start other programs"
        if name.endswith("load_workbook") and constant(call, "keep_links") is not False:
            yield f"{where} reads links to other workbooks"


def test_there_is_a_source_to_look_at() -> None:
    assert len(FILES) > 150
    assert {"formats", "learn", "project", "ui"} <= {path.relative_to(PACKAGE).parts[0] for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_runs_what_it_reads(path: Path) -> None:
    assert list(faults(ast.parse(path.read_text(encoding="utf-8")))) == []


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
