"""Drawings are the same at every visit, and words in them stay words."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from efc import artwork

HERO = Path(artwork.__file__).parent / "static" / "efc" / "hero.svg"


def test_the_picture_of_the_home_page_is_the_one_that_is_drawn():
    assert HERO.read_text() == artwork.hero()


def test_a_cover_depends_on_its_words_and_seed_alone():
    first = artwork.cover("Strategic assessment", "2015", "a")
    artwork.cover.cache_clear()
    assert artwork.cover("Strategic assessment", "2015", "a") == first
    assert artwork.cover("Strategic assessment", "2015", "b") != first


def test_a_cover_shows_its_title_as_text():
    drawing = artwork.cover("<b>Five & more</b> words that do not fit on one line of a cover at all", "", "x")
    words = [element.text for element in ElementTree.fromstring(drawing).iter("text")]  # noqa: S314  (our own drawing)
    assert words[0].startswith("<b>Five & more")
    assert len(words) == 4


@pytest.mark.parametrize("name", sorted(artwork.ICONS))
def test_an_icon_is_drawn_well_and_hidden_from_screen_readers(name):
    assert ElementTree.fromstring(artwork.ICONS[name]).get("aria-hidden") == "true"  # noqa: S314
