"""The publications of the record, each with a file drawn here that says it is no copy of the original."""

import logging
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from efc import pdf
from efc.demo.rows import make
from publications.models import Publication
from publications.services import add_rendition, approve_content

logger = logging.getLogger(__name__)
Kind = Publication.Kind
NOTICE = "Demonstration copy: the text of the original is not reproduced."
CONTRIBUTORS_2015 = [
    "inhope", "internet-watch-foundation", "ceop", "visa-europe", "mastercard", "paypal", "western-union", "web-shield",
    "g2-web-services", "gsma", "google", "microsoft", "icmec", "missing-children-europe", "eurojust", "cepol",
]  # fmt: skip

# slug: (work package, contributors, facts)
PUBLICATIONS = {
    "strategic-assessment-2013": (2, ["ec3"], {
        "kind": Kind.ASSESSMENT, "title": "Strategic assessment 2013", "subtitle": "Commercial sexual exploitation of children online",
        "dated_on": date(2013, 10, 15),
        "summary": "How offenders make money from child sexual abuse material, what changes, and what police and their partners should put "
        "first. Written by the European Cybercrime Centre and presented to the coalition in Brussels.",
        "body": "## Findings\n\n- Most material changes hands without payment.\n- Hidden services make it harder to find the people who "
        "produce and distribute it.\n- Abuse that is streamed live for payment is a growing concern; it leaves little evidence "
        "behind.\n\n## What it recommends\n\nPriorities for law enforcement and for those who work with it: gathering intelligence, "
        "sharing it, and prevention.",
    }),
    "strategic-assessment-2015": (2, CONTRIBUTORS_2015, {
        "kind": Kind.ASSESSMENT, "title": "Strategic assessment 2015", "subtitle": "Commercial sexual exploitation of children online",
        "dated_on": date(2015, 2, 24),
        "summary": "The second assessment: live streaming of child sexual abuse for payment is established, payment becomes more anonymous, "
        "and lawful hosting is misused more often. Sixteen members contributed.",
        "body": "## Findings\n\n- Live streaming of abuse for payment is no longer emerging; it is established, above all where internet "
        "access grows fast.\n- Offenders move from credit cards to ways of paying that offer more anonymity, virtual currencies among "
        "them.\n- Lawful hosting services are misused more often.\n- Offenders extort children for material, and sell it.\n- Material "
        "is sold on hidden services, and made to order.",
    }),
    "the-coalition-in-brief": (5, ["missing-children-europe"], {
        "kind": Kind.LEAFLET, "title": "The coalition in brief", "subtitle": "A leaflet for decision makers and partners",
        "dated_on": date(2015, 6, 24),
        "summary": "Who is in the coalition, what it works on and how to reach it, on two pages. The day of the original is not on record; "
        "it is placed on the day of the conference at the European Parliament.",
        "body": "## Who we are\n\nLaw enforcement, payment and technology companies, and child-protection organisations, together against "
        "the commercial sexual exploitation of children online.\n\n## What we do\n\n- support investigations;\n- study the problem;\n- "
        "protect lawful business from misuse;\n- train;\n- inform.\n\n## Have you come across child sexual abuse material?\n\nReport it "
        "to the hotline or the police of your country. Do not copy it, do not share it. The coalition cannot receive reports.",
    }),
    "policy-analysis": (5, [], {
        "kind": Kind.ANALYSIS, "title": "Policy analysis for the European Financial Coalition", "subtitle": "What the law asks, and what it leaves open",
        "dated_on": date(2016, 2, 9),
        "summary": "Which rules of European and national law bear on the work of the coalition. Completes the project of 2012 to 2015.",
        "body": "## Contents\n\n- what the law asks of payment and internet services;\n- what services may keep and share with the police;\n"
        "- what an investigator needs from another country;\n- what the law leaves open.",
    }),
    "best-practice-guidance": (3, [], {
        "kind": Kind.GUIDANCE, "title": "Best-practice guidance for the financial industry", "subtitle": "To notice misuse, to stop it, to report it",
        "dated_on": date(2016, 2, 9),
        "summary": "What banks and payment providers can do so that nobody uses their services to sell or to buy child sexual abuse material. "
        "Completes the project of 2012 to 2015.",
        "body": "## Contents\n\n- know the business you serve: checks before and after a merchant is taken on;\n- signs of misuse, and what to "
        "do with an alert;\n- test transactions, with whom and under which agreement;\n- what to hand to the police, and how;\n- people: "
        "training, care for those who have to look.",
    }),
}  # fmt: skip


def load(organisations, packages):
    """Make the publications and their files. Returns: {slug: publication}."""
    found = {}
    for slug, (number, contributors, facts) in PUBLICATIONS.items():
        found[slug], made = make(
            Publication, {"slug": slug}, work_package=packages["2012-2015", number], is_demo=True, **facts
        )
        if made:
            found[slug].contributors.set(organisations[name] for name in contributors)
            approve_content(found[slug], by=None)
        if not found[slug].renditions.exists():
            draw(found[slug])
    return found


def draw(publication):
    """Add the file; where none can be drawn, say so and go on, so that the next run adds it."""
    context = {
        "publication": publication,
        "contributors": publication.contributors.all(),
        "notice": NOTICE,
    }
    try:
        document = pdf.render("publications/pdf/publication.html", context)
    except pdf.PDFError as error:
        logger.warning("“%s” has no file yet. %s", publication, error)
        return
    upload = SimpleUploadedFile(f"{publication.slug}.pdf", document, "application/pdf")
    add_rendition(publication, upload, by=None, is_accessible=True)
