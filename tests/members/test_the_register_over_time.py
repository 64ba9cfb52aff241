"""Memberships and seats hold from one day to another; the register answers for any day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from members.models import STRAND_OF, MembershipTerm, Organisation, Seat, Sector, Strand
from tests.factories import MemberFactory, MembershipTermFactory, OrganisationFactory, SeatFactory

pytestmark = pytest.mark.django_db
DAY = date(2015, 3, 17)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "holds"),
    [
        (None, None, True),
        (DAY, None, True),
        (None, DAY, True),
        (DAY, DAY, True),
        (DAY + timedelta(1), None, False),
        (None, DAY - timedelta(1), False),
    ],
)
def test_both_ends_belong_to_a_membership(starts_on, ends_on, holds):
    organisation = OrganisationFactory()
    MembershipTermFactory(organisation=organisation, starts_on=starts_on, ends_on=ends_on)
    assert list(Organisation.objects.members(DAY)) == ([organisation] if holds else [])


def test_a_seat_alone_makes_no_member():
    observer = OrganisationFactory()
    SeatFactory(organisation=observer, kind=Seat.Kind.OBSERVER)
    member = MemberFactory()
    assert list(Organisation.objects.members(DAY)) == [member]


def test_an_observer_sits_outside_the_steering_group():
    SeatFactory(kind=Seat.Kind.OBSERVER)
    advisory = SeatFactory(kind=Seat.Kind.ADVISORY)
    assert list(Seat.objects.steering_group(DAY)) == [advisory]


def test_a_day_left_out_is_today():
    MemberFactory(membership__starts_on=date(2013, 8, 5), membership__ends_on=date(2015, 11, 25))
    member = MemberFactory()
    assert list(Organisation.objects.members()) == [member]


def test_since_and_until_are_those_of_the_latest_membership_that_had_begun():
    organisation = OrganisationFactory()
    for starts_on, ends_on in [
        (None, date(2011, 12, 31)),
        (date(2013, 8, 5), date(2014, 8, 4)),
        (date(2016, 1, 1), None),
    ]:
        MembershipTermFactory(organisation=organisation, starts_on=starts_on, ends_on=ends_on)

    def on(day):
        return Organisation.objects.with_membership(day).values_list("since", "until").get()

    assert on(date(2010, 1, 1)) == (None, date(2011, 12, 31))
    assert on(date(2014, 1, 1)) == (date(2013, 8, 5), date(2014, 8, 4))
    assert on(date(2015, 1, 1)) == (date(2013, 8, 5), date(2014, 8, 4))
    assert on(date(2016, 1, 1)) == (date(2016, 1, 1), None)


def test_the_composition_counts_each_strand_once():
    for sector, seats in [
        (Sector.PAYMENT, ["full"]),
        (Sector.TECHNOLOGY, []),
        (Sector.NGO, ["full", "secretariat"]),
        (Sector.ACADEMIA, []),
    ]:
        organisation = MemberFactory(sector=sector)
        for kind in seats:
            SeatFactory(organisation=organisation, kind=kind)
    assert Organisation.objects.composition(DAY) == [(Strand.LAW, 0, 0), (Strand.INDUSTRY, 1, 1), (Strand.CIVIL, 1, 1)]


def test_every_sector_has_its_strand():
    assert set(STRAND_OF) == set(Sector)


@pytest.mark.parametrize(("factory", "alike"), [(MembershipTermFactory, {}), (SeatFactory, {"kind": Seat.Kind.FULL})])
def test_terms_of_one_organisation_do_not_overlap(factory, alike):
    organisation = OrganisationFactory()
    factory(organisation=organisation, starts_on=date(2013, 1, 1), ends_on=date(2013, 12, 31), **alike)
    factory(organisation=organisation, starts_on=date(2014, 1, 1), **alike)
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(organisation=organisation, starts_on=date(2013, 12, 31), ends_on=date(2013, 12, 31), **alike)
    assert factory._meta.model.objects.count() == 2


def test_an_organisation_can_hold_a_full_seat_and_the_secretariats():
    organisation = OrganisationFactory()
    SeatFactory(organisation=organisation, kind=Seat.Kind.FULL)
    SeatFactory(organisation=organisation, kind=Seat.Kind.SECRETARIAT)
    assert Seat.objects.steering_group(DAY).count() == 2


@pytest.mark.parametrize("model", [MembershipTerm, Seat])
def test_a_term_that_ends_before_it_begins_is_said_at_its_last_day(model):
    term = model(organisation=OrganisationFactory(), starts_on=DAY, ends_on=DAY - timedelta(1))
    with pytest.raises(ValidationError) as refusal:
        term.full_clean(exclude=["kind"])
    assert refusal.value.message_dict == {"ends_on": ["The last day lies before the first day. Give a later last day."]}


def test_an_organisation_does_not_take_the_address_of_a_page():
    with pytest.raises(ValidationError, match="Choose another one"):
        OrganisationFactory.build(slug="join").full_clean()
