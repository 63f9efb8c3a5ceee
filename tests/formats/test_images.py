"""Folders of ready-made maps."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest
from PIL import Image

from quakegui.formats import FormatError, read_image, read_images


def save(path, colour=(10, 20, 30), size=480):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (size, size), colour).save(path)


def test_class_folders(tmp_path):
    save(tmp_path / "3" / "2022-02-02.png")
    save(tmp_path / "class_0" / "map_20220201.png")
    save(tmp_path / "2-N<=4".replace("<", "").replace("=", "") / "2022.02.03_a.jpg")
    found = read_images(tmp_path)
    assert [(str(image.day), image.cls) for image in found.images] == [("2022-02-01", 0), ("2022-02-02", 3), ("2022-02-03", 2)]
    assert found.notes == ()


def test_index_of_files_dates_and_classes(tmp_path):
    save(tmp_path / "maps" / "a.png")
    save(tmp_path / "maps" / "b.png")
    save(tmp_path / "unlisted.png")
    (tmp_path / "index.csv").write_text("file,date,class\nmaps/a.png,2022-02-01,1\nmaps/b.png,2022-02-02,\n", encoding="utf-8")
    found = read_images(tmp_path)
    assert [(str(image.day), image.cls) for image in found.images] == [("2022-02-01", 1), ("2022-02-02", None)]
    assert found.notes == ("1 of 2 maps have no class.",)


def test_a_class_that_a_network_proposed_is_none(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "b.png")
    rows = ("a.png,2022-02-01,1,model", "b.png,2022-02-02,1,analyst")
    (tmp_path / "index.csv").write_text("\n".join(("file,date,class,label_source", *rows)), encoding="utf-8")
    found = read_images(tmp_path)
    assert [image.cls for image in found.images] == [None, 1]
    assert found.notes[0].startswith("index.csv:2: the class was proposed by a model")


def test_what_cannot_be_used_is_named(tmp_path):
    save(tmp_path / "1" / "2022-02-01.png")
    save(tmp_path / "2" / "2022-02-01.png")
    save(tmp_path / "1" / "2022-02-02.png", size=479)
    save(tmp_path / "1" / "nodate.png")
    save(tmp_path / "1" / "2022-02-30.png")
    save(tmp_path / "other" / "2022-02-05.png")
    (tmp_path / "1" / "2022-02-03.png").write_bytes(b"not an image")
    whole = (tmp_path / "1" / "2022-02-01.png").read_bytes()
    (tmp_path / "1" / "2022-02-04.png").write_bytes(whole[: len(whole) // 2])
    found = read_images(tmp_path)
    assert [(str(image.day), image.cls) for image in found.images] == [("2022-02-01", 1), ("2022-02-05", None)]
    words = "\n".join(found.notes)
    for expected in (
        "already has a map",
        "479 x 479",
        "nodate.png: its name has no date",
        "2022-02-30.png",
        "not an image",
        "damaged",
        "other/",
    ):
        assert expected in words


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_a_class_whose_folder_is_a_link_is_not_left_out_unsaid(tmp_path):
    """Its images are not read, so a network would never have learnt of the class."""
    far, here = tmp_path / "far", tmp_path / "maps"
    for folder in (far, here / "0"):
        folder.mkdir(parents=True)
    save(far / "2022-02-02.png")
    (here / "4").symlink_to(far)
    (here / ".far").symlink_to(far)
    note = "4: a link to another folder; its images were skipped. Replace the link with the folder itself."
    with pytest.raises(FormatError, match=re.escape(note)):
        read_images(here)
    save(here / "0" / "2022-02-01.png")
    found = read_images(here)
    assert [image.cls for image in found.images] == [0]
    assert found.notes == (note,)


def test_index_cannot_point_out_of_the_folder(tmp_path):
    save(tmp_path / "secret.png")
    save(tmp_path / "set" / "a.png")
    lines = "file,date,class\n../secret.png,2022-02-01,1\na.png,2022-02-02,9\nb.png,2022-02-03,1\n"
    (tmp_path / "set" / "index.csv").write_text(lines, encoding="utf-8")
    found = read_images(tmp_path / "set")
    assert [(str(image.day), image.cls) for image in found.images] == [("2022-02-02", None)]
    assert len(found.notes) == 4


def test_nothing_usable_is_an_error(tmp_path):
    with pytest.raises(FormatError, match="no map image"):
        read_images(tmp_path)
    with pytest.raises(FormatError, match="not a folder"):
        read_images(tmp_path / "absent")
    (tmp_path / "index.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(FormatError, match="no file column"):
        read_images(tmp_path)


def test_colours_are_read_as_rgb(tmp_path):
    Image.new("L", (480, 480), 7).save(tmp_path / "grey.png")
    colours = read_image(tmp_path / "grey.png")
    assert colours.shape == (480, 480, 3)
    assert colours.dtype == np.uint8
    assert set(np.unique(colours)) == {7}
