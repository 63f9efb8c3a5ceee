"""The Windows installer's parts that need neither Windows nor a download: PE reading, choice of files, lists, notices."""

import importlib
import importlib.util
import json
import struct
import sys
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"


@pytest.fixture(scope="module", autouse=True)
def packaging_on_the_path():
    folders = [str(PACKAGING / "wine"), str(PACKAGING)]
    sys.path[:0] = folders
    yield
    for folder in folders:
        sys.path.remove(folder)


def load(name):
    return importlib.import_module(name)


def program(imports=(), delayed=(), exports=(), machine=0x8664):
    """Return a PE file of one section with the given tables; names lie where the tables say."""
    base, head = 0x1000, 0x400
    body = bytearray()

    def put(data):
        at = len(body)
        body.extend(data)
        return base + at

    def text(name):
        return put(name.encode() + b"\0")

    def table(rows):
        return put(b"".join(rows))

    imported = [struct.pack("<IIIII", 1, 0, 0, text(name), 1) for name in imports]
    late = [struct.pack("<8I", 1, text(name), 1, 1, 1, 0, 0, 0) for name in delayed]
    offered = [struct.pack("<I", text(name)) for name in exports]
    names = table(offered) if offered else 0
    folders = [0] * 32
    if offered:
        folders[0] = put(struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, 0, 1, len(offered), len(offered), 0, names, 0))
    if imported:
        folders[2] = table([*imported, bytes(20)])
    if late:
        folders[26] = table([*late, bytes(32)])
    optional = struct.pack("<H", 0x20B).ljust(108, b"\0") + struct.pack("<I", 16) + struct.pack("<32I", *folders)
    coff = struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), 0x2022)
    section = b".all".ljust(8, b"\0") + struct.pack("<IIII", len(body), base, len(body), head) + bytes(16)
    start = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0" + coff + optional + section
    return start.ljust(head, b"\0") + bytes(body)


def test_imports_delayed_imports_and_exports_are_read():
    binary = load("pe").parse(program(["KERNEL32.dll", "Own.DLL"], ["late.dll"], ["first", "second"]))
    assert binary.imports == ("kernel32.dll", "own.dll")
    assert binary.delayed == ("late.dll",)
    assert binary.exports == ("first", "second")


def test_a_program_file_without_tables_asks_for_nothing():
    binary = load("pe").parse(program())
    assert (binary.imports, binary.delayed, binary.exports) == ((), (), ())


@pytest.mark.parametrize("length", [0, 1, 0x3F, 0x44, 0x100, 0x400, 0x408])
def test_a_cut_program_file_is_refused_with_its_name(length):
    pe = load("pe")
    with pytest.raises(pe.ProgramFileError, match=r"cut\.dll is no complete program file"):
        pe.parse(program(["kernel32.dll"])[:length], "cut.dll")


def test_a_32_bit_program_file_is_refused():
    pe = load("pe")
    with pytest.raises(pe.ProgramFileError, match="another machine"):
        pe.parse(program(machine=0x14C), "old.dll")


def test_a_library_that_is_nowhere_is_named(tmp_path):
    (tmp_path / "site").mkdir()
    wanted = ["kernel32.dll", "api-ms-win-crt-math-l1-1-0.dll", "Helper.dll", "vcruntime140_threads.dll"]
    (tmp_path / "site" / "fast.pyd").write_bytes(program(wanted, ["gone.dll"]))
    (tmp_path / "helper.dll").write_bytes(program(["ucrtbase.dll"]))
    said = load("verify_pe").missing(tmp_path)
    assert said == [
        "site/fast.pyd needs vcruntime140_threads.dll, which is neither in the tree nor part of Windows.",
        "site/fast.pyd needs gone.dll, which is neither in the tree nor part of Windows.",
    ]


def test_a_tree_without_program_files_does_not_pass(tmp_path):
    assert load("verify_pe").missing(tmp_path) == [f"{tmp_path} holds no program file."]


