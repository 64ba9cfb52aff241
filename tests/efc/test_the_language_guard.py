"""The words that the guard finds, what it proposes, and what it leaves alone."""

import pytest
from django.utils.html import escape

from efc import wording


@pytest.mark.parametrize(
    ("text", "term", "suggestion"),
    [
        ("They found child pornography.", "child pornography", "child sexual abuse material"),
        ("A site with CP, he said.", "CP", "child sexual abuse material"),
        ("An underage girl was there.", "underage girl", "child, child victim"),
        ("Laws on child sex tourism", "child sex tourism", "sexual exploitation of children in travel and tourism"),
        ("It was sextortion.", "sextortion", "sexual extortion of children"),
        ("Self-generated pictures", "Self-generated", "material produced by the child, often under coercion"),
        ("386 children were rescued.", "children were rescued", "children identified and safeguarded"),
        ("la pornographie enfantine", "pornographie enfantine", "matériel d’abus sexuels sur enfants"),
        ("die Kinderpornographie", "Kinderpornographie", "Darstellungen sexuellen Missbrauchs von Kindern"),
        ("over kinderporno gesproken", "kinderporno", "materiaal van seksueel kindermisbruik"),
    ],
)
def test_a_wording_is_found_with_what_to_write_instead(text, term, suggestion):
    assert [(hit.term, hit.suggestion) for hit in wording.find(text)] == [(term, suggestion)]


@pytest.mark.parametrize(
    "text",
    [
        "Child sexual abuse material is found and removed.",
        "The Directive on Combating the Sexual Abuse and Sexual Exploitation of Children and Child Pornography",
        "The US Financial Coalition Against Child Pornography answered.",
        "Our own line.\n\n> He spoke of child pornography.",
        "The cp command copies files; the CPI rose.",
        "Customers of banks and users of cards are protected.",
        "",
    ],
)
def test_official_titles_block_quotations_and_other_words_are_left_alone(text):
    assert wording.find(text) == []


def test_the_sentence_around_a_hit_is_given():
    hits = wording.find("First sentence. The court spoke of indecent images! Last one.")

    assert [hit.sentence for hit in hits] == ["The court spoke of indecent images!"]


def test_marking_underlines_text_and_leaves_tags_alone():
    html, found = wording.mark('<p title="child pornography">A coalition against child pornography &amp; more</p>')

    assert found
    assert html == (
        '<p title="child pornography">A coalition against <span class="official">child pornography</span> &amp; more</p>'
    )
    assert wording.mark(escape("<b>Nothing</b>")) == ("&lt;b&gt;Nothing&lt;/b&gt;", False)
