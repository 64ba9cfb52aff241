"""Who is in the coalition: organisations, memberships and seats over time, each with where it is on record."""

from datetime import date

from efc.demo.rows import make
from members.models import LiaisonContact, MembershipTerm, Organisation, Person, Seat, Sector

LAUNCH = date(2012, 11, 26)
WELCOME = date(2013, 8, 5)
ASSESSMENT = date(2015, 2, 24)

ON_LAUNCH = "Press text of the launch, 26 November 2012."
SINCE_LAUNCH = "Press texts of 26 November 2012 and 24 June 2015; continued after 2015 for the demonstration."
NAMED_2015 = (
    "Named as a member on 24 February 2015, the day of admission is not on record; continued for the demonstration."
)
WELCOMED = "News of 5 August 2013; continued after 2015 for the demonstration."

Kind, SeatKind = Organisation.Kind, Seat.Kind

# slug: name, short name, sector, kind, country, website, contribution, description
MEMBERS = {
    "ec3": (
        "Europol, European Cybercrime Centre (EC3)", "EC3", Sector.LAW_ENFORCEMENT, Kind.AGENCY, "",
        "https://www.europol.europa.eu",
        "Chairs the coalition, supports investigations in several countries at once and writes the strategic assessments.",
        "The European Cybercrime Centre opened at Europol in The Hague on 11 January 2013. It supports the police of the Member "
        "States with analysis, coordination and technical help, and chairs the Steering Group of the coalition.",
    ),
    "missing-children-europe": (
        "Missing Children Europe", "", Sector.NGO, Kind.NGO, "BE", "https://missingchildreneurope.eu",
        "Hosts the Secretariat in Brussels and speaks for children who are missing or sexually exploited.",
        "Missing Children Europe is the European federation of organisations for missing and sexually exploited children. It "
        "hosts the Secretariat of the coalition and coordinates its work.",
    ),
    "cepol": (
        "CEPOL", "", Sector.JUDICIAL_EU, Kind.AGENCY, "", "https://www.cepol.europa.eu",
        "Trains police officers of all Member States and hosted the coalition’s course in Budapest.",
        "CEPOL, known as the European Police College when it joined, is the agency of the European Union for law-enforcement "
        "training. It was welcomed to the coalition in August 2013 and took up the work on training in 2014.",
    ),
    "dutch-national-police": (
        "Dutch National Police", "", Sector.LAW_ENFORCEMENT, Kind.POLICE, "NL", "https://www.politie.nl",
        "Brings the experience of a national child-exploitation unit to operations and training.",
        "The Dutch National Police sat in the Steering Group at the beginning of the project, and led the work on training "
        "together with MasterCard and Microsoft.",
    ),
    "eurojust": (
        "Eurojust", "", Sector.JUDICIAL_EU, Kind.AGENCY, "", "https://www.eurojust.europa.eu",
        "Links investigations across borders with the prosecutors who can act on them.",
        "Eurojust is the European Union’s agency for judicial cooperation. In the coalition it leads the operational work with EC3.",
    ),
    "google": (
        "Google", "", Sector.TECHNOLOGY, Kind.COMPANY, "US", "https://www.google.com",
        "Builds technology that recognises abuse material, and knows how its services are misused.",
        "Google has taken part in the Steering Group since the launch in 2012.",
    ),
    "icmec": (
        "International Centre for Missing and Exploited Children", "ICMEC", Sector.NGO, Kind.NGO, "US",
        "https://www.icmec.org",
        "Advises the Steering Group and leads the financial coalitions in the United States and Asia-Pacific.",
        "ICMEC is the advisory member of the Steering Group: it advises and has no vote. It brings the experience of the sister "
        "coalitions elsewhere in the world.",
    ),
    "inhope": (
        "INHOPE", "", Sector.NGO, Kind.NETWORK, "NL", "https://www.inhope.org",
        "Brings the knowledge of the internet hotlines that take reports from the public.",
        "INHOPE is the international association of internet hotlines. Its members take reports of child sexual abuse material "
        "and see that it is removed. INHOPE leads the strategic analysis with EC3.",
    ),
    "mastercard": (
        "MasterCard", "", Sector.PAYMENT, Kind.COMPANY, "US", "https://www.mastercard.com",
        "Teaches how payments run and where they leave traces.",
        "MasterCard has taken part in the Steering Group since the launch in 2012 and is one of the leads of the work on training.",
    ),
    "microsoft": (
        "Microsoft", "", Sector.TECHNOLOGY, Kind.COMPANY, "US", "https://www.microsoft.com",
        "Shares technology that recognises known pictures, and hosted the first training course near Paris.",
        "Microsoft leads the cooperation with the private sector together with PayPal, and is one of the leads of the work on "
        "training. It hosted the first course in March 2014.",
    ),
    "paypal": (
        "PayPal", "", Sector.PAYMENT, Kind.COMPANY, "US", "https://www.paypal.com",
        "Adds to the strategic assessments what it sees of new ways to pay.",
        "PayPal has taken part in the Steering Group since the launch in 2012 and leads the cooperation with the private sector "
        "together with Microsoft.",
    ),
    "visa-europe": (
        "Visa Europe", "", Sector.PAYMENT, Kind.COMPANY, "GB", "",
        "Leads the work with decision makers and the public, together with Missing Children Europe.",
        "Visa Europe has taken part in the Steering Group since the launch in 2012. It leads external relations and awareness "
        "together with Missing Children Europe.",
    ),
    "ceop": (
        "Child Exploitation and Online Protection command", "CEOP", Sector.LAW_ENFORCEMENT, Kind.POLICE, "GB",
        "https://www.ceop.police.uk",
        "Takes part in international investigations for the United Kingdom.",
        "CEOP is the British police command for the protection of children online.",
    ),
    "g2-web-services": (
        "G2 Web Services", "G2", Sector.PAYMENT, Kind.COMPANY, "US", "",
        "Watches for banks whether online shops misuse their card payments.",
        "G2 Web Services was among the contributors to the strategic assessment of 2015.",
    ),
    "gsma": (
        "GSMA", "", Sector.TECHNOLOGY, Kind.ASSOCIATION, "GB", "https://www.gsma.com",
        "Speaks for mobile network operators throughout the world.",
        "The GSMA is the association of mobile network operators. It was among the contributors to the strategic assessment of 2015.",
    ),
    "internet-watch-foundation": (
        "Internet Watch Foundation", "IWF", Sector.NGO, Kind.NGO, "GB", "https://www.iwf.org.uk",
        "Finds child sexual abuse material online and has it removed.",
        "The Internet Watch Foundation is the hotline of the United Kingdom. It was among the contributors to the strategic "
        "assessment of 2015.",
    ),
    "web-shield": (
        "Web Shield", "", Sector.PAYMENT, Kind.COMPANY, "GB", "https://www.webshield.com",
        "Checks merchants for the payment industry and helps to train others in it.",
        "Web Shield Limited was welcomed as a member in August 2013 and lent experts to the first training course.",
    ),
    "western-union": (
        "Western Union", "", Sector.PAYMENT, Kind.COMPANY, "US", "https://www.westernunion.com",
        "Knows how money transfers are misused, and how to notice it.",
        "Western Union Financial Services was welcomed as a member in August 2013 and lent experts to the first training course.",
    ),
}  # fmt: skip
OBSERVERS = {
    "dg-home": (
        "European Commission, DG Home Affairs", "DG HOME", Sector.JUDICIAL_EU, Kind.AGENCY, "",
        "https://home-affairs.ec.europa.eu",
        "Co-financed the project of 2012 to 2015 and attends meetings as an observer.", "",
    ),
    "dg-connect": (
        "European Commission, DG CONNECT", "DG CONNECT", Sector.JUDICIAL_EU, Kind.AGENCY, "",
        "https://digital-strategy.ec.europa.eu", "Attends meetings of the Steering Group as an observer.", "",
    ),
    "dg-justice": (
        "European Commission, DG Justice", "DG Justice", Sector.JUDICIAL_EU, Kind.AGENCY, "",
        "https://commission.europa.eu", "Attends meetings of the Steering Group as an observer.", "",
    ),
}  # fmt: skip
# Known to the coalition, with no public profile: applicants whose outcome is not on record, and police who take part.
OTHERS = {
    "american-express": ("American Express", "", Sector.PAYMENT, Kind.COMPANY, "US", "", "", ""),
    "terre-des-hommes": ("Terre des Hommes", "", Sector.NGO, Kind.NGO, "", "", "", ""),
    "videntifier": ("Videntifier Technologies", "Videntifier", Sector.TECHNOLOGY, Kind.COMPANY, "IS", "", "", ""),
    "netclean": ("NetClean", "", Sector.TECHNOLOGY, Kind.COMPANY, "SE", "", "", ""),
    "italian-police": ("Italian police", "", Sector.LAW_ENFORCEMENT, Kind.POLICE, "IT", "", "", ""),
    "swiss-police": ("Swiss police", "", Sector.LAW_ENFORCEMENT, Kind.POLICE, "CH", "", "", ""),
    "swedish-police": ("Swedish police", "", Sector.LAW_ENFORCEMENT, Kind.POLICE, "SE", "", "", ""),
}

