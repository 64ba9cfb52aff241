"""Search over everything public, and over the documents that a signed-in person may read: stored vectors, accents forgiven, ranked with a cap, hits marked; misspellings get the nearest titles."""

from dataclasses import dataclass
from functools import lru_cache

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection
from django.db.models import CharField, F, Value
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from efc import richtext
from efc.models.search import SEARCH_CONFIG
from events.models import Event
from members.models import Organisation
from publications.models import NewsItem, Page, Publication
from workpackages.models import Document, WorkPackage

PER_PAGE = 20
MOST_RANKED = 300  # of each kind, the newest; very common words cost no more than this
ALIKE = 0.45
RESTRICTED = "document"  # of which signed-in people may read more than is public
START, STOP = "\x02", "\x03"
WORDS = "\x04the words\x04"  # stands for them in the statement that is built once


@dataclass(frozen=True)
class Kind:
    model: type
    label: str
    texts: tuple
    title: str = "title"
    dated: str = ""
    related: tuple = ()
    address: str = "get_absolute_url"  # where a visitor reads it

    def rows(self, user=None):
        """Return what is public of this kind, or what a signed-in person may read beside that, the newest first."""
        rows = self.model.objects.all()
        if user is not None:
            rows = rows.visible_to(user).current().exclude(pk__in=rows.public().values("pk"))
        elif hasattr(rows, "public"):
            rows = rows.public()
        elif hasattr(rows, "published"):
            rows = rows.published()
        return rows.order_by(f"-{self.dated}" if self.dated else "-pk")


KINDS = {
    "news": Kind(NewsItem, _("News"), ("summary", "body"), dated="dated_on"),
    "publication": Kind(Publication, _("Publication"), ("summary", "body"), dated="dated_on"),
    "event": Kind(Event, _("Training and events"), ("teaser", "description"), dated="starts_on"),
    "organisation": Kind(Organisation, _("Member"), ("contribution", "description"), title="name"),
    "work_package": Kind(WorkPackage, _("Work package"), ("aim", "description"), title="name", related=("programme",)),
    "document": Kind(
        Document,
        _("Document"),
        ("about",),
        dated="changed_at",
        related=("work_package__programme",),
        address="get_public_url",
    ),
    "page": Kind(Page, _("Page"), ("lead", "body")),
}


@dataclass
class Hit:
    kind: str  # in words
    title: str
    url: str
    date: object
    headline: str = ""


@dataclass
class Result:
    hits: list
    total: int
    alike: bool = False  # nothing has the words; these titles come near


def search(words, *, page=1, user=None):
    """Return one page of what is public, or open to this signed-in person, and has these words, best first.

    `page` counts from 1. Returns: Result. Costs: 1 query for the ranking, 1 more for who is signed in, 1 for each kind among the hits, 1 for the marks.
    """
    ranked = _rank(words, user, alike=False)
    alike = not ranked
    if alike:
        ranked = _rank(words, user, alike=True)
    shown = ranked[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Result(_hits(shown, words, user), len(ranked), alike and bool(ranked))


def _rank(words, user, *, alike):
    """Return [(room, pk, rank)], best first."""
    sql, parameters = _statement(alike)
    with connection.cursor() as cursor:
        cursor.execute(sql, [words if parameter == WORDS else parameter for parameter in parameters])
        found = [(room, pk, rank) for pk, rank, room in cursor.fetchall()]
    if user is not None:
        found += [(room, pk, rank) for pk, rank, room in _ranked(RESTRICTED, words, alike, user)]
    return sorted(found, key=lambda row: (-row[2], row[0], -row[1]))


def _ranked(name, words, alike, user=None):
    """Return the rows of a kind that have the words, as (pk, rank, name of the kind)."""
    kind, query = KINDS[name], SearchQuery(words, config=SEARCH_CONFIG, search_type="websearch")
    rows = kind.rows(user).annotate(
        rank=TrigramWordSimilarity(words, kind.title) if alike else SearchRank(F("search_vector"), query),
        found_in=Value(name, CharField()),
    )
    rows = rows.filter(rank__gte=ALIKE)[:PER_PAGE] if alike else rows.filter(search_vector=query)[:MOST_RANKED]
    rows = rows.rewrite(False) if hasattr(rows, "rewrite") else rows
    return rows.values_list("pk", "rank", "found_in")


@lru_cache(maxsize=2)
def _statement(alike):
    """Return the SQL over every kind, built once, and its parameters, with WORDS where the words stand.

    Joined as SQL, because translated models put the columns of a union into an order of their own.
    """
    parts = [_ranked(name, WORDS, alike).query.sql_with_params() for name in KINDS]
    return " UNION ALL ".join(f"({sql})" for sql, _params in parts), [p for _sql, params in parts for p in params]


def _hits(ranked, words, user):
    found = {}
    for name, kind in KINDS.items():
        wanted = [pk for kind_name, pk, _rank in ranked if kind_name == name]
        if wanted:
            rows = kind.model.objects.select_related(*kind.related).defer("search_vector").filter(pk__in=wanted)
            rows = rows.with_latest() if hasattr(rows, "with_latest") else rows
            found |= {(name, record.pk): record for record in rows}
    hits, texts = [], []
    for name, pk, _rank in ranked:
        kind, record = KINDS[name], found.get((name, pk))
        if record is None:
            continue
        date = getattr(record, kind.dated) if kind.dated else None
        url = record.get_absolute_url() if user is not None else getattr(record, kind.address)()
        hits.append(Hit(kind.label, getattr(record, kind.title), url, date))
        texts.append(_plain(" ".join(getattr(record, text) or "" for text in kind.texts)))
    for hit, headline in zip(hits, _headlines(texts, words), strict=True):
        hit.headline = headline
    return hits


@lru_cache(maxsize=1024)
def _plain(markdown):
    return " ".join(richtext.plain(markdown).split())


def _headlines(texts, words):
    """Return the best passage of each text with the words marked, as safe HTML."""
    if not texts:
        return []
    options = f'StartSel="{START}", StopSel="{STOP}", MaxWords=32, MinWords=16, MaxFragments=1'
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ts_headline(%s::regconfig, left(t, 20000), websearch_to_tsquery(%s::regconfig, %s), %s)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS u (t, n) ORDER BY n",
            [SEARCH_CONFIG, SEARCH_CONFIG, words, options, texts],
        )
        rows = cursor.fetchall()
    return [mark_safe(escape(row[0]).replace(START, "<mark>").replace(STOP, "</mark>")) for row in rows]  # noqa: S308
