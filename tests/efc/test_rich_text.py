import re

import pytest

from efc import richtext


def test_markdown_becomes_html():
    html = richtext.render(
        "# Title\n\nA **strong** word and a [link](https://efc.example/).\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )

    assert "<h2>Title</h2>" in html
    assert "<strong>strong</strong>" in html
    assert '<a href="https://efc.example/" rel="noreferrer">link</a>' in html
    assert "<td>2</td>" in html


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("[x](javascript:alert(1))", 'javascript:alert(1)"'),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("![x](https://elsewhere.example/pixel.gif)", "<img"),
        ('[x](https://a.example/ "t\\" onclick=\\"y")', ' onclick="'),
        ("[x](data:text/html,hello)", 'href="data:'),
    ],
)
def test_nothing_active_comes_through(text, forbidden):
    assert forbidden not in richtext.render(text)


def test_plain_text_and_summary():
    text = "A *first* sentence & more.\n\nSecond paragraph that is rather long for a summary."

    assert richtext.plain(text) == "A first sentence & more.\nSecond paragraph that is rather long for a summary."
    assert richtext.summary(text, 30) == "A first sentence & more.…" or richtext.summary(text, 30).endswith("…")
    assert len(richtext.summary(text, 30)) <= 30


def test_headings_of_a_text_stand_below_the_heading_above_it():
    text = "# Done\n\nTwo courses, h2 and h3.\n\n### Where\n\nHere.\n\n###### Why\n\nSo."
    assert re.findall(r"<(h\d)>", richtext.render_below(text, 3)) == ["h4", "h5", "h6"]
    assert re.findall(r"<(h\d)>", richtext.render_below("### Done\n\n#### Where", 3)) == ["h4", "h5"]
    assert richtext.render_below("One *word*.", 3) == "<p>One <em>word</em>.</p>\n"
