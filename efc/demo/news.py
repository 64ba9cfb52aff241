"""What was news, retold in our own words from the public record; and news around today, which is made up."""

from datetime import date, timedelta

from efc.demo.rows import at, make
from publications.models import NewsItem
from publications.services import approve_content, submit_content

NEWS, PRESS = NewsItem.Kind.NEWS, NewsItem.Kind.PRESS_RELEASE

# slug: (work package, event, organisations, facts)
PAST = {
    "a-new-coalition": (None, "launch", ["ec3", "missing-children-europe"], {
        "kind": PRESS, "dated_on": date(2012, 11, 26), "place": "Brussels",
        "title": "A new coalition takes on the sale of child sexual abuse material",
        "summary": "Police, companies and child-protection organisations have joined forces for three years, with the support of the "
        "European Commission.",
        "body": "Cecilia Malmström, European Commissioner for Home Affairs, and Rob Wainwright, Director of Europol, today announced the "
        "European Financial Coalition against Commercial Sexual Exploitation of Children Online.\n\nA first coalition of 2009 looked "
        "at websites that sold child sexual abuse material. Since then offenders have moved to closed groups and hidden services, and "
        "to ways of paying that leave fewer traces.\n\nThe coalition will\n\n- support international investigations, wherever possible "
        "with private partners;\n- study commercial exploitation in every kind of internet environment;\n- help to protect lawful "
        "businesses from misuse of their services;\n- train law enforcement and companies, and share resources;\n- inform decision "
        "makers and the public.\n\nEuropol holds the chair, Missing Children Europe the Secretariat. Members of the Steering Group are "
        "also INHOPE, MasterCard, Visa Europe, PayPal, Microsoft, Google, Eurojust, the Dutch police, and ICMEC as adviser.",
    }),
    "five-applications-reviewed": (None, "third-steering-group-meeting", ["ec3"], {
        "kind": PRESS, "dated_on": date(2013, 6, 13), "title": "Third Steering Group meeting reviews five applications",
        "summary": "More organisations want to take part. The Steering Group looked at five applications on 12 June 2013.",
        "body": "The Steering Group manages the coalition. It is chaired by the head of the European Cybercrime Centre at Europol. At its "
        "third meeting it heard how the work packages are getting on and reviewed five applications for membership.",
    }),
    "three-new-members": (None, None, ["cepol", "western-union", "web-shield"], {
        "kind": NEWS, "dated_on": date(2013, 8, 5), "title": "Welcome to CEPOL, Western Union and Web Shield",
        "summary": "Three organisations have joined the coalition and bring knowledge of training, money transfers and merchant checks.",
        "body": "CEPOL, Western Union Financial Services and Web Shield Limited are the first members to join since the launch. Each will "
        "take part in the work packages that fit what it knows.",
    }),
    "first-strategic-assessment": (2, "strategic-assessment-presented", ["ec3"], {
        "kind": PRESS, "dated_on": date(2013, 10, 15), "place": "Brussels",
        "title": "Live streaming and hidden services change the crime, says first strategic assessment",
        "summary": "The European Cybercrime Centre has presented its assessment of commercial sexual exploitation of children online.",
        "body": "Most child sexual abuse material still changes hands without payment. Hidden services make it harder to find the people "
        "behind it. The assessment points to a growing concern: offenders pay to watch abuse while it is streamed, and direct it. What "
        "is streamed leaves less evidence behind.\n\nThe assessment recommends what police and their partners should put first.",
        "has_content_note": True,
    }),
    "experts-meet-in-the-hague": (2, "expert-seminar", ["ec3", "inhope", "missing-children-europe"], {
        "kind": NEWS, "dated_on": date(2013, 11, 15), "place": "The Hague", "title": "About 190 experts meet at Europol",
        "summary": "Police, hotlines, companies and universities spoke about how they can work together, and about the words they use.",
        "body": "EC3 and INHOPE held the seminar on 13 November 2013. Google, Microsoft and Facebook described how they help "
        "investigations; Missing Children Europe presented the coalition.\n\nOne request was made to all: speak of child sexual "
        "exploitation, and call the material what it is, child sexual abuse material.",
    }),
    "first-training-course": (4, "training-course-paris", ["microsoft", "cepol", "mastercard", "web-shield", "western-union"], {
        "kind": PRESS, "dated_on": date(2014, 3, 26), "place": "Paris", "title": "Police of 13 countries train with companies and NGOs near Paris",
        "summary": "The coalition’s first training course brought investigators and compliance specialists into one room.",
        "body": "For three days practitioners followed a case from the first trace to the courtroom, in two tracks that met in workshops. "
        "Experts of CEPOL, the Dutch police, EC3, ICMEC, MasterCard, Web Shield, Western Union and two ministries of justice shared "
        "what they know. Microsoft was the host.",
    }),
    "strategic-assessment-2015": (2, None, ["ec3"], {
        "kind": PRESS, "dated_on": date(2015, 2, 24), "place": "The Hague",
        "title": "Strategic assessment 2015: abuse streamed for payment is now established",
        "summary": "EC3’s second assessment for the coalition finds offenders turning to payment that hides who they are.",
        "body": "Live streaming of child sexual abuse for payment is no longer emerging, it is established. The assessment is concerned "
        "above all about places where internet access grows fast.\n\nOffenders are turning from credit cards to ways of paying that "
        "offer more anonymity, virtual currencies among them. Lawful hosting services are misused more often.\n\nSixteen members "
        "contributed what they see.",
        "has_content_note": True,
    }),
    "parliament-welcomes-the-coalition": (5, None, [], {
        "kind": NEWS, "dated_on": date(2015, 3, 16), "title": "Parliament’s motion welcomes the coalition’s work",
        "summary": "Members of the European Parliament ask for partnership across sectors, and for training that is shared.",
        "body": "After a debate on 12 February 2015 the European Parliament put forward a joint motion on child sexual abuse online. It "
        "asks that police and Europol be given the people, powers and technology they need, and that work with alternative payment "
        "systems be stepped up. It welcomes the coalition, chaired by EC3 and coordinated by Missing Children Europe.",
    }),
    "second-training-course": (4, "training-course-budapest", ["cepol", "ec3", "mastercard"], {
        "kind": PRESS, "dated_on": date(2015, 4, 7), "place": "Budapest", "title": "Second training course opens at CEPOL",
        "summary": "Investigators, companies and hotlines of the INHOPE network train together in Budapest.",
        "body": "The course is led by CEPOL, EC3 and MasterCard. It goes from methods of investigation on the internet to the misuse of "
        "lawful payment systems and to partnerships between police and companies. The Secretariat received many more applications than "
        "there were places.",
    }),
    "seventy-delegates-at-the-parliament": (5, "conference-european-parliament", ["ec3", "eurojust", "icmec"], {
        "kind": PRESS, "dated_on": date(2015, 6, 24), "place": "Brussels", "title": "Seventy delegates ask for a stronger partnership",
        "summary": "At the European Parliament police, companies, NGOs and policy makers looked for answers to new ways of committing the "
        "crime.",
        "body": "Hosted by Gérard Deprez, Vicky Ford and Emma McClarkin, Members of the European Parliament, the coalition’s second "
        "awareness conference heard the findings of this year’s strategic assessment. The European Commission, EC3, Google, MasterCard "
        "and the Swedish financial coalition said what they have done and what they will do next.\n\nThe conference concluded that new "
        "partners are needed, and awareness, training across sectors, and law that keeps pace.",
    }),
    "guidance-and-policy-analysis": (3, None, [], {
        "kind": NEWS, "dated_on": date(2016, 2, 9), "title": "Results of 2012–2015, and a platform that goes on",
        "summary": "On Safer Internet Day the coalition publishes guidance for the financial industry and a policy analysis.",
        "body": "The two papers complete the project of 2012 to 2015. The coalition goes on as a lasting platform: its members agree on "
        "concrete actions for one year at a time.",
    }),
}  # fmt: skip

