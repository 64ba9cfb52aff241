"""Earlier newsletters, and who reads the next one. The next issue is number 8."""

from datetime import date, datetime, timedelta

from django.utils import translation

from efc.demo.rows import at, make
from newsletter.models import Consent, Issue, IssueItem, Subscriber, Suppression
from newsletter.services.issues import archive_issue
from newsletter.services.subscribers import consent_wording

RETOLD = "Retold for the demonstration; the original text is not reproduced."
RECONSTRUCTED = f"Numbering reconstructed: the number of this issue is not on record. {RETOLD}"

# number: (facts, news, publications)
ISSUES = {
    2: ({
        "dated_on": date(2013, 8, 14), "subject": "EFC newsletter 2: new members, and what we work on",
        "editorial_title": "Why this coalition",
        "editorial": "How can children be protected when the internet is used to abuse them and to make money from it? This issue says who "
        "has joined us, and what the five work packages have begun.",
    }, ["three-new-members", "five-applications-reviewed"], []),
    3: ({
        "dated_on": date(2013, 12, 19), "subject": "EFC newsletter 3: the first assessment", "number_note": RECONSTRUCTED,
        "editorial_title": "A year of work",
        "editorial": "The first strategic assessment is out, and experts have met in The Hague.",
    }, ["first-strategic-assessment", "experts-meet-in-the-hague"], ["strategic-assessment-2013"]),
    4: ({
        "dated_on": date(2014, 11, 13), "subject": "EFC newsletter 4: after the first course", "number_note": RECONSTRUCTED,
        "editorial_title": "Learning side by side",
        "editorial": "Police of 13 countries have trained with companies and NGOs near Paris. The next course is being prepared.",
    }, ["first-training-course"], []),
    6: ({
        "dated_on": date(2015, 4, 29), "subject": "EFC newsletter 6: what Budapest taught", "number_note": RECONSTRUCTED,
        "editorial_title": "A new assessment and a second course",
        "editorial": "The second assessment is published, Parliament has taken note of our work, and the second course is behind us.",
    }, ["second-training-course", "parliament-welcomes-the-coalition", "strategic-assessment-2015"], ["strategic-assessment-2015"]),
    7: ({
        "dated_on": date(2015, 10, 30), "subject": "EFC newsletter 7: the last months of the project", "editorial_title": "What remains to be done",
        "editorial": "The conference at the European Parliament has shown where new partners are needed. In these last months of the project "
        "we complete the guidance for the financial industry and the policy analysis.",
    }, ["seventy-delegates-at-the-parliament"], ["the-coalition-in-brief"]),
}  # fmt: skip

MINUTES = timedelta(minutes=7)  # from asking to pressing the button

CONFIRMED = {
    "en": [
        "compliance@bank-north.example", "fraud@bank-south.example", "press@daily.example", "newsroom@agency.example",
        "analyst@hotline-west.example", "director@hotline-isle.example", "policy@parliament.example", "research@university.example",
        "library@university.example", "trust@hosting.example", "safety@network.example", "legal@wallet.example",
        "risk@acquirer.example", "cybercrime@police-one.example", "training@police-two.example", "secretariat@alliance.example",
    ],
    "fr": [
        "conformite@banque.example", "redaction@journal.example", "point-de-contact@signalement.example", "formation@police-trois.example",
        "recherche@universite.example", "direction@federation.example",
    ],
    "de": [
        "geldwaesche@bank-mitte.example", "redaktion@zeitung.example", "meldestelle@verein.example", "fortbildung@polizei.example",
        "referat@ministerium.example", "forschung@institut.example",
    ],
    "nl": [
        "fraude@bank-west.example", "redactie@krant.example", "meldpunt@stichting.example", "opleiding@politie-test.example",
        "beleid@ministerie.example", "onderzoek@hogeschool.example",
    ],
}  # fmt: skip
PENDING = [("intern@bank-north.example", "en"), ("assistant@daily.example", "en"), ("stage@federation.example", "fr")]
UNSUBSCRIBED = [("former-desk@agency.example", "en"), ("archiv@zeitung.example", "de")]
SUPPRESSED = [
    ("closed-mailbox@police-one.example", Suppression.Reason.BOUNCED, "The mailbox is gone."),
    ("no-more@wallet.example", Suppression.Reason.OBJECTED, "Asked by letter not to be written to."),
]


