"""What the coalition works on: the project of 2012 to 2015 as it is on record, and the yearly plan around today."""

from datetime import date

from efc.demo.rows import make
from workpackages.models import Contributor, Lead, Objective, Programme, WorkPackage

STARTS, ENDS = date(2012, 11, 26), date(2015, 11, 25)

PROJECT = {
    "name": "EFC project 2012–2015",
    "kind": Programme.Kind.PROJECT,
    "starts_on": STARTS,
    "ends_on": ENDS,
    "funding": "Co-financed by the European Commission, DG Home Affairs, under the programme Prevention of and Fight against Crime (ISEC)",
    "summary": (
        "A project of 36 months, launched in Brussels on 26 November 2012. It built the coalition that exists today: a Steering "
        "Group of police, payment providers, internet companies and non-governmental organisations, a common picture of the "
        "problem, two training courses and two awareness events.\n\nIts results were completed on Safer Internet Day, "
        "9 February 2016."
    ),
}
# number: (title, what was promised); the grant's words for test transactions are also test purchases
OBJECTIVES = {
    1: (
        "Support investigations",
        "A mechanism by which payment providers and police support and analyse test transactions (the grant also calls them test "
        "purchases), its use and its evaluation. One memorandum of understanding among all members.",
    ),
    2: (
        "Know the problem",
        "Figures on the problem, from others and from the members’ own cases, collected with one common template. Two updates of "
        "the strategic analysis.",
    ),
    3: (
        "Protect lawful business",
        "One template of contract terms for providers of financial and internet services, so that services can be closed to those "
        "who misuse them.",
    ),
    4: (
        "Train",
        "One training book for law enforcement, one update of the best-practice guide for payment providers, two yearly training "
        "sessions for both, and a session in which participants say what came of it.",
    ),
    5: (
        "Inform",
        "Leaflets, a public website, a newsletter three times a year, two awareness events, two press conferences and regular "
        "press releases.",
    ),
    6: (
        "Work with other networks",
        "One meeting between the Steering Group and other European initiatives, and regular exchange with the financial coalitions "
        "in other regions. This objective has no work package of its own.",
    ),
}
# number: (name, slug, aim, description, leads, [(contributor, from, note)])
WORK_PACKAGES = {
    1: (
        "Operations", "operations",
        "Support international investigations, wherever possible together with private partners.",
        "Police of several countries, EC3 and Eurojust look for the people who sell child sexual abuse material and for those who "
        "pay. Payment providers help them to follow the money, for example by test transactions under the members’ memorandum of "
        "understanding.\n\nDenmark was considering to take part.",
        ["ec3", "eurojust"],
        [
            ("dutch-national-police", STARTS, ""), ("italian-police", STARTS, ""), ("swiss-police", STARTS, ""),
            ("swedish-police", STARTS, ""), ("ceop", STARTS, "For the United Kingdom"),
        ],
    ),
    2: (
        "Strategic analysis", "analysis",
        "Study how children are exploited commercially online, in every kind of internet environment.",
        "EC3 and INHOPE bring together what police, hotlines and companies see, with all sources inside and outside law "
        "enforcement. The results are the strategic assessments of 2013 and 2015.",
        ["ec3", "inhope"], [],
    ),
    3: (
        "Private sector support and cooperation", "private-sector",
        "Protect lawful businesses from being misused by offenders to distribute or sell child sexual abuse material.",
        "Companies that move money or carry data agree on what to look for and what to do when they find it: common terms for "
        "contracts, best practice for payment providers, and people who know each other before a case comes.",
        ["microsoft", "paypal"], [],
    ),
    4: (
        "Training", "training",
        "Empower law enforcement and companies by courses and shared resources.",
        "Investigators, compliance staff and hotline analysts learn side by side. The first course took place near Paris in March "
        "2014, the second at CEPOL in Budapest in April 2015.",
        ["dutch-national-police", "mastercard", "microsoft"],
        [("cepol", date(2014, 1, 1), "From 2014; the day is not on record")],
    ),
    5: (
        "External relations and awareness", "awareness",
        "Inform decision makers and the public about the problem and the coalition’s work.",
        "Website, newsletter, press and events. The second awareness event took place at the European Parliament on 24 June 2015.",
        ["visa-europe", "missing-children-europe"], [],
    ),
}  # fmt: skip

