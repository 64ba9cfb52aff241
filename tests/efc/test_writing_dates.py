from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.html import strip_tags

COURSE = (date(2015, 4, 7), date(2015, 4, 10))
OVER_A_MONTH = (date(2015, 4, 30), date(2015, 5, 2))
OVER_A_YEAR = (date(2015, 12, 30), date(2016, 1, 2))
ONE_DAY = (date(2015, 6, 24), date(2015, 6, 24))


def write(tag, days, language):
    with translation.override(language):
        return Template("{% " + tag + " start end %}").render(Context({"start": days[0], "end": days[1]}))


@pytest.mark.parametrize(
    ("days", "language", "text"),
    [
        (COURSE, "en", "7–10 April 2015"),
        (COURSE, "de", "7.–10. April 2015"),
        (COURSE, "fr", "7–10 avril 2015"),
        (OVER_A_MONTH, "en", "30 April – 2 May 2015"),
        (OVER_A_MONTH, "nl", "30 april – 2 mei 2015"),
        (OVER_A_YEAR, "en", "30 December 2015 – 2 January 2016"),
        (ONE_DAY, "en", "24 June 2015"),
        ((date(2015, 6, 24), None), "en", "24 June 2015"),
    ],
)
def test_a_range_of_days_is_written_out(days, language, text):
    assert strip_tags(write("date_range", days, language)) == text


def test_each_end_is_readable_by_machines():
    assert 'datetime="2015-04-07"' in write("date_range", COURSE, "en")
    assert 'datetime="2015-04-10"' in write("date_range", COURSE, "en")


@pytest.mark.parametrize(
    ("days", "block"),
    [
        (COURSE, '<time datetime="2015-04-07">7–10<small>April 2015</small></time>'),
        (ONE_DAY, '<time datetime="2015-06-24">24<small>June 2015</small></time>'),
        (OVER_A_MONTH, '<time datetime="2015-04-30">30<small>April – 2 May 2015</small></time>'),
    ],
)
def test_the_margin_of_a_date_list(days, block):
    assert write("date_block", days, "en") == block


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "20 March 2015"), ("fr", "20 mars 2015"), ("de", "20. März 2015"), ("nl", "20 maart 2015")],
)
def test_a_day_is_written_as_in_europe(language, text):
    with translation.override(language):
        assert Template("{{ day|date }}").render(Context({"day": date(2015, 3, 20)})) == text
