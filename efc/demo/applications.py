"""Four applications of made-up organisations: one before the Steering Group, one put off by an objection, one asked, one new."""

from datetime import timedelta

from django.utils import timezone

from efc.demo.rows import at
from efc.models import User
from members import rules
from members.models import Application, Ballot, Check, Elector, Inquiry, Organisation, Sector
from members.services import applications as verbs
from members.services import ballots
from members.services.drafts import STEPS

Kind, Choice, Route = Organisation.Kind, Elector.Choice, Application.Route

# e-mail address of the contact: days since it was sent, and the answers
APPLICANTS = {
    "compliance@nordvik-betaling.example": (24, {
        "organisation_name": "Nordvik Betaling AS", "legal_form": "Private limited company", "kind": Kind.COMPANY, "country": "NO",
        "website": "https://nordvik-betaling.example", "sector": Sector.PAYMENT,
        "contact_name": "Head of compliance", "contact_role": "Compliance", "contact_phone": "",
        "interests": ["WP1", "WP3"],
        "contribution": "We settle card payments for small shops in four countries and see early when a merchant account changes hands. We "
        "can bring anonymised patterns of such changes, and one analyst for two days a month.",
        "conflicts": "PayPal is a partner of ours in two countries.",
    }),
    "membership@hostingverbund.example": (70, {
        "organisation_name": "Hostingverbund e. G.", "legal_form": "Registered cooperative", "kind": Kind.ASSOCIATION, "country": "DE",
        "website": "https://hostingverbund.example", "sector": Sector.TECHNOLOGY,
        "contact_name": "Board member for public affairs", "contact_role": "Board", "contact_phone": "",
        "interests": ["WP3"],
        "contribution": "Our members host websites for small businesses. We can write common terms of service with the coalition and "
        "bring them into several hundred contracts.",
        "conflicts": "",
    }),
    "office@hotline-adria.example": (12, {
        "organisation_name": "Hotline Adria", "legal_form": "Association", "kind": Kind.NGO, "country": "HR",
        "website": "https://hotline-adria.example", "sector": Sector.NGO,
        "contact_name": "Coordinator of the hotline", "contact_role": "Coordination", "contact_phone": "",
        "interests": ["WP2", "WP5"],
        "contribution": "We take reports from the public and see which payment services are named on the sites that are reported to us. We "
        "can give yearly totals for the strategic analysis.",
        "conflicts": "",
    }),
    "research@payment-safety.example": (2, {
        "organisation_name": "Institute for Payment Safety", "legal_form": "Foundation", "kind": Kind.OTHER, "country": "IE",
        "website": "https://payment-safety.example", "sector": Sector.ACADEMIA,
        "contact_name": "Head of research", "contact_role": "Research", "contact_phone": "",
        "interests": ["WP2"],
        "contribution": "We study how new means of payment are misused, with published methods and no personal data. We offer to review "
        "the method of the next strategic analysis.",
        "conflicts": "",
    }),
}  # fmt: skip
NOTES = {
    "Nordvik Betaling AS": "A payment processor that the Steering Group has named for the fast track. All checks are in order. It works "
    "with PayPal in two countries and has said so.",
    "Hostingverbund e. G.": "A cooperative of hosting companies that the Steering Group has named for the fast track. All checks are in "
    "order.",
}


# organisation of the seat: (choice, reason); the others have not replied yet
REPLIES = {
    "nordvik": {
        "google": (Choice.AGREE, ""),
        "eurojust": (Choice.AGREE, ""),
        "microsoft": (Choice.AGREE, ""),
        "paypal": (Choice.INTEREST, "The applicant is a partner of ours in two countries."),
    },
    "hosting": {
        "cepol": (Choice.AGREE, ""),
        "google": (Choice.AGREE, ""),
        "mastercard": (Choice.ABSTAIN, ""),
        "microsoft": (
            Choice.OBJECT,
            "The application does not say how the cooperative acts when one of its members hosts such sites. We would like to hear it first.",
        ),
    },
}
REMARK = "We advise to admit it. The sister coalitions have worked well with processors of this size."