@pytest.mark.parametrize(
    "path",
    [
        "numpy/__init__.py",
        "numpy.libs/libscipy_openblas.dll",
        "PySide6/Qt6Core.dll",
        "PySide6/QtWidgets.pyd",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/translations/qtbase_zh_CN.qm",
        "quakegui/_data/resources/translations/zh.mo",
        "sklearn/.libs/msvcp140.dll",
        "tensorflow/lite/python/lite.py",
        "numpy-2.4.6.dist-info/METADATA",
        "numpy-2.4.6.dist-info/licenses/LICENSE.txt",
    ],
)
def test_what_the_program_needs_is_shipped(path):
    assert load("build_tree").is_wanted(PurePosixPath(path))


@pytest.mark.parametrize(
    "path",
    [
        "bin/f2py",
        "Scripts/vcruntime140.dll",
        "msvcp140.dll",
        "PySide6/msvcp140.dll",
        "PySide6/Qt6Quick.dll",
        "PySide6/opengl32sw.dll",
        "PySide6/designer.exe",
        "setuptools/cli-32.exe",
        "PySide6/qml/QtQml/plugin.dll",
        "PySide6/plugins/imageformats/qpdf.dll",
        "PySide6/plugins/sqldrivers/qsqlpsql.dll",
        "PySide6/translations/qtbase_de.qm",
        "tensorflow/include/Eigen/Core.h",
        "pandas/tests/frame/test_query.py",
        "pandas/tests/io/data/file.csv",
        "numpy/__init__.pyi",
        "distutils-precedence.pth",
        "numpy-2.4.6.dist-info/RECORD",
    ],
)
def test_what_only_developers_need_is_left_out(path):
    assert not load("build_tree").is_wanted(PurePosixPath(path))


def test_every_listed_file_is_deleted_and_no_folder_is_wiped():
    text = load("build_tree").script("1.2", ["python.exe", "site/a/b.py", "site/a/$x.txt"], 4096)
    lines = [line.strip() for line in text.splitlines()]
    assert '!define VERSION "1.2"' in lines
    assert '!define SIZE_KB "4"' in lines
    assert "!define LONGEST 13" in lines
    assert [line for line in lines if line.startswith("Delete")] == [
        'Delete "$INSTDIR\\python.exe"',
        'Delete "$INSTDIR\\site\\a\\$$x.txt"',
        'Delete "$INSTDIR\\site\\a\\b.py"',
        'Delete "$INSTDIR\\site\\a\\__pycache__\\*.pyc"',
    ]
    assert [line for line in lines if line.startswith("RMDir")] == [
        'RMDir "$INSTDIR\\site\\a\\__pycache__"',
        'RMDir "$INSTDIR\\site\\a"',
        'RMDir "$INSTDIR\\site"',
    ]


def test_an_optional_component_has_its_files_and_their_byte_code_and_the_tree_has_them_no_more(tmp_path):
    tree, component = tmp_path / "tree", tmp_path / "tree-live"
    for name in ("paho/client.py", "paho/__pycache__/client.cpython-312.pyc", "paho/LICENSE", "numpy/core.py"):
        (tree / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / "site" / name).touch()
    (component / "site").mkdir(parents=True)
    (component / "site" / "of an earlier build").touch()
    load("build_tree").set_apart(tree, ["site/paho/client.py", "site/paho/LICENSE"], component)
    moved = {path.relative_to(component / "site").as_posix() for path in component.rglob("*") if path.is_file()}
    assert moved == {"paho/client.py", "paho/__pycache__/client.cpython-312.pyc", "paho/LICENSE"}
    left = [path.relative_to(tree).as_posix() for path in sorted(tree.rglob("*"))]
    assert left == ["site", "site/numpy", "site/numpy/core.py"], "no empty folder stays"


def test_the_installer_never_wipes_a_folder():
    script = (PACKAGING / "installer.nsi").read_text(encoding="utf-8")
    assert "RMDir /r" not in script
    assert "HKLM" not in script
    assert "RequestExecutionLevel user" in script


