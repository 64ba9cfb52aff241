"""Damage with one reading is repaired; damage with several is listed with its place."""

import pytest

from publications.mending import mend


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("Cecilia Malmstrm spoke", "Cecilia Malmström spoke"),
        ("Cecilia Malmstr?m spoke", "Cecilia Malmström spoke"),
        ("MEP Grard Deprez", "MEP Gérard Deprez"),
        ("Dr Ferenc Bnfi, Director", "Dr Ferenc Bánfi, Director"),
        ("%u2018quoted%u2019 and so on%u2026", "‘quoted’ and so on…"),
        ("The cafÃ© in ZÃ¼rich", "The café in Zürich"),
        ("Itâ€™s late â€“ very", "It’s late – very"),
        ("It\x92s a \x93quotation\x94", "It’s a “quotation”"),
        ("Fish &amp; chips, caf&eacute;", "Fish & chips, café"),
        ("Genevaon the occasion", "Geneva on the occasion"),
        ("soft\u00adhyphen, zero\u200bwidth, no\xa0break", "softhyphen, zerowidth, no break"),
        ("one\r\ntwo\rthree\x00\x07", "one\ntwo\nthree"),
    ],
)
def test_damage_with_one_reading_is_repaired(damaged, whole):
    result = mend(damaged)

    assert result.text == whole
    assert result.doubts == []


@pytest.mark.parametrize(
    "text",
    [
        "Malmström, Gérard and Bánfi are whole.",
        "A 50% rise; what? Yes: https://example.test/?a=1&b=2",
        "Ã la carte is rare, but naïve façades are not.",
        "The mobsters' rackets and the victims' families",
        "He said \"yes\" and then 'no'.",
        'A quotation "runs over\n\ntwo paragraphs" and ends.',
    ],
)
def test_a_whole_text_stays_as_it_is(text):
    result = mend(text)

    assert (result.text, result.repairs, result.doubts) == (text, [], [])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("They offer it on demand' for money.", "a quotation mark has no partner"),
        ("'As a key provider we welcome this, added the Director.", "a quotation mark has no partner"),
        ('She said "it is late.', "a quotation mark has no partner"),
        ("or 'so called' D the next word", "a dash may have become a D"),
        ("A lost \ufffd sign", "a character is lost"),
        ("The caf?s were open", "a letter may be lost"),
    ],
)
def test_damage_with_several_readings_is_listed_and_left(text, what):
    result = mend(text)

    assert result.text == text
    assert [found for found, _where in result.doubts] == [what]


def test_a_doubt_names_the_words_around_it():
    text = f"{'Before it there are many words. ' * 3}They offer it on demand' for money.{' And many after.' * 5}"

    [(_what, where)] = mend(text).doubts

    assert where == "…words. They offer it on demand' for money. And many after. A…"