FIRST_PLAN = {
    "name": "Action plan 2016",
    "kind": Programme.Kind.PLAN,
    "starts_on": date(2016, 2, 9),
    "ends_on": date(2016, 12, 31),
    "summary": (
        "Since February 2016 the coalition is a lasting platform whose members agree on concrete actions for one year at a time. "
        "The actions of the first year are not on record here."
    ),
}

PLAN_OBJECTIVES = {
    1: (
        "Follow the money",
        "Two rounds of test transactions with payment providers, analysed together with the police.",
    ),
    2: ("See what changes", "One update of the strategic assessment, with the members’ own figures."),
    3: (
        "Help companies act",
        "A common template for terms of service, and two working sessions with new payment services.",
    ),
    4: ("Train together", "One course for thirty participants from police, companies and hotlines."),
    5: ("Be heard", "Three newsletters and one conference with decision makers."),
}
# number: (aim, leads, contributors)
PLAN_WORK = {
    1: ("Support investigations that follow payments across borders.", ["ec3", "eurojust"], ["ceop", "dutch-national-police"]),
    2: ("Keep the common picture of commercial exploitation up to date.", ["ec3", "inhope"], ["internet-watch-foundation"]),
    3: (
        "Help payment and internet services to notice misuse early and to act on it.",
        ["microsoft", "paypal"], ["google", "gsma", "g2-web-services", "web-shield", "western-union"],
    ),
    4: ("Train investigators, compliance staff and hotline analysts side by side.", ["cepol", "mastercard", "microsoft"], ["ec3"]),
    5: ("Tell decision makers and the public what is happening and what helps.", ["visa-europe", "missing-children-europe"], []),
}  # fmt: skip


def load(today, organisations):
    """Make the programmes with all they hold. Returns: {(programme slug, number): work package}."""
    project, made = make(Programme, {"slug": "2012-2015"}, **PROJECT)
    if made:
        objectives = state_objectives(project, OBJECTIVES)
        for number, (name, slug, aim, description, leads, contributors) in WORK_PACKAGES.items():
            package = WorkPackage.objects.create(
                programme=project, number=number, name=name, slug=slug, aim=aim, description=description
            )
            package.objectives.set([objectives[number]])
            Lead.objects.bulk_create(
                Lead(work_package=package, organisation=organisations[lead], starts_on=STARTS, ends_on=ENDS)
                for lead in leads
            )
            Contributor.objects.bulk_create(
                Contributor(
                    work_package=package, organisation=organisations[who], starts_on=since, ends_on=ENDS, note=note
                )
                for who, since, note in contributors
            )
    make(Programme, {"slug": "2016"}, is_demo=True, **FIRST_PLAN)
    load_plan(today.year, organisations)
    rows = WorkPackage.objects.filter(programme__slug__in=["2012-2015", str(today.year)]).select_related("programme")
    return {(row.programme.slug, row.number): row for row in rows}


def load_plan(year, organisations):
    """Make the action plan of a year, marked as a demonstration."""
    starts_on, ends_on = date(year, 1, 1), date(year, 12, 31)
    plan, made = make(
        Programme,
        {"slug": str(year)},
        name=f"Action plan {year}",
        kind=Programme.Kind.PLAN,
        starts_on=starts_on,
        ends_on=ends_on,
        summary=(
            f"What the members have agreed to do in {year}. This plan is made up for the demonstration: it shows how the "
            "portal carries a year of work, with leads, courses and events."
        ),
        is_demo=True,
    )
    if not made:
        return
    objectives = state_objectives(plan, PLAN_OBJECTIVES)
    for number, (aim, leads, contributors) in PLAN_WORK.items():
        name, slug = WORK_PACKAGES[number][:2]
        package = WorkPackage.objects.create(programme=plan, number=number, name=name, slug=slug, aim=aim)
        package.objectives.set([objectives[number]])
        for model, slugs in ((Lead, leads), (Contributor, contributors)):
            model.objects.bulk_create(
                model(work_package=package, organisation=organisations[who], starts_on=starts_on, ends_on=ends_on)
                for who in slugs
            )


def state_objectives(programme, facts):
    rows = [
        Objective(programme=programme, number=number, title=title, text=text) for number, (title, text) in facts.items()
    ]
    return {row.number: row for row in Objective.objects.bulk_create(rows)}
