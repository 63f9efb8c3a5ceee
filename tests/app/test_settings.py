from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from quakegui.app.environment import environment_of
from quakegui.app.settings import MOST_RECENT, Settings, SettingsFile
from quakegui.learn.environments import THIS, Environment


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "quakegui.ini"


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
    file = SettingsFile(path)
    file._file.setValue("settings", text)
    file._file.sync()
    settings = SettingsFile(path).load()
    assert settings == Settings(analyst=settings.analyst)


def test_a_path_of_a_python_from_before_there_was_a_choice_is_still_used(path: Path) -> None:
    file = SettingsFile(path)
    file._file.setValue("settings", '{"interpreter": "/opt/python", "analyst": "Li"}')
    file._file.sync()
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
