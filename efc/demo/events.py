"""When the coalition met, as it is on record, and what lies ahead of today, which is made up."""

from datetime import date, time, timedelta

from efc.demo.rows import at, make
from events.models import Event
from events.services import approve_event
from members.models import Sector

Kind = Event.Kind
POLICE, JUSTICE, PAYMENT, TECHNOLOGY, NGO, ACADEMIA, AUTHORITY, _OTHER = Sector
EVERYBODY = [POLICE, JUSTICE, PAYMENT, TECHNOLOGY, NGO]

# slug: (work package, organisers, facts)
PAST = {
    "launch": (5, ["ec3", "missing-children-europe"], {
        "kind": Kind.PRESS, "title": "Launch of the coalition", "starts_on": date(2012, 11, 26), "ends_on": date(2012, 11, 26),
        "place": "Brussels", "city": "Brussels", "country": "BE", "sectors": EVERYBODY,
        "teaser": "Commissioner Cecilia Malmström and Europol’s Director Rob Wainwright announce the new coalition.",
        "description": "Police, companies and child-protection organisations agree to work together for 36 months, with the support of "
        "the European Commission. The coalition builds on a first project of 2009, which looked at websites that sold child sexual "
        "abuse material.",
    }),
    "third-steering-group-meeting": (None, ["ec3", "missing-children-europe"], {
        "kind": Kind.MEETING, "title": "Third meeting of the Steering Group", "starts_on": date(2013, 6, 12), "ends_on": date(2013, 6, 12),
        "place": "Place not on record", "sectors": [],
        "teaser": "The Steering Group reviews five applications for membership.",
        "description": "Meetings of the Steering Group are for its members and observers.",
    }),
    "strategic-assessment-presented": (2, ["ec3"], {
        "kind": Kind.MEETING, "title": "Presentation of the first strategic assessment", "starts_on": date(2013, 10, 15),
        "ends_on": date(2013, 10, 15), "place": "Brussels", "city": "Brussels", "country": "BE", "sectors": EVERYBODY,
        "teaser": "The European Cybercrime Centre presents its assessment to the members of the coalition.",
        "description": "The assessment describes how hidden services and live streaming change the crime, and recommends what police and "
        "their partners should put first.",
    }),
    "expert-seminar": (2, ["ec3", "inhope"], {
        "kind": Kind.MEETING, "title": "Seminar of experts on child sexual exploitation", "starts_on": date(2013, 11, 13),
        "ends_on": date(2013, 11, 13), "time_zone": "Europe/Amsterdam", "place": "Europol, The Hague", "city": "The Hague", "country": "NL",
        "sectors": [*EVERYBODY, ACADEMIA],
        "teaser": "About 190 experts from police, companies, hotlines and universities meet at Europol.",
        "description": "EC3 and INHOPE chair the day together. Missing Children Europe presents the coalition; the seminar asks everybody "
        "to speak of child sexual exploitation and child sexual abuse material, and not to use words that hide the crime.",
    }),
    "training-course-paris": (4, ["microsoft", "mastercard", "ec3"], {
        "kind": Kind.TRAINING, "title": "First training course: combating the commercial sexual exploitation of children online",
        "starts_on": date(2014, 3, 24), "ends_on": date(2014, 3, 26), "time_zone": "Europe/Paris",
        "place": "Microsoft, Issy-les-Moulineaux near Paris", "city": "Issy-les-Moulineaux", "country": "FR",
        "sectors": [POLICE, PAYMENT, NGO],
        "teaser": "Police officers from 13 countries, payment providers and non-governmental organisations learn side by side.",
        "description": "Two tracks, one for investigators and one for people who work on criminal compliance, meet in workshops from the "
        "first trace to the courtroom. Officers came from Austria, Croatia, Estonia, Finland, France, Ireland, Italy, Latvia, "
        "Luxembourg, Malta, Portugal, Slovenia and Spain.",
    }),
    "training-course-budapest": (4, ["cepol", "ec3", "mastercard"], {
        "kind": Kind.TRAINING, "title": "Second training course: combating the commercial sexual exploitation of children online",
        "starts_on": date(2015, 4, 7), "ends_on": date(2015, 4, 10), "time_zone": "Europe/Budapest",
        "place": "CEPOL headquarters, Budapest", "city": "Budapest", "country": "HU", "sectors": [POLICE, PAYMENT, NGO], "places": 30,
        "teaser": "Investigators, companies and hotlines train together; far more people apply than there are places.",
        "description": "Thirty people were selected, among them 17 from law enforcement and 12 from non-governmental organisations, many "
        "of them hotlines. A press text of the first day speaks of over 40 who take part.\n\nThe programme went from methods of "
        "investigation on the internet to the misuse of lawful payment systems, compliance procedures, and partnerships between "
        "police and companies.",
    }),
    "conference-european-parliament": (5, ["missing-children-europe", "ec3"], {
        "kind": Kind.AWARENESS, "title": "Second awareness conference", "starts_on": date(2015, 6, 24), "ends_on": date(2015, 6, 24),
        "place": "European Parliament, Brussels", "city": "Brussels", "country": "BE", "sectors": [*EVERYBODY, AUTHORITY],
        "teaser": "Seventy delegates discuss how a stronger partnership can answer new ways of committing the crime.",
        "description": "Hosted by three Members of the European Parliament, Gérard Deprez, Vicky Ford and Emma McClarkin. Police, "
        "companies, non-governmental organisations, payment providers and policy makers hear the findings of the strategic "
        "assessment and speak about what has to follow: new partners, training across sectors, law that keeps pace.",
    }),
}  # fmt: skip

