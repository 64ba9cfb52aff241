"""An issue as a mail (HTML and text) and as a page, all from the same data.

The mail is rendered once for everybody: where a reader's own key belongs stands `marks.TOKEN`. All styles stand on their
elements (`{% mail %}`), there is no picture, and the text part is written, not stripped from the HTML.
"""

import hashlib
import re
from dataclasses import dataclass
from html import unescape

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from efc import richtext
from newsletter import marks
from publications.models import NewsItem

LANGUAGE = "en"  # issues are written in English; letters and pages around them speak the reader's language
CLIPPED_AT = 102 * 1024  # bytes after which a large mailbox provider cuts a message off


@dataclass(frozen=True)
class Rendered:
    """What is sent and shown. `html` and `text` hold `marks.TOKEN` in place of each reader's key."""

    subject: str
    html: str
    text: str
    web_html: str

    @property
    def digest(self):
        """Return the SHA-256 of what a reader gets (hex): a test counts only for the very same content."""
        return hashlib.sha256("\0".join([self.subject, self.html, self.text]).encode()).hexdigest()

    @property
    def size_bytes(self):
        return len(self.html.encode()) + len(self.text.encode())


@dataclass(frozen=True)
class Entry:
    """One item as it is shown. `call` is the text of its link."""

    label: str
    title: str
    text: str
    path: str
    call: str
    starts_on: object = None
    ends_on: object = None
    place: str = ""

    @property
    def url(self):
        return settings.SITE_URL + self.path

    @property
    def in_one_month(self):
        return (self.starts_on.year, self.starts_on.month) == (self.ends_on.year, self.ends_on.month)


def render_issue(issue):
    """Render an issue with the items that are public now. Costs: two queries."""
    with translation.override(LANGUAGE):
        context = {
            **_content(issue),
            "subject": issue.subject,
            "site_url": settings.SITE_URL,
            "language": LANGUAGE,
            "secretariat_email": settings.SECRETARIAT_EMAIL,
            "unsubscribe_url": marks.unsubscribe_link(),
            "preferences_url": marks.preferences_link(),
            "archive_url": settings.SITE_URL + archive_path(issue),
            "report_url": settings.SITE_URL + reverse("report"),
        }
        html = absolute(render_to_string("newsletter/mailing/issue.html", context))
        text = render_to_string("newsletter/mailing/issue.txt", context).strip() + "\n"
        web_html = render_to_string("newsletter/issue_body.html", context)
    return Rendered(" ".join(issue.subject.split()), html, re.sub(r"\n{3,}", "\n\n", text), web_html)


def archive_path(issue):
    """Return the path of the issue's web version, which its mails link to."""
    with translation.override(LANGUAGE):
        return issue.get_absolute_url()


def web_version(issue):
    """Return the issue as a page shows it: as it was sent, or without what was withdrawn since."""
    if issue.web_html and not issue.hidden_items().exists():
        return mark_safe(issue.web_html)  # noqa: S308  (rendered by our own template)
    with translation.override(LANGUAGE):
        return render_to_string("newsletter/issue_body.html", {**_content(issue), "site_url": settings.SITE_URL})


def _content(issue):
    """Return the stories and dates of an issue, and what stands on top: the editorial, else the first story."""
    entries = [entry(item) for item in issue.public_items()]
    stories = [row for row in entries if row.starts_on is None]
    lead = None
    if not issue.editorial and stories:
        lead, *stories = stories
    return {
        "issue": issue,
        "title": issue.editorial_title or (lead.title if lead else issue.subject),
        "lead": lead,
        "stories": stories,
        "dates": sorted((row for row in entries if row.starts_on), key=lambda row: row.starts_on),
        "editorial_text": readable(issue.editorial),
    }


def entry(item):
    """Return an item as it is shown: its own words, or those of the thing it stands for."""
    thing = item.subject
    own = {"title": item.headline, "text": item.text, "path": thing.get_absolute_url()}
    if item.event_id:
        place = thing.place if not thing.city or thing.city in thing.place else f"{thing.place}, {thing.city}"
        return Entry(
            **own | {"text": item.text or thing.teaser}, label=thing.get_kind_display(), call=_("See the programme"),
            starts_on=thing.starts_on, ends_on=thing.ends_on, place=place,
        )  # fmt: skip
    own["text"] = item.text or thing.summary or richtext.summary(thing.body)
    if item.publication_id:
        return Entry(**own, label=thing.get_kind_display(), call=_("Read the summary and download it"))
    calls = {
        NewsItem.Kind.NEWS: _("Read the news"),
        NewsItem.Kind.PRESS_RELEASE: _("Read the press release"),
        NewsItem.Kind.EXTERNAL: _("Read about it"),
    }
    return Entry(**own, label=thing.get_kind_display(), call=calls[thing.kind])


def absolute(html):
    """Make links within the portal work from a mailbox."""
    return re.sub(r'href="/(?!/)', f'href="{settings.SITE_URL}/', html)


def readable(markdown):
    """Return authored text for the text part: paragraphs and lists as they are read, each link's address behind its words."""
    html = absolute(str(richtext.render(markdown or "")))
    html = re.sub(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', _spell_out, html, flags=re.DOTALL)
    html = html.replace("<li>", "<li>- ").replace("</p>\n", "</p>\n\n")
    return re.sub(r"\n{3,}", "\n\n", unescape(strip_tags(html))).strip()


def _spell_out(match):
    address, words = match[1].removeprefix("mailto:"), match[2]
    return words if unescape(strip_tags(words)) == unescape(address) else f"{words} ({address})"


def own_paths(html):
    """Return the paths on this portal that a mail links to, without the reader's personal ones, and how many links lead elsewhere."""
    links = {unescape(link) for link in re.findall(r'href="(https?://[^"]*)"', html)}
    own = {
        link.removeprefix(settings.SITE_URL) or "/" for link in links if f"{link}/".startswith(f"{settings.SITE_URL}/")
    }
    paths = sorted(path for path in own if marks.TOKEN not in path)
    return paths, len(links) - len(own)