def test_the_lists_are_pinned_by_hash_and_complete():
    kinds = ("", "-tensorflow", "-shared", "-live")
    texts = [(PACKAGING / f"requirements-windows{kind}.txt").read_text(encoding="utf-8") for kind in kinds]
    for text in texts:
        for line in text.splitlines():
            name, _, digest = line.partition(" --hash=sha256:")
            assert line.startswith("#") or ("==" in name and len(digest) == 64)
        assert "//" not in text
    names = [{line.split("==")[0] for line in text.splitlines() if "==" in line} for text in texts]
    window, training, shared, live = names
    assert {"pyside6-essentials", "numpy", "colorama", "msvc-runtime", "tzdata"} <= window
    assert {"tensorflow", "keras", "h5py"} <= training
    assert {"psycopg", "psycopg-binary"} <= shared
    assert live == {"paho-mqtt"}
    assert sum(map(len, names)) == len(set().union(*names)), "each wheel is in one list"


def test_every_dependency_of_the_program_is_pinned_within_its_bounds():
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    texts = [path.read_text(encoding="utf-8") for path in PACKAGING.glob("requirements-windows*.txt")]
    pinned = dict(line.split(" ")[0].split("==") for text in texts for line in text.splitlines() if "==" in line)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = load("build_tree").COMPONENTS
    needs = [*project["dependencies"], *(need for name in components for need in project["optional-dependencies"][name])]
    there = {"python_version": "3.12", "sys_platform": "win32", "platform_system": "Windows"}
    wanted = [
        (canonicalize_name(need.name), need.specifier)
        for need in map(Requirement, needs)
        if need.marker is None or need.marker.evaluate(there)
    ]
    assert len(wanted) > 20
    assert [name for name, bounds in wanted if name not in pinned or not bounds.contains(pinned[name])] == []


def test_no_older_driver_of_postgresql_is_allowed_than_the_program_works_with():
    import tomllib

    from packaging.requirements import Requirement

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    bounds = [one.specifier for name in ("test", "shared") for one in map(Requirement, extras[name]) if one.name == "psycopg"]
    allowed = [(one.contains("3.3.5"), one.contains("3.3.6")) for one in bounds]  # the first that waits with a time limit
    assert allowed == [(False, True)] * 2