# The networks with which the coalition keeps in touch (objective 6); INHOPE is a member too.
NETWORKS = {
    "global-alliance": ("Global Alliance against Child Sexual Abuse Online", "", Sector.PUBLIC_AUTHORITY, "", ""),
    "virtual-global-taskforce": ("Virtual Global Taskforce", "VGT", Sector.LAW_ENFORCEMENT, "", ""),
    "empact": ("EMPACT, priority on child sexual exploitation", "EMPACT", Sector.LAW_ENFORCEMENT, "", ""),
    "circamp": ("CIRCAMP", "", Sector.LAW_ENFORCEMENT, "", ""),
    "insafe": ("Insafe", "", Sector.NGO, "", ""),
    "enacso": ("eNACSO", "", Sector.NGO, "", ""),
    "ict-coalition": ("ICT Coalition", "", Sector.TECHNOLOGY, "", ""),
    "itu": ("International Telecommunication Union", "ITU", Sector.PUBLIC_AUTHORITY, "", ""),
    "us-financial-coalition": ("Financial coalition in the United States", "", Sector.PAYMENT, "US", ""),
    "asia-pacific-financial-coalition": ("Financial coalition in Asia-Pacific", "", Sector.PAYMENT, "", ""),
    "swedish-financial-coalition": ("Swedish financial coalition", "", Sector.PAYMENT, "SE", ""),
}
# network: [(who keeps the contact for us, role there, what about)]
LIAISONS = {
    "global-alliance": [
        ("missing-children-europe", "Secretariat of the Alliance", "Commitments of states that touch payments.")
    ],
    "virtual-global-taskforce": [("ec3", "Chair of the taskforce", "Operations in which payments are traced.")],
    "empact": [
        ("ec3", "Driver of the priority", "Training and operations of the cycle, so that neither is done twice.")
    ],
    "circamp": [("dutch-national-police", "Coordinator of the network", "Police forces that use the same lists.")],
    "insafe": [("missing-children-europe", "Coordinator of the network", "Safer Internet Day.")],
    "enacso": [("missing-children-europe", "Coordinator of the alliance", "Common positions for decision makers.")],
    "inhope": [("ec3", "Director of the office", "Figures of the hotlines for the strategic analysis.")],
    "ict-coalition": [("microsoft", "Coordinator of the coalition", "Principles of internet companies.")],
    "itu": [
        ("missing-children-europe", "Officer for child online protection", "Guidelines for industry and policy makers.")
    ],
    "us-financial-coalition": [("icmec", "Coordinator of the coalition", "Methods that work with payment services.")],
    "asia-pacific-financial-coalition": [
        ("icmec", "Coordinator of the coalition", "Methods that work with payment services.")
    ],
    "swedish-financial-coalition": [
        ("paypal", "Coordinator of the coalition", "Test transactions and what they show.")
    ],
}