def load(today, news, publications):
    load_issues(news, publications)
    addresses = [address for group in CONFIRMED.values() for address in group]
    if not Subscriber.objects.filter(email__in=addresses).exists():
        subscribe(today)


def load_issues(news, publications):
    """Put the issues of the record into the archive."""
    for number, (facts, stories, papers) in ISSUES.items():
        issue, made = make(Issue, {"number": number}, is_demo=True, **{"number_note": RETOLD, **facts})
        if not made:
            continue
        items = [{"news_item": news[slug]} for slug in stories] + [
            {"publication": publications[slug]} for slug in papers
        ]
        IssueItem.objects.bulk_create(
            IssueItem(issue=issue, order=order, **item) for order, item in enumerate(items, start=1)
        )
        archive_issue(issue, by=None, sent_at=at(issue.dated_on))


def subscribe(today):
    """Make the subscribers in one piece, so that nobody who left or was erased comes back with the next run."""
    rows, receipts = [], []
    for language, addresses in CONFIRMED.items():
        for n, address in enumerate(addresses, start=1):
            asked = at(today, 9, n) - timedelta(days=20 * n)
            rows.append(subscriber(address, language, Subscriber.Status.CONFIRMED, asked, confirmed_at=asked + MINUTES))
    for address, language in UNSUBSCRIBED:
        asked = at(today, 14) - timedelta(days=400)
        rows.append(
            subscriber(
                address,
                language,
                Subscriber.Status.UNSUBSCRIBED,
                asked,
                confirmed_at=asked + MINUTES,
                unsubscribed_at=asked + timedelta(days=200),
            )
        )
    for address, _reason, _note in SUPPRESSED:
        asked = at(today, 15) - timedelta(days=300)
        rows.append(subscriber(address, "en", Subscriber.Status.CONFIRMED, asked, confirmed_at=asked + MINUTES))
    for address, language in PENDING:
        asked = at(today, 12) - timedelta(days=1)
        rows.append(
            subscriber(address, language, Subscriber.Status.PENDING, asked, confirm_until=asked + timedelta(days=3))
        )
    asked_at = [row.requested_at for row in rows]
    Subscriber.objects.bulk_create(rows)
    for row, asked in zip(rows, asked_at, strict=True):  # the day of asking is set by the database when a row is made
        row.requested_at = asked
        receipts += receipts_of(row)
    Subscriber.objects.bulk_update(rows, ["requested_at"])
    moments = [receipt.at for receipt in receipts]
    Consent.objects.bulk_create(receipts)
    for receipt, moment in zip(receipts, moments, strict=True):
        receipt.at = moment
    Consent.objects.bulk_update(receipts, ["at"])
    Suppression.objects.bulk_create(
        (Suppression(address=address, reason=reason, note=note) for address, reason, note in SUPPRESSED),
        ignore_conflicts=True,
    )


def subscriber(email, language, status, asked: datetime, **moments):
    return Subscriber(email=email, language=language, status=status, requested_at=asked, **moments)


def receipts_of(row):
    """Return the receipts of what a subscriber has done, in order."""
    with translation.override(row.language):
        wording = consent_wording()
    acts = [
        (Consent.Act.REQUESTED, row.requested_at, f"/{row.language}/newsletter/", "form"),
        (Consent.Act.CONFIRMED, row.confirmed_at, "/n/c/…/", "button"),
        (Consent.Act.WITHDRAWN, row.unsubscribed_at, "/n/u/…/", "button"),
    ]
    return [
        Consent(subscriber=row, act=act, at=moment, wording=wording, page=page, language=row.language, way=way)
        for act, moment, page, way in acts
        if moment
    ]
