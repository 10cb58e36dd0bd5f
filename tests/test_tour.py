"""docs/tour: its pages are what tools/tour.toml says, and every picture of them is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import tour  # noqa: E402

PICTURES = {f"{name}-{width}.webp" for name in tour.names() for width in (360, 1280)}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_of_the_tour_say_what_the_story_says_and_show_every_picture(language):
    written = (tour.FOLDER / tour.PAGES[language]).read_text(encoding="utf-8")

    assert written == tour.page(language)
    assert set(re.findall(r'src="([^"]+)"', written)) == PICTURES


def test_the_folder_holds_these_pictures_and_no_other_in_less_than_four_megabytes():
    files = sorted(tour.FOLDER.iterdir())

    assert {file.name for file in files} == PICTURES | set(tour.PAGES.values())
    assert sum(file.stat().st_size for file in files) < 4_000_000


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_shows_something(name):
    with Image.open(tour.FOLDER / name) as image:
        image.load()
        shades = image.convert("L").histogram()

    assert image.width == (540 if name.endswith("-360.webp") else 1280)
    assert 700 < image.height <= 2250
    assert sum(1 for count in shades if count) > 60
    assert max(shades) < 0.97 * image.width * image.height  # an empty page is one colour


def test_every_screen_has_one_sentence_in_each_language():
    screens = [screen for chapter in tour.STORY["chapter"] for screen in chapter["screen"]]

    assert len({screen["name"] for screen in screens}) == len(screens) > 30
    for language in ("vi", "en"):
        told = [screen[language] for screen in screens]
        assert len(set(told)) == len(told)
        assert [words for words in told if not re.fullmatch(r"[^\n]{20,140}\.", words)] == []
