"""Messages are written once with blanks and read back as they were meant, whatever is filled in."""

from datetime import UTC, datetime

import pytest

from efc import mime

MARK = "m" * 20 + "-" + "M" * 22
KEY = "k_-" + "7" * 40
ID = "0123456789abcdef" * 2
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def form(**changes):
    options = {
        "sender": "Coalition financière <desk@efc.example>",
        "subject": "Où en sommes-nous ? " * 8,
        "text": f"{MARK} first\n.dot\nFrom here\nlast {MARK}",
        "html": f'<p>.</p>\n<a href="https://efc.example/n/u/{MARK}/">x=1</a>' + "<b>é</b>" * 500,
        "date": AT,
        "language": "fr",
        "keyed_headers": [("List-Unsubscribe", f"<https://efc.example/n/u/{MARK}/>")],
        "mark": MARK,
    }
    return mime.Form(**options | changes)


def test_it_reads_back_with_the_key_in_every_place():
    parsed = form().prove(KEY)
    message = form().fill("ann@post.example", ID, KEY)
    assert (message.sender, message.recipient) == (b"desk@efc.example", b"ann@post.example")
    assert message.data.count(KEY.encode()) == 4
    assert MARK.encode() not in message.data
    assert message.data.endswith(b"--\r\n")
    assert b"\r\n." not in message.data.replace(b"\r\n..", b"")
    assert max(map(len, message.data.split(b"\r\n"))) <= 998
    assert str(parsed["From"]) == "Coalition financière <desk@efc.example>"
    assert parsed["Subject"].strip() == ("Où en sommes-nous ? " * 8).strip()
    assert (parsed["Content-Language"], parsed["Date"]) == ("fr", "Sun, 22 Nov 2026 12:00:00 +0000")
    assert parsed.get_body(("plain",)).get_content() == f"{KEY} first\r\n.dot\r\nFrom here\r\nlast {KEY}\r\n"


def test_two_readers_messages_differ_only_in_what_is_theirs():
    one, two = (form().fill("ann@post.example", ID, key * 43).data for key in "ab")
    assert one != two
    assert one.replace(b"a" * 43, b"b" * 43) == two


@pytest.mark.parametrize(
    "address",
    [
        "ann@post.example\r\nBcc: other@post.example", "ann@post.example, other@post.example", "ann@post.example>", "<ann@post.example",
        "two words@post.example", '"two words"@post.example', "é@post.example", "ann@[127.0.0.1]", "ann", "@post.example", "",
        "ann@post.example\0", "ann@po\u2028st.example", f"{'a' * 65}@post.example",
    ],
)  # fmt: skip
def test_only_one_plain_address_gets_in(address):
    with pytest.raises(mime.BadAddress):
        form().fill(address, ID, KEY)


def test_an_international_domain_goes_in_its_ascii_form():
    assert form().fill("ann@münchen.example", ID, KEY).recipient == b"ann@xn--mnchen-3ya.example"


@pytest.mark.parametrize(
    ("message_id", "key"),
    [(ID, KEY[:-1]), (ID, KEY[:-1] + "\n"), (ID, ""), (ID[:-1] + ">", KEY), ("", KEY), (ID + "0", KEY)],
)
def test_only_ids_and_keys_get_in(message_id, key):
    with pytest.raises(ValueError, match="32 hexadecimal signs"):
        form().fill("ann@post.example", message_id, key)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "One\r\nBcc: other@post.example"}, {"sender": "Desk <desk@efc.example>\nBcc: other@post.example"},
        {"headers": {"Reply-To": "desk@efc.example\r\nX: y"}}, {"keyed_headers": [("X", "a\r\nb")]}, {"sender": "nobody"},
    ],
)  # fmt: skip
def test_no_line_break_gets_into_a_header(changes):
    with pytest.raises(ValueError):  # noqa: PT011  (several ways to say no)
        form(**changes)


def test_a_form_that_does_not_read_back_is_refused():
    broken = form()
    broken._pieces[2] = broken._pieces[2].replace(b"dot", b"dim")
    with pytest.raises(ValueError, match="plain part"):
        broken.prove(KEY)
    broken = form()
    broken._pieces[0] = b"To: other@post.example\r\n" + broken._pieces[0]
    with pytest.raises(ValueError, match="exactly one address"):
        broken.prove(KEY)
