"""The letters of ballots, to the holders and alternates of the seats."""

from django.conf import settings
from django.utils import translation

from efc import mail
from members import arithmetic


def ballot_opened(ballot):
    """Ask the seats for their vote, and the advisory ones for their comment. Recused seats are not asked."""
    return _write("ballot_opened", ballot, ballot.electorate.filter(recused_because=""))


def ballot_reminder(ballot):
    """Remind the seats whose vote is missing. Returns: how many letters."""
    return _write("ballot_reminder", ballot, ballot.electorate.counting().filter(choice=""))


def ballot_closed(ballot):
    """Tell everybody the result with its arithmetic, recused seats too."""
    return _write("ballot_closed", ballot, ballot.electorate.all())


def ballot_cancelled(ballot):
    return _write("ballot_cancelled", ballot, ballot.electorate.all())


def _write(template, ballot, electors):
    """Queue one letter to each person of these seats, in that person’s language. Returns: how many."""
    link = settings.SITE_URL + ballot.get_absolute_url()
    written = set()
    for elector in electors.select_related("holder__user", "alternate__user"):
        for person in (elector.holder, elector.alternate):
            address = _address(person)
            if not address or address in written:
                continue
            written.add(address)
            language = person.user.language if person.user else "en"
            with translation.override(language):
                steps = arithmetic.in_words(ballot.tally, ballot.outcome) if ballot.outcome else []
            mail.queue(
                f"members/{template}",
                address,
                ballot,
                language=language,
                ballot=ballot,
                elector=elector,
                link=link,
                steps=steps,
            )
    return len(written)


def _address(person):
    if person is None or (person.user is not None and not person.user.is_active):
        return ""
    return person.email or (person.user.email if person.user else "")
