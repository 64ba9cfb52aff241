"""Repair characters that an old system damaged: where the rest allows one reading, mend; where not, say where to look."""

import html
import re
import unicodedata
from dataclasses import dataclass, field

# Words met in records of the coalition whose stump, without the lost letter, is no word of its own.
KNOWN = ["Malmström", "Gérard", "Bánfi", "François", "Müller", "München", "Köln", "Zürich", "vidéo"]

# Where a no-break space was lost, a place and the word after it became one.
PLACES = "Brussels|Budapest|Geneva|London|Lyon|Milan|Paris|Rome|Vienna|Washington"
_glued = re.compile(rf"\b({PLACES})(on|for|from|to|and|where)\b")
_escape = re.compile(r"%u([0-9a-fA-F]{4})")
_entity = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_misread = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3}"
)
_windows = re.compile("[\u0080-\u009f]")
_invisible = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_control = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_stumps = [
    (re.compile(r"\b{}\b".format("[?\ufffd]?".join(re.escape(part) for part in re.split(r"[^\x00-\x7f]", word)))), word)
    for word in KNOWN
]  # fmt: skip
_doubts = [
    (re.compile("\ufffd"), "a character is lost"),
    (re.compile(r"(?<=[A-Za-z])\?(?=[a-z])"), "a letter may be lost"),
    (re.compile(r"(?<=[\w'\"’]) [DÐ] (?=[a-z])"), "a dash may have become a D"),
    (re.compile(r"\b[A-Z](?=[a-z]*[bcdfghjklmnpqrstvwxz]{6})[a-z]+\b"), "a letter may be lost"),
]
_opening = re.compile(r"(?:^|(?<=[\s(\[“\"]))['‘](?=\w)")
_closing = re.compile(r"(?<=[\w.,!?…])['’](?=[\s.,;:)\]\"”]|$)(?<!s['’])")


@dataclass
class Mended:
    """A text with what was repaired in it, as (before, after), and what remains to be looked at, as (what, where)."""

    text: str
    repairs: list = field(default_factory=list)
    doubts: list = field(default_factory=list)


def mend(text):
    """Return the text with its damage repaired. A repair is made only where one reading is possible."""
    result = Mended(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))

    def repair(pattern, reading):
        def replace(match):
            after = reading(match)
            if after != match.group():
                result.repairs.append((match.group(), after))
            return after

        result.text = pattern.sub(replace, result.text)

    repair(_escape, lambda match: chr(int(match[1], 16)))
    repair(_entity, lambda match: html.unescape(match.group()))
    repair(_misread, lambda match: _reread(match.group()))
    repair(_windows, lambda match: match.group().encode("latin-1").decode("cp1252", "replace"))
    for pattern, word in _stumps:
        repair(pattern, lambda match, word=word: word)
    repair(_glued, lambda match: f"{match[1]} {match[2]}")
    result.text = _control.sub("", _invisible.sub("", result.text.replace("\xa0", " ")))
    result.doubts = list(find_doubts(result.text))
    return result


def _reread(run):
    """Read UTF-8 that was taken for Windows-1252 as what it is, or leave it."""
    try:
        raw = b"".join(sign.encode("cp1252") if _in_windows(sign) else sign.encode("latin-1") for sign in run)
        return raw.decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return run


def _in_windows(sign):
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def find_doubts(text):
    """Yield (what may be wrong, the words around it) for damage that has more than one reading."""
    is_open = text.count('"') % 2
    for paragraph in text.split("\n"):
        for pattern, what in _doubts:
            for match in pattern.finditer(paragraph):
                yield what, around(paragraph, match.start())
        if is_open and paragraph.count('"') % 2:
            yield "a quotation mark has no partner", around(paragraph, paragraph.rindex('"'))
        for lonely in _lonely_marks(paragraph):
            yield "a quotation mark has no partner", around(paragraph, lonely)


def _lonely_marks(paragraph):
    """Return the places of single quotation marks that open without closing, or close without opening."""
    marks = sorted([(match.start(), True) for match in _opening.finditer(paragraph)]
                   + [(match.start(), False) for match in _closing.finditer(paragraph)])  # fmt: skip
    opened, lonely = [], []
    for position, opens in marks:
        if opens:
            opened.append(position)
        elif opened:
            opened.pop()
        else:
            lonely.append(position)
    return sorted(lonely + opened)


def around(text, position, width=30):
    """Return the words around a position, for a list that people read."""
    start, end = max(0, position - width), position + width
    cut = " ".join(text[start:end].split())
    return ("…" if start else "") + cut + ("…" if end < len(text) else "")
