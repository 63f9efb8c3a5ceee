"""What lies where the window writes its temporary files: a link of a stranger's is not written through."""

import sys

import pytest

from quakegui.project.store import Project
from quakegui.report import make_report
from quakegui.ui.plots.animation import save_animation
from quakegui.ui.plots.figures import save_figure
from quakegui.ui.report_pdf import write_pdf

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")


@pytest.fixture
def letter(tmp_path):
    """Give a file of the user's, which is as it was when the test ends."""
    letter = tmp_path / "letter.txt"
    letter.write_text("mine", encoding="utf-8")
    yield letter
    assert letter.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["map.png", "map.svg", "map.pdf", "season.gif"])
def test_figures_and_animations_are_not_written_through_a_link(window, letter, name):
    path, panel = letter.with_name(name), window.day_map_panel
    path.with_name(f".{name}.part").symlink_to(letter)
    if name.startswith("season"):
        assert save_animation(
            window.session, panel.view, path, range(2), days_per_second=4, progress=lambda _done, _total: True
        )
    else:
        save_figure(panel, path)
    assert path.is_file()
    assert not path.is_symlink()


def test_a_report_is_not_written_through_a_link(tiny_folder, qapp, letter):
    with Project.open(tiny_folder) as project:
        made = make_report(project)
    path = letter.with_name("report.pdf")
    path.with_name(".report.pdf.part").symlink_to(letter)
    assert write_pdf(made, path) > 0
    assert not path.is_symlink()