def test_notice_and_sbom_name_every_part(tmp_path):
    notices = load("notices")
    for name, licence in (("Alpha_One", "MIT"), ("beta", "")):
        info = tmp_path / f"{name}-1.0.dist-info"
        (info / "licenses").mkdir(parents=True)
        classifier = "" if licence else "Classifier: License :: OSI Approved :: BSD License\n"
        expression = f"License-Expression: {licence}\n" if licence else ""
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{expression}{classifier}\n")
    (tmp_path / "Alpha_One-1.0.dist-info" / "licenses" / "LICENSE").write_text("Do as you please.")
    parts = notices.components(tmp_path, {"alpha-one": "ab" * 32})
    assert [(part.name, part.licence) for part in parts] == [("Alpha_One", "MIT"), ("beta", "BSD License")]
    assert notices.without_text(parts) == ["beta"]
    own = notices.Component("quakegui", "0.1", "MIT", (("LICENSE", "MIT text"),))
    python = notices.Component("CPython", "3.12.9", "PSF-2.0", (("LICENSE.txt", "PSF text"),))
    text = notices.notice(own, python, parts, [("scipy/fft/LICENSE.md", "Transforms of others.")])
    for words in ("Alpha_One 1.0: MIT", "Do as you please.", "PSF text", "site/scipy/fft/LICENSE.md", "Transforms of others."):
        assert words in text
    for title in ("GNU LESSER GENERAL PUBLIC LICENSE", "SIL OPEN FONT LICENSE", "Apache License", "Daniel Stenberg"):
        assert title in text
    document = json.loads(notices.sbom(own, python, parts, [("python.exe", "cd" * 32)]))
    assert document["bomFormat"] == "CycloneDX"
    assert [each["name"] for each in document["components"]] == ["CPython", "Alpha_One", "beta", "python.exe"]
    assert document["components"][1]["purl"] == "pkg:pypi/alpha-one@1.0"
    assert document["components"][1]["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]


def test_licences_among_modules_are_found_and_code_is_not_one(tmp_path):
    for name in ("alpha/LICENSE", "alpha/include/THIRD_PARTY_NOTICES.txt", "beta/_licences.py", "alpha-1.0.dist-info/LICENSE"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    found = load("notices").scattered(tmp_path)
    assert found == [(name, name) for name in ("alpha/LICENSE", "alpha/include/THIRD_PARTY_NOTICES.txt")]


@pytest.mark.parametrize(("hashes", "said"), [({"lost": "ab" * 32}, "not in the tree: lost"), ({}, "no licence text.*: beta")])
def test_a_tree_whose_notice_would_be_incomplete_is_refused(tmp_path, hashes, said):
    info = tmp_path / "site" / "beta-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: beta\nVersion: 1.0\n\n")
    with pytest.raises(SystemExit, match=said):
        load("build_tree").write_notices(tmp_path, hashes, ("3.12.9", ""), [])


def test_the_signer_is_read_from_the_signature_itself():
    said = (
        "Signature Index: 0\nSigner's certificate:\n\t---\n\tSigner #0:\n\t\tSubject: /C=US/O=Python Software Foundation/CN=x\n"
    )
    embedded = load("embedded")
    assert embedded.PUBLISHER in embedded.signer(said)
    elsewhere = "Signing certificate chain verified using:\n\t\tSubject: /O=Python Software Foundation\n"
    assert embedded.signer(elsewhere) == ""


def test_another_archive_than_the_expected_is_refused(tmp_path):
    embedded = load("embedded")
    (tmp_path / "python.zip").write_bytes(b"something else")
    with pytest.raises(embedded.UntrustedError, match="SHA-256"):
        embedded.unpack_release(tmp_path / "python.zip", "0" * 64, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_byte_code_is_valid_without_its_source(tmp_path):
    (tmp_path / "module.py").write_text("VALUE = 7\n")
    code = load("embedded").compiled(tmp_path / "module.py", "site/module.py")
    assert code[:4] == importlib.util.MAGIC_NUMBER
    assert code[4:8] == b"\x01\0\0\0"  # by hash, and not compared


def test_stand_ins_forward_everything_but_their_own():
    stand_ins = load("stand_ins")
    own = stand_ins.own_functions("#define WRAP(name) ...\nWRAP(cexp)\ndouble own_cabs(Double a)\n")
    assert own == {"cexp", "cexpf", "cabs"}
    lines = stand_ins.definition("ucrtbase", ["cexp", "printf"], own).splitlines()
    assert lines == [
        "LIBRARY ucrtbase.dll",
        "EXPORTS",
        '  "cexp" = own_cexp',
        '  "printf" = "wucrtbase.printf"',
        '  "cabs" = own_cabs',
        '  "cexpf" = own_cexpf',
    ]
    with pytest.raises(ValueError, match="no mark"):
        stand_ins.copy_of(b"MZ")


def test_the_icon_is_one_drawing_in_every_size():
    from PIL import Image

    folder = ROOT / "resources" / "icon"
    with Image.open(folder / "quakegui.ico") as icon:
        assert icon.info["sizes"] == {(size, size) for size in (16, 20, 24, 32, 40, 48, 64, 128, 256)}
    assert "<svg" in (folder / "quakegui.svg").read_text(encoding="utf-8")


def test_the_desktop_entry_starts_the_program():
    text = (PACKAGING / "quakegui.desktop").read_text(encoding="utf-8")
    assert text.startswith("[Desktop Entry]\n")
    assert "\nExec=quakegui\n" in text
    assert "\nIcon=quakegui\n" in text
