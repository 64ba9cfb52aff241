"""Bring in the news of a former site: read a file, mend its characters, tell whose text it is, publish it under its date.

Own items keep their text as it is, in Markdown. A text of others gets a line of ours and stands as a block quotation, both
behind a content note. Whatever cannot be taken is named by line or item, and the rest goes on.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import slugify

from efc import audit, wording
from members.models import Organisation
from publications.mending import Mended, mend
from publications.models import NewsItem
from publications.reading import Unreadable, quoted, read, to_markdown
from publications.services import approve_content

EARLIEST = date(1990, 1, 1)

# Publishers, and how their own texts give them away. A text that is only about them is ours.
PUBLISHERS = [
    ("U.S. Immigration and Customs Enforcement, Homeland Security Investigations (HSI)", r"^WASHINGTON - |\nWASHINGTON - "),
    ("Virtual Global Taskforce (VGT)", r"\bwww\.virtualglobaltaskforce\.com\b"),
    ("Google", r"\b[Ww]e(?:'re|’re| are) [^.]{0,40}\bat Google\b|\bour engineers at (?:Google|YouTube)\b"),
    ("Internet Watch Foundation (IWF)", r"\bto www\.iwf\.org\.uk\b"),
    ("INHOPE", r"\bWe, INHOPE\b|\bat INHOPE, we\b"),
    ("Europol", r"\b(?:on|visit) Europol's website\b|^The Hague, the Netherlands$|\bread the full press release\b"),
]  # fmt: skip
ELSEWHERE = re.compile(r"\bread the (?:full|whole) (?:article|story|press release)\b", re.IGNORECASE)
RELEASE = re.compile(
    r"^\W*END\W*$|^About the EFC:|^(?:Brussels|Paris|Budapest|The Hague), \d{1,2} [A-Z][a-z]+ \d{4}\b", re.MULTILINE
)
ABUSE = re.compile(
    r"\brap(?:e|es|ed|ing)\b|\btortur|\bmolest|\binfants?\b|\bbab(?:y|ies)\b|\bsexual(?:ly)? (?:assault|explicit)|"
    r"\blive[ -]?stream|\bhands-on\b|\bimages (?:and videos )?of child",
    re.IGNORECASE,
)
LOST_LINK = re.compile(
    r"\bclick (?:here|on the (?:below )?(?:link|document))\b|\b(?:register|newsletter) here\b|^PDF$",
    re.IGNORECASE | re.MULTILINE,
)


class NotTaken(Exception):
    """One item cannot be taken; the sentence says why."""


@dataclass
class Report:
    """What an import did; `lines()` tells it."""

    taken: list = field(default_factory=list)  # news items
    known: list = field(default_factory=list)  # (where, title)
    problems: list = field(default_factory=list)  # (where, sentence)
    repairs: Counter = field(default_factory=Counter)  # (before, after)
    doubts: list = field(default_factory=list)  # (where, title, what, words around it)
    kept: list = field(default_factory=list)  # (title, wordings)
    is_rehearsal: bool = False

    def lines(self):
        verb = "would be published" if self.is_rehearsal else "published"
        read = len(self.taken) + len(self.known) + len(self.problems)
        yield f"{read} read: {len(self.taken)} {verb}, {len(self.known)} already there, {len(self.problems)} not taken."
        external = [item for item in self.taken if item.is_external]
        yield f"{len(external)} of others, each with its source; {len(self.taken) - len(external)} of our own."
        yield from self._part("Not taken", (f"{where}: {sentence}" for where, sentence in self.problems))
        yield from self._part(
            "Texts of others", (f"{item.title}: {item.source_name or 'source not on record'}" for item in external)
        )
        yield from self._part(
            "Characters mended", (f"{a!r} became {b!r} ({n} times)" for (a, b), n in self.repairs.items())
        )
        yield from self._part(
            "To be looked at", (f"{where} ({title}): {what}: {words}" for where, title, what, words in self.doubts)
        )
        yield from self._part(
            "Wordings kept as titles or quotations", (f"{title}: {', '.join(words)}" for title, words in self.kept)
        )

    @staticmethod
    def _part(heading, lines):
        lines = list(lines)
        if lines:
            yield ""
            yield f"{heading} ({len(lines)}):"
            yield from (f"  {line}" for line in lines)


# ── judging ──────────────────────────────────────────────────────────────

DATE_FORMS = ["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%Y%m%d"]


def parse_date(text):
    """Return the date that `text` gives. Raises: NotTaken."""
    text = text.strip()
    if not text:
        raise NotTaken("It has no date. Give one like 24.06.2015.")
    for form in DATE_FORMS:
        try:
            day = datetime.strptime(re.split(r"T\d\d:", text)[0], form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if not EARLIEST <= day <= timezone.localdate():
            raise NotTaken(f"The date {text} lies in the future or before 1990. Correct it.")
        return day
    raise NotTaken(f"“{text[:40]}” is not a date. Give one like 24.06.2015 or 2015-06-24.")


def publisher(entry, text):
    """Return (whether the text is somebody else's, whose, or nothing where that is not on record)."""
    if source := mend(entry.source).text.strip():
        return True, " ".join(source.split())
    for name, pattern in PUBLISHERS:
        if re.search(pattern, text, re.MULTILINE):
            return True, name
    return bool(ELSEWHERE.search(text)), ""


def line_of_ours(source):
    """Return the line of ours that stands before a text of others."""
    if source:
        return f"A text by {source}, published under its own name."
    return "A text by others; our records do not name its source."


def key_of(day, title):
    """Return the key by which a second run knows an item: its date and its title."""
    return hashlib.sha256(f"{day.isoformat()}\n{' '.join(title.casefold().split())}".encode()).hexdigest()


def free_slug(title, day, taken):
    """Return an address made from the title that is free in its year."""
    stem = slugify(title)[:90]
    if len(slugify(title)) > 90:
        stem = stem.rsplit("-", 1)[0]
    stem, number = stem or "news", 1
    slug = stem
    while (day.year, slug) in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def build(entry, title, body):
    """Return an unsaved news item from a mended entry. Raises: NotTaken."""
    name = " ".join(title.text.split())
    if not name:
        raise NotTaken("It has no title.")
    if len(name) > NewsItem._meta.get_field("title_en").max_length:
        raise NotTaken("Its title is longer than 250 characters. Shorten it.")
    day = parse_date(entry.date)
    is_external, source = publisher(entry, body.text)
    markdown = body.text.strip() if entry.is_markdown else to_markdown(body.text)
    item = NewsItem(
        kind=NewsItem.Kind.NEWS, dated_on=day, is_archive=True, import_key=key_of(day, name),
        publish_at=datetime.combine(day, time(), timezone.get_default_timezone()),
    )  # fmt: skip
    item.title_en, item.body_en = name, markdown
    item.has_content_note = bool(ABUSE.search(f"{name}\n{body.text}"))
    if is_external:
        item.kind, item.source_name, item.source_url = (
            NewsItem.Kind.EXTERNAL,
            source[:150],
            mend(entry.url).text.strip(),
        )
        item.summary_en = line_of_ours(item.source_name)
        item.body_en = quoted(markdown) if markdown else ""
        item.has_content_note = True
    elif RELEASE.search(body.text):
        item.kind = NewsItem.Kind.PRESS_RELEASE
    item.title_is_quotation = is_external or wording.mark(escape(name))[1]
    item.wordings_kept = [hit.key for hit in item.wordings()]
    return item


# ── the import ───────────────────────────────────────────────────────────


def import_news(paths, *, rehearse=False, progress=lambda done, total: None):
    """Take the items of these files and publish them under their dates.

    Writes: news items, approved, each in its own transaction; one audit entry for the run. With `rehearse` nothing.
    Returns: a Report.
    """
    report, entries = Report(is_rehearsal=rehearse), []
    for path in paths:
        try:
            found, problems = read(path)
        except Unreadable as error:
            found, problems = [], [("the file", str(error))]
        several = f"{path.name}, " if len(paths) > 1 else ""
        report.problems += [(f"{several}{where}", sentence) for where, sentence in problems]
        entries += [(f"{several}{entry.where}", entry) for entry in found]
    known = set(NewsItem.objects.exclude(import_key="").values_list("import_key", flat=True))
    slugs = {(day.year, slug) for day, slug in NewsItem.objects.values_list("dated_on", "slug")}
    organisations = list(Organisation.objects.all())
    for done, (where, entry) in enumerate(entries, 1):
        try:
            take(entry, where, report, known, slugs, organisations)
        except NotTaken as error:
            report.problems.append((where, str(error)))
        progress(done, len(entries))
    if report.taken and not rehearse:
        audit.record("publications.newsitem.import", files=[path.name for path in paths], taken=len(report.taken))
    return report


def take(entry, where, report, known, slugs, organisations):
    """Publish one entry and write down what was done to it. Raises: NotTaken."""
    title = mend(entry.title)
    body = mend(entry.body) if entry.body else Mended("")
    item = build(entry, title, body)
    if item.import_key in known:
        report.known.append((where, item.title_en))
        return
    item.slug = free_slug(item.title_en, item.dated_on, slugs)
    try:
        item.full_clean(exclude=["title", "created_by"], validate_unique=False, validate_constraints=False)
        if not report.is_rehearsal:
            publish(item, named_in(f"{title.text}\n{body.text}", organisations))
    except ValidationError as error:
        raise NotTaken(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise NotTaken("Somebody else has just added it.") from error
    known.add(item.import_key)
    slugs.add((item.dated_on.year, item.slug))
    report.taken.append(item)
    report.repairs.update(title.repairs + body.repairs)
    report.doubts += [(where, item.title_en, what, words) for what, words in title.doubts + body.doubts]
    if LOST_LINK.search(body.text):
        report.doubts.append((where, item.title_en, "a link was here and is lost", LOST_LINK.search(body.text).group()))
    if item.is_external and not item.source_name:
        report.doubts.append((where, item.title_en, "the source is not on record", "name it in the item"))
    if item.wordings_kept:
        report.kept.append((item.title_en, item.wordings_kept))


@transaction.atomic
def publish(item, organisations):
    item.save()
    item.organisations.set(organisations)
    approve_content(item, by=None)


def named_in(text, organisations):
    """Return the organisations that a text names, leaving out the lines about the coalition that end every release."""
    text = re.split(r"^About the EFC:", text, flags=re.MULTILINE)[0]
    return [
        row
        for row in organisations
        if any(re.search(rf"\b{re.escape(name)}\b", text) for name in {row.name, row.short_name} if len(name) > 2)
    ]