# slug: (from, source); all are still members in the demonstration
MEMBERSHIPS = {
    "cepol": (WELCOME, WELCOMED),
    "western-union": (WELCOME, WELCOMED),
    "web-shield": (WELCOME, WELCOMED),
    "ceop": (ASSESSMENT, NAMED_2015),
    "g2-web-services": (ASSESSMENT, NAMED_2015),
    "gsma": (ASSESSMENT, NAMED_2015),
    "internet-watch-foundation": (ASSESSMENT, NAMED_2015),
    "dutch-national-police": (LAUNCH, f"{ON_LAUNCH} An end of the membership is not on record."),
}
# slug: [(kind, from, to, source)]
SEATS = {
    "ec3": [
        (SeatKind.CHAIR, LAUNCH, None, f"Launch: chaired by Europol, where EC3 opened on 11 January 2013. {SINCE_LAUNCH}"),
    ],
    "missing-children-europe": [
        (SeatKind.SECRETARIAT, LAUNCH, None, SINCE_LAUNCH),
        (SeatKind.FULL, LAUNCH, None, SINCE_LAUNCH),
    ],
    "icmec": [(SeatKind.ADVISORY, LAUNCH, None, SINCE_LAUNCH)],
    "dutch-national-police": [
        (
            SeatKind.FULL, LAUNCH, date(2013, 12, 31),
            "Listed on 12 June 2013, no longer in March 2014; the day between is not on record and set to the end of 2013.",
        ),
    ],
    "cepol": [
        (
            SeatKind.FULL, date(2014, 1, 1), None,
            "Listed from 26 March 2014; the day is not on record and set to the beginning of 2014. Continued for the demonstration.",
        ),
    ],
    "mastercard": [
        (
            SeatKind.FULL, LAUNCH, None,
            "Press texts of 2012, 2013 and 2015; absent from the list of 26 March 2014, kept without a gap. Continued for the demonstration.",
        ),
    ],
    **{
        slug: [(SeatKind.FULL, LAUNCH, None, SINCE_LAUNCH)]
        for slug in ("eurojust", "google", "inhope", "microsoft", "paypal", "visa-europe")
    },
    **{
        slug: [(SeatKind.OBSERVER, LAUNCH, None, "Observer at meetings of the project; continued for the demonstration.")]
        for slug in OBSERVERS
    },
}  # fmt: skip
FIELDS = ("name", "short_name", "sector", "kind", "country", "website", "contribution", "description")