def load(today, decisions):
    """Make the applications, where there are none, and take each as far as its story goes; only its dates are set back."""
    if Application.objects.filter(email__in=APPLICANTS).exists():
        return
    officer = User.objects.get(email="secretariat@coalition.example")
    oldest_first = sorted(APPLICANTS, key=lambda email: APPLICANTS[email][0], reverse=True)
    hosting, nordvik, hotline, _institute = (send(today, email) for email in oldest_first)
    for application, days in ((hosting, 34), (nordvik, 4)):
        check(application, officer, at(today - timedelta(days=days + 2), 11))
        note = NOTES[application.organisation_name]
        verbs.choose_route(application, Route.FAST_TRACK, by=officer, note=note, named_by=decisions["naming"])
    vote(open_ballot(hosting, officer, at(today - timedelta(days=34), 9, 30)), "hosting", is_over=True)
    ballot = vote(open_ballot(nordvik, officer, at(today - timedelta(days=4), 9, 30)), "nordvik")
    advisory = User.objects.get(email="advisory@coalition.example")
    ballots.add_remark(ballot.electorate.of(advisory).get(), REMARK, by=advisory)
    verbs.review_application(hotline, by=officer)
    inquiry = verbs.ask_applicant(hotline, "Which body funds the hotline, and until when?", by=officer)
    Inquiry.objects.filter(pk=inquiry.pk).update(asked_at=at(today - timedelta(days=8), 14))


def send(today, email):
    """Start, prove, fill in and send an application, some days ago. Returns: the application."""
    days, facts = APPLICANTS[email]
    accepted = {"accepts_memorandum": True, "accepts_privacy": True, "has_authority": True}
    application = verbs.prove_email(verbs.start_application(email, "en"))
    for step, names in STEPS.items():
        application = verbs.save_step(application, step, {name: (facts | accepted)[name] for name in names})
    application = verbs.submit_application(application)
    sent = at(today - timedelta(days=days), 16, 20)
    started = sent - timedelta(days=3)
    change(application, is_demo=True, started_at=started, email_proven_at=started, submitted_at=sent)
    return application


def change(record, **values):
    """Set the dates of a record back, past its verbs."""
    type(record).objects.filter(pk=record.pk).update(**values)
    record.refresh_from_db()


def check(application, officer, moment):
    """Take an application up, and find everything in order."""
    verbs.review_application(application, by=officer)
    for row in application.checks.all():
        change(verbs.set_check(row, Check.Result.PASSED, "", by=officer), checked_at=moment)
    application.refresh_from_db()


def open_ballot(application, officer, moment):
    """Open a silence procedure and set its opening back to a moment. Returns: the ballot."""
    name = application.organisation_name
    ballot = ballots.prepare_ballot(
        kind=Ballot.Kind.SILENCE, title=f"Admission of {name}", question=f"Shall {name} be admitted as a member of the coalition?",
        note=application.route_note, application=application, by=officer,
    )  # fmt: skip
    ballot = ballots.open_ballot(ballot, by=officer)
    change(ballot, opens_at=moment, opened_at=moment, closes_at=rules.first_end(moment), created_at=moment)
    return ballot


def vote(ballot, key, *, is_over=False):
    """Let the seats reply, a few hours after one another; where the time is over, close the ballot. Returns: the ballot."""
    end = ballot.closes_at
    change(ballot, closes_at=timezone.now() + timedelta(days=1))
    for hours, (slug, (choice, reason)) in enumerate(REPLIES[key].items(), 3):
        holder = User.objects.get(email=f"{slug}@coalition.example")
        elector = ballots.cast_vote(ballot.electorate.of(holder).get(), choice, by=holder, reason=reason)
        change(elector, cast_at=ballot.opened_at + timedelta(hours=5 * hours))
    change(ballot, closes_at=end)
    return ballots.close_ballot(ballot) if is_over else ballot
