from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from quakegui.app.environment import environment_of
from quakegui.app.settings import MOST_RECENT, Settings, SettingsFile, default_analyst
from quakegui.learn.worker.environments import THIS, Environment


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "quakegui.ini"


def write_settings(path: Path, text: str) -> None:
    """Write what stands for the settings into the file, as anybody may."""
    file = QSettings(str(path), QSettings.Format.IniFormat)
    file.setValue("settings", text)
    file.sync()


def test_settings_come_back_after_a_restart(path: Path) -> None:
    written = Settings(language="zh", theme="dark", analyst="王工", days_per_second=12.5, recent=("/a", "/b"))
    SettingsFile(path).save(written)
    assert SettingsFile(path).load() == written


def test_a_missing_file_gives_the_defaults_and_a_name(path: Path) -> None:
    settings = SettingsFile(path).load()
    assert settings.analyst
    assert settings == Settings(analyst=settings.analyst)


@pytest.mark.parametrize("text", ["not json", "[1, 2]", '{"theme": "pink", "days_per_second": "fast", "recent": 3, "loop": 1}'])
def test_a_damaged_file_gives_the_defaults(path: Path, text: str) -> None:
    write_settings(path, text)
    settings = SettingsFile(path).load()
    assert settings == Settings(analyst=settings.analyst)


DAMAGED = {
    "more digits than Python reads": '{"days_per_second": 1' + "0" * 5000 + "}",
    "no number": '{"text_scale": NaN, "days_per_second": NaN}',
    "infinite": '{"text_scale": 1e999, "days_per_second": -1e999}',
    "nested without end": "[" * 100_000,
    "objects nested without end": '{"a":' * 100_000,
    "half a character": '{"analyst": "\\ud800", "interpreter": "\\udfff", "recent": ["\\ud800", "\\u0000", {}, 7, "x"]}',
    "megabytes": '{"analyst": "' + "x" * 2_000_000 + '"}',
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_what_cannot_be_used_is_the_default_again(path: Path, kind: str) -> None:
    write_settings(path, DAMAGED[kind])
    settings = SettingsFile(path).load()
    assert settings == Settings(analyst=default_analyst(), recent=("x",) if kind == "half a character" else ())


def test_numbers_are_kept_within_what_the_dialog_offers(path: Path) -> None:
    found = []
    for scale, speed in ((0, 0), (-3, -1), (2, 8), (1e300, 10**400)):
        write_settings(path, f'{{"text_scale": {scale}, "days_per_second": {speed}}}')
        settings = SettingsFile(path).load()
        found.append((settings.text_scale, settings.days_per_second))
    assert found == [(0.7, 0.5), (0.7, 0.5), (2.0, 8.0), (2.5, 60.0)]


def test_a_path_of_a_python_from_before_there_was_a_choice_is_still_used(path: Path) -> None:
    write_settings(path, '{"interpreter": "/opt/python", "analyst": "Li"}')
    settings = SettingsFile(path).load()
    assert (settings.trains_in, settings.interpreter) == ("interpreter", "/opt/python")
    assert environment_of(settings) == Environment("interpreter", "/opt/python")


def test_where_networks_train() -> None:
    assert environment_of(Settings()) == THIS
    assert environment_of(Settings(trains_in="interpreter")) == THIS  # without a path there is no other one
    assert environment_of(Settings(interpreter="/opt/python", backend="torch")) == Environment(backend="torch")
    chosen = Settings(trains_in="wsl", distribution="Ubuntu", interpreter="/opt/python", backend="tensorflow")
    assert environment_of(chosen) == Environment("wsl", "/opt/python", "Ubuntu", "tensorflow")


def test_recent_projects_are_distinct_and_bounded(tmp_path: Path) -> None:
    settings = Settings()
    for number in range(MOST_RECENT + 5):
        settings = settings.with_recent(tmp_path / str(number))
    settings = settings.with_recent(tmp_path / "12")
    assert settings.recent[0] == str((tmp_path / "12").resolve())
    assert len(settings.recent) == len(set(settings.recent)) == MOST_RECENT


def test_layouts_and_days_are_kept_apart(path: Path, tmp_path: Path) -> None:
    file = SettingsFile(path)
    file.save_layout("work", QByteArray(b"g1"), QByteArray(b"s1"))
    file.save_layout("review", QByteArray(b"g2"), QByteArray(b"s2"))
    file.save_day(tmp_path / "项目 一", "2022-09-05")
    again = SettingsFile(path)
    assert again.load_layout("work") == (QByteArray(b"g1"), QByteArray(b"s1"))
    assert again.load_layout("review") == (QByteArray(b"g2"), QByteArray(b"s2"))
    assert again.load_layout("none") is None
    assert again.load_day(tmp_path / "项目 一") == "2022-09-05"
    assert again.load_day(tmp_path / "other") is None
