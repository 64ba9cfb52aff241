"""The register of decisions: what is on record of 2012 to 2016, and what the Steering Group has decided in this made-up year."""

from datetime import date, timedelta

from efc.demo.coalition import LAUNCH, WELCOME
from efc.models import User
from members.models import Decision, MembershipTerm, Seat
from members.services.decisions import implement_decision, record_decision

Procedure = Decision.Procedure
NO_DAY = "The day is not on record"

# key: (decided on, title, text, source)
RECORD = {
    "seats": (
        LAUNCH, "Seats in the Steering Group at the launch",
        "The Steering Group begins its work with Europol’s European Cybercrime Centre in the chair, seats for the Dutch National Police, "
        "Eurojust, Google, INHOPE, MasterCard, Microsoft, PayPal, Visa Europe and Missing Children Europe, which also hosts the "
        "Secretariat, and ICMEC as advisory member.",
        "Press text of the launch, 26 November 2012.",
    ),
    "fast-track": (
        date(2013, 2, 28), "Five organisations named for the fast track",
        "Western Union, American Express, Web Shield, Terre des Hommes and CEPOL may be admitted by the fast-track procedure. The Steering "
        "Group agreed to it for all five in one sitting, its second meeting.",
        f"Second meeting of the Steering Group, early in 2013. {NO_DAY} and set to the end of February.",
    ),
    "review": (
        date(2013, 6, 12), "Five expressions of interest reviewed",
        "The Steering Group reviewed the expressions of interest of the Internet Watch Foundation, Videntifier Technologies, the GSMA, "
        "NetClean and G2 Web Services. The outcome of each is not on record; three of them were named as members in February 2015.",
        "Third meeting of the Steering Group, 12 June 2013.",
    ),
    "welcome": (
        WELCOME, "CEPOL, Western Union and Web Shield are members",
        "CEPOL, Western Union and Web Shield, named for the fast track early in the year, are admitted and welcomed. Later membership of "
        "American Express and Terre des Hommes is not on record.",
        f"News of 5 August 2013. {NO_DAY} and set to the day of the news.",
    ),
    "platform": (
        date(2016, 2, 9), "The coalition goes on as a permanent platform",
        "After the project of 36 months the coalition goes on as a permanent platform that agrees concrete actions one year at a time.",
        f"Press text of 9 February 2016. {NO_DAY} and set to the day of the text.",
    ),
}  # fmt: skip
MADE_UP = "Made up for the demonstration."


def of_these_months(today):
    """Return what the Steering Group has decided lately, which is made up, as in RECORD."""
    return {
        "plan": (
            today - timedelta(days=290), f"Action plan of {today.year}",
            "The action plan of the year is agreed with its five work packages. Each lead reports to every meeting of the Steering Group.",
            MADE_UP,
        ),
        "memorandum": (
            today - timedelta(days=160), "Second version of the memorandum",
            "The second version of the Memorandum of Understanding is put in force. All members are asked to sign it within six months.",
            MADE_UP,
        ),
        "naming": (
            today - timedelta(days=45), "Two organisations named for the fast track",
            "Nordvik Betaling AS and Hotline Adria may be admitted by the fast-track procedure.",
            MADE_UP,
        ),
    }  # fmt: skip


def load(today):
    """Enter the decisions in the order of their days. Returns: {key: decision}."""
    officer = User.objects.get(email="secretariat@coalition.example")
    found = {}
    for key, (day, title, text, source) in (RECORD | of_these_months(today)).items():
        found[key] = Decision.objects.filter(title=title, decided_on=day).first()
        if found[key] is None:
            procedure = Procedure.RECORD if key in RECORD else Procedure.MEETING
            facts = {"title": title, "text": text, "decided_on": day, "procedure": procedure, "source": source}
            found[key] = record_decision(**facts, by=officer, is_public=key in RECORD)
            follow_up(key, found[key], officer)
    return found


def follow_up(key, decision, officer):
    """Tie the seats and memberships that a decision gave to it, and mark what has been done."""
    if key == "seats":
        Seat.objects.filter(starts_on=LAUNCH, decision=None).exclude(kind=Seat.Kind.OBSERVER).update(decision=decision)
    if key == "welcome":
        MembershipTerm.objects.filter(starts_on=WELCOME, decision=None).update(decision=decision)
    if key not in ("plan", "naming"):
        implement_decision(decision, by=officer)