def load():
    """Make the organisations. Returns: {slug: organisation}."""
    found = {}
    for group, is_public in ((MEMBERS, True), (OBSERVERS, True), (OTHERS, False)):
        for slug, facts in group.items():
            found[slug], made = make(
                Organisation, {"slug": slug}, is_public=is_public, **dict(zip(FIELDS, facts, strict=True))
            )
            if made:
                seat(found[slug], is_member=slug in MEMBERS)
    for slug, (name, short_name, sector, country, website) in NETWORKS.items():
        facts = {"name": name, "short_name": short_name, "sector": sector, "country": country, "website": website}
        found[slug], _made = make(Organisation, {"slug": slug}, kind=Kind.NETWORK, is_public=False, **facts)
    return found


def keep_in_touch(today, organisations):
    """Name who keeps the contact with each network that has nobody: a representative of ours and a role there."""
    for slug, contacts in LIAISONS.items():
        if not LiaisonContact.objects.filter(network=organisations[slug]).exists():
            for ours, role, note in contacts:
                keeper = Person.objects.filter(represents__organisation=organisations[ours]).order_by("pk").first()
                address = f"liaison@{slug}.example"
                LiaisonContact.objects.create(
                    network=organisations[slug], kept_by=keeper, name=role, email=address, note=note, starts_on=date(today.year, 1, 1)
                )  # fmt: skip


def seat(organisation, *, is_member):
    """Write down a new organisation's membership and seats."""
    slug = organisation.slug
    if is_member:
        starts_on, source = MEMBERSHIPS.get(slug, (LAUNCH, SINCE_LAUNCH))
        MembershipTerm.objects.create(organisation=organisation, starts_on=starts_on, source=source)
    Seat.objects.bulk_create(
        Seat(organisation=organisation, kind=kind, starts_on=starts_on, ends_on=ends_on, source=source)
        for kind, starts_on, ends_on, source in SEATS.get(slug, [])
    )
