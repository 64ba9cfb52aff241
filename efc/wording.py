"""The language guard: words that put the blame or the shame in the wrong place, and what to write instead.

Official titles and quotations keep their wording. A block quotation is one by its form and the titles in `OFFICIAL` are known;
every other hit must be answered once, on the record, before the text can be approved.
"""

import re
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MATERIAL = "child sexual abuse material"
# (pattern, what to write); the French, German and Dutch entries hold for texts in those languages.
WORDS = [
    (r"child(?:ren)?(?:'s|’s)?[\s-]porn\w*|kiddie[\s-]porn\w*", MATERIAL),
    (r"pornographi\w+ (?:infantile|enfantine)|pédopornograph\w+", "matériel d’abus sexuels sur enfants"),
    (r"kinderpornogra(?:f|ph)\w+", "Darstellungen sexuellen Missbrauchs von Kindern"),
    (r"kinderporno(?!gra)\w*", "materiaal van seksueel kindermisbruik"),
    (r"indecent (?:images?|pictures?|photos?|photographs?|materials?)", MATERIAL),
    (r"child prostitut\w+|child sex (?:trade|work\w*)", "commercial sexual exploitation of children"),
    (r"under-?age(?:d)? (?:girls?|boys?|minors?|sex)", "child, child victim"),
    (r"child sex touris\w+", "sexual exploitation of children in travel and tourism"),
    (r"(?:child|sexual|sex|online) predators?", "offender"),
    (r"pa?edophil\w*", "offender; person with a sexual interest in children, only where the source says so"),
    (r"sextort\w*", "sexual extortion of children"),
    (r"sexting|self-generated", "material produced by the child, often under coercion"),
    (r"(?:sex|abuse) (?:live )?shows?", "live streaming of child sexual abuse"),
    (r"(?:customers?|clients?|consumers?|audience) (?:of|for) (?:child|abuse|sexual)\b[\w ]{0,40}", "offender, person who pays for abuse"),
    (r"children (?:were |have been |are )?(?:saved|rescued)|(?:saved|rescued) (?:\w+ )?(?:children|kids)", "children identified and safeguarded"),
    (r"CP(?=[\s,.;:)]|$)", MATERIAL),
]  # fmt: skip
# Names that were given and are kept; what a pattern covers is no hit.
OFFICIAL = [
    r"Sale of Children, Child Prostitution and Child Pornography",
    r"Sexual Abuse (?:and Sexual Exploitation )?of Children and Child Pornography",
    r"Financial Coalitions? Against Child Pornography",
    r"Sexual Exploitation of Children and Child Pornography",
]

_words = re.compile("|".join(f"(?P<w{n}>\\b(?:{pattern}))" for n, (pattern, _s) in enumerate(WORDS)), re.IGNORECASE)
_official = re.compile("|".join(OFFICIAL), re.IGNORECASE)
_quoted_block = re.compile(r"^[ ]{0,3}>.*$", re.MULTILINE)
_sentence_end = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Hit:
    """A wording found in a text: the words as they stand, what to write instead, and the sentence they stand in."""

    term: str
    suggestion: str
    sentence: str

    @property
    def key(self):
        return normal(self.term)


def normal(term):
    return " ".join(term.lower().split())


def find(text):
    """Return a Hit for each wording of `text` (Markdown) that is ours to change, in order. Official titles and block quotations are not."""
    text = text or ""
    kept = [match.span() for pattern in (_official, _quoted_block) for match in pattern.finditer(text)]
    return [
        Hit(match.group(), _suggestion(match), _sentence(text, match.start()))
        for match in _found(text)
        if not any(start <= match.start() < end for start, end in kept)
    ]


def _found(text):
    """Yield matches; the abbreviation counts in capitals only."""
    return (match for match in _words.finditer(text) if match.group().upper() != "CP" or match.group() == "CP")


def _suggestion(match):
    return WORDS[int(match.lastgroup[1:])][1]


def _sentence(text, position):
    start = 0
    for end in _sentence_end.finditer(text):
        if end.start() >= position:
            return text[start : end.start()].strip()
        start = end.end()
    return text[start:].strip()


def mark(html):
    """Underline official titles and quoted wordings in rendered HTML. Returns: (HTML, whether there was one)."""
    found = False

    def underline(match):
        nonlocal found
        if match.group().upper() == "CP" and match.group() != "CP":
            return match.group()
        found = True
        return f'<span class="official">{match.group()}</span>'

    pieces = re.split(r"(<[^>]*>)", str(html))
    pieces[::2] = [_marked.sub(underline, piece) for piece in pieces[::2]]
    return mark_safe("".join(pieces)), found  # noqa: S308  (the HTML was safe and gained spans around its own text)


_marked = re.compile(f"{_official.pattern}|\\b(?:{'|'.join(pattern for pattern, _s in WORDS)})", re.IGNORECASE)


class Guarded(models.Model):
    """A record whose authored texts pass the guard: `GUARDED` names the fields, translations included."""

    GUARDED: tuple = ()

    wordings_kept = ArrayField(
        models.CharField(max_length=120),
        verbose_name=gettext_lazy("official titles and quotations"),
        default=list,
        blank=True,
        help_text=gettext_lazy("Wordings that stay as they are, because they are an official title or a quotation."),
    )

    class Meta:
        abstract = True

    def wordings(self, without=None):
        """Return the hits in all guarded texts, one for each wording; `without` names a text that is left out."""
        hits = {}
        for name in self.GUARDED:
            if without is None or not name.startswith(without):
                for hit in find(getattr(self, name, "")):
                    hits.setdefault(hit.key, hit)
        return list(hits.values())

    def open_wordings(self):
        """Return the hits that nobody has answered yet."""
        return [hit for hit in self.wordings() if hit.key not in self.wordings_kept]

    def require_wordings(self):
        """Refuse with ValidationError while a hit is open."""
        if hits := self.open_wordings():
            raise ValidationError([sentence_about(hit) for hit in hits])


def sentence_about(hit):
    return _(
        "“%(term)s”: write “%(suggestion)s”, or mark it as an official title or quotation."
    ) % {"term": hit.term, "suggestion": hit.suggestion}  # fmt: skip


def hint(hits):
    """Return the hits as a list in HTML, for the desk."""
    items = format_html_join(
        "", "<li>{}<br><q>{}</q></li>", ((sentence_about(hit), hit.sentence[:240]) for hit in hits)
    )
    return format_html('<ul class="wordings">{}</ul>', items)