OPEN_CALL = {
    "title_en": "Applications are open for the next training course",
    "summary_en": "Thirty places for investigators, companies and hotlines, in Budapest.",
    "body_en": "The course lasts four days and is free of charge. Participants are chosen for a balance of countries and sectors. Your "
    "manager is asked to confirm your application.",
    "title_fr": "Les candidatures à la prochaine formation sont ouvertes",
    "summary_fr": "Trente places pour les enquêteurs, les entreprises et les services de signalement, à Budapest.",
    "body_fr": "La formation dure quatre jours et est gratuite. Les participants sont choisis de façon à équilibrer pays et secteurs. "
    "Votre responsable est prié de confirmer votre candidature.",
    "title_de": "Bewerbungen für den nächsten Lehrgang sind möglich",
    "summary_de": "Dreißig Plätze für Ermittlung, Unternehmen und Meldestellen, in Budapest.",
    "body_de": "Der Lehrgang dauert vier Tage und ist kostenlos. Die Auswahl achtet auf ein Gleichgewicht der Länder und Bereiche. Ihre "
    "Führungskraft wird gebeten, die Bewerbung zu bestätigen.",
    "title_nl": "Aanmelden voor de volgende opleiding kan nu",
    "summary_nl": "Dertig plaatsen voor rechercheurs, bedrijven en meldpunten, in Boedapest.",
    "body_nl": "De opleiding duurt vier dagen en is gratis. Bij de selectie wordt gelet op een evenwicht van landen en sectoren. Uw "
    "leidinggevende wordt gevraagd uw aanmelding te bevestigen.",
}