COURSE = """\
Four days in which investigators, specialists of payment and internet companies and analysts of hotlines learn side by side how to
notice and stop the sale of child sexual abuse material.

## What you will learn

- how offenders make money today, and what has changed in the last year;
- methods of investigation on the internet that you can use in your own unit;
- what to do when lawful payment systems are misused, and how a company takes a case from alert to file;
- how to set up a partnership between police and companies that lasts beyond one case.

## How selection works

There are 30 places. Participants are chosen for a balance of countries and sectors, not in the order of application. Your manager is
asked to confirm your application.

## Practical information

The course uses no illegal material. The venue is step-free. Some sessions speak about crimes against children; a quiet room and a
trained colleague are there throughout.
"""


def coming(today):
    """Return what lies ahead: {slug: (work package, organisers, approve?, facts)}."""
    course = weekday_after(today + timedelta(days=63), 0)
    conference = weekday_after(today + timedelta(days=95), 2)
    meeting = today + timedelta(days=9)
    briefing = conference - timedelta(days=1)
    return {
        "training-course": (4, ["cepol", "ec3", "mastercard"], True, {
            "kind": Kind.TRAINING, "title": "Training course: combating the commercial sexual exploitation of children online",
            "starts_on": course, "ends_on": course + timedelta(days=3), "starts_time": time(13, 30), "ends_time": time(12, 30),
            "time_zone": "Europe/Budapest", "place": "CEPOL headquarters, Budapest", "city": "Budapest", "country": "HU",
            "sectors": [POLICE, PAYMENT, TECHNOLOGY, NGO], "places": 30, "apply_until": at(today + timedelta(days=21), 18),
            "audience": "Investigators and analysts, compliance and fraud staff of payment and internet companies, analysts of hotlines",
            "language_note": "English", "cost_note": "Free of charge; travel and lodging are covered for law enforcement and NGOs",
            "teaser": "Four days for investigators, companies and hotlines, learning side by side.", "description": COURSE,
        }),
        "steering-group-meeting": (None, ["ec3", "missing-children-europe"], True, {
            "kind": Kind.MEETING, "title": "Meeting of the Steering Group", "starts_on": meeting, "ends_on": meeting,
            "starts_time": time(9, 30), "ends_time": time(16), "place": "Brussels", "city": "Brussels", "country": "BE", "sectors": [],
            "audience": "Members of the Steering Group and observers",
            "description": "Meetings of the Steering Group are for its members and observers.",
        }),
        "conference": (5, ["visa-europe", "missing-children-europe"], True, {
            "kind": Kind.AWARENESS, "title": "Conference: following the money, protecting children", "starts_on": conference,
            "ends_on": conference, "starts_time": time(10), "ends_time": time(17), "place": "Brussels, place to be announced", "city": "Brussels",
            "country": "BE", "sectors": [*EVERYBODY, AUTHORITY], "places": 100,
            "audience": "Decision makers, companies, police and child-protection organisations", "language_note": "English and French",
            "cost_note": "Free of charge",
            "teaser": "One day on what payment and internet services can do, and on what law makers can do for them.",
            "description": "In the morning, what police and hotlines see today. In the afternoon, what services have tried and what it "
            "brought. Registration opens six weeks before.",
        }),
        "press-briefing": (5, ["missing-children-europe"], False, {
            "kind": Kind.PRESS, "title": "Press briefing before the conference", "starts_on": briefing, "ends_on": briefing,
            "starts_time": time(11), "ends_time": time(12), "place": "Brussels", "city": "Brussels", "country": "BE", "sectors": [],
            "teaser": "Speakers of the conference answer questions of journalists.",
        }),
    }  # fmt: skip


def weekday_after(day, weekday):
    """Return `day` or the first day after it that is this weekday (0 is Monday)."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def load(today, organisations, packages):
    """Make the events. Returns: {slug: event}."""
    found = {}
    for slug, (number, organisers, facts) in PAST.items():
        key = {"slug": slug, "starts_on": facts["starts_on"]}
        found[slug], made = make(Event, key, work_package=packages.get(("2012-2015", number)), **facts)
        if made:
            found[slug].organisers.set(organisations[organiser] for organiser in organisers)
            approve_event(found[slug], by=None)
    for slug, (number, organisers, is_approved, facts) in coming(today).items():
        key = {"slug": slug, "is_demo": True}
        found[slug], made = make(Event, key, work_package=packages.get((str(today.year), number)), **facts)
        if made:
            found[slug].organisers.set(organisations[organiser] for organiser in organisers)
            if is_approved:
                approve_event(found[slug], by=None)
    return found