def around(today):
    """Return the news of these weeks: {slug: (work package, event, verbs, facts)}."""
    tomorrow = today + timedelta(days=1)
    return {
        "applications-are-open": (4, "training-course", [approve_content], dict(
            kind=NEWS, dated_on=today - timedelta(days=2), **OPEN_CALL,
        )),
        "how-far-the-plan-has-come": (None, None, [approve_content], {
            "kind": NEWS, "dated_on": today - timedelta(days=16), "title": "How far the action plan has come",
            "summary": "The leads of the five work packages have reported to the Steering Group.",
            "body": "One update of the strategic assessment is being written, the course is prepared, and the working sessions with payment "
            "services have begun. The Steering Group looks at all five work packages at its next meeting.",
        }),
        "save-the-date": (5, "conference", [approve_content], {
            "kind": NEWS, "dated_on": today - timedelta(days=44), "place": "Brussels", "title": "Save the date: a conference with decision makers",
            "summary": "One day on what services can do, and on what law makers can do for them.",
            "body": "The conference is free of charge. Registration opens six weeks before.",
        }),
        "working-session-with-payment-services": (3, None, [approve_content], {
            "kind": NEWS, "dated_on": today - timedelta(days=75), "title": "Working session with new payment services",
            "summary": "Services that are young spoke with those that have met misuse before.",
            "body": "How does a service notice misuse early, whom does it call, and what may it keep? The notes of the session go into the "
            "common template for terms of service.",
        }),
        "programme-of-the-conference": (5, "conference", [approve_content], {
            "kind": PRESS, "dated_on": tomorrow, "publish_at": at(tomorrow, 11), "place": "Brussels", "title": "The programme of the conference",
            "summary": "Police, hotlines and services open the day; law makers have the afternoon.",
            "body": "The programme is public from eleven o’clock, Brussels time. Journalists may ask for accreditation at the press office.",
        }),
        "what-the-course-will-teach": (4, "training-course", [submit_content], {
            "kind": PRESS, "dated_on": today, "place": "Budapest", "title": "What the next course will teach",
            "summary": "Three trainers say what participants take home.",
            "body": "The text waits for the approval of a second person.",
        }),
        "after-the-steering-group-meeting": (None, "steering-group-meeting", [], {
            "kind": NEWS, "dated_on": today + timedelta(days=10), "title": "After the meeting of the Steering Group",
            "summary": "What was decided and what comes next.", "body": "To be written after the meeting.",
        }),
    }  # fmt: skip


def load(today, organisations, packages, events):
    """Make the news. Returns: {slug: news item}."""
    found = {}
    for slug, (number, event, named, facts) in PAST.items():
        found[slug], made = make(
            NewsItem,
            {"slug": slug, "dated_on": facts["dated_on"]},
            is_archive=True,
            work_package=packages.get(("2012-2015", number)),
            event=events.get(event),
            **facts,
        )
        if made:
            found[slug].organisations.set(organisations[name] for name in named)
            approve_content(found[slug], by=None)
    for slug, (number, event, verbs, facts) in around(today).items():
        key = {"slug": slug, "is_demo": True}
        found[slug], made = make(
            NewsItem, key, work_package=packages.get((str(today.year), number)), event=events.get(event), **facts
        )
        if made:
            for verb in verbs:
                verb(found[slug], by=None)
    return found
