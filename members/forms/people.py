"""Forms about people: an invitation accepted, and what the desk asks of representatives and of who hands over."""

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from efc.models import User
from members.forms.desk import DeskForm, line, one
from members.models import Organisation, Person, Representative, Seat


class InvitationForm(forms.Form):
    """What opens an account: how the person is called, and a password, typed twice."""

    full_name = forms.CharField(
        label=_("Your name or role"),
        max_length=150,
        error_messages={"required": _("Write your name or your role, as colleagues should see it.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        help_text=_("At least 12 characters. A sentence that only you know is good."),
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password once more"),
        strip=False,
        max_length=128,
        error_messages={"required": _("Type the password a second time.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, invitation, **kwargs):
        super().__init__(*args, **{**kwargs, "initial": {"full_name": invitation.person.name}})
        self.invitation = invitation

    def clean_password(self):
        password = self.cleaned_data["password"]
        name = self.cleaned_data.get("full_name", "")
        password_validation.validate_password(password, User(email=self.invitation.email, full_name=name))
        return password

    def clean(self):
        found = super().clean()
        if found.get("password") and found.get("again") and found["password"] != found["again"]:
            self.add_error("again", ValidationError(_("The two passwords differ. Type them again.")))
        return found


# ── at the desk ──────────────────────────────────────────────────────────


class InviteForm(DeskForm):
    organisation = one(_("For"), Organisation.objects.none(), required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages={
            "required": _("Enter the e-mail address, like name@example.org."),
            "invalid": _("Enter an e-mail address, like name@example.org."),
        },
    )

    def __init__(self, *args, record=None, **kwargs):
        acting = Organisation.objects.filter(
            representatives__in=Representative.objects.as_of().filter(person=record)
        ).distinct()
        first = acting.first()
        super().__init__(
            *args, record=record, initial={"email": record.email, "organisation": first and first.pk}, **kwargs
        )
        self.fields["organisation"].queryset = acting.defer("search_vector")


class RepresentativeForm(DeskForm):
    name = line(_("Name or role"), max_length=150)
    email = forms.EmailField(label=_("E-mail address"), error_messages=InviteForm.base_fields["email"].error_messages)
    function = line(_("Function"), max_length=120, required=False)
    is_contact = forms.BooleanField(
        label=_("Contact person"),
        required=False,
        help_text=_("Other members see the name, the function and the address."),
    )


class EndRepresentativeForm(DeskForm):
    row = one(_("Who acts for it no longer"), Representative.objects.none())

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["row"].queryset = record.representatives.running().select_related("person", "organisation")
        self.fields["row"].label_from_instance = lambda row: str(row.person)


def with_organisations(person):
    """Name a person with the organisations they act for, so that two of the same name are told apart."""
    names = ", ".join(str(row.organisation) for row in person.acting)
    return f"{person} ({names or person.email or _('acts for nobody')})"


def in_words(records):
    return get_text_list([str(record) for record in records], gettext("and"))


class HandOverForm(DeskForm):
    """A successor; colleagues of the leaver stand first. One of another organisation is asked about once more."""

    to = one(_("Successor"), Person.objects.none(), help_text=_("Add the successor first if they are not in the list."))
    is_meant = forms.BooleanField(label=_("Yes, to somebody of another organisation"), required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.own = Organisation.objects.filter(
            Q(representatives__in=Representative.objects.as_of().filter(person=record))
            | Q(seats__in=Seat.objects.running().filter(Q(holder=record) | Q(alternate=record)))
        ).distinct()
        colleagues = Exists(Representative.objects.as_of().filter(person=OuterRef("pk"), organisation__in=self.own))
        people = (
            Person.objects.exclude(pk=record.pk).alias(is_colleague=colleagues).order_by("-is_colleague", "name", "pk")
        )
        self.fields["to"].queryset = people.prefetch_related(
            Prefetch("represents", Representative.objects.as_of().select_related("organisation"), to_attr="acting")
        )
        self.fields["to"].label_from_instance = with_organisations
        self.asks = self.fields.pop("is_meant")  # put back when it is to be asked

    def clean(self):
        found = super().clean()
        to = found.get("to")
        own = list(self.own.defer("search_vector"))
        if to is None or not own or not to.acting or any(row.organisation in own for row in to.acting):
            return found
        self.fields["is_meant"] = self.asks
        if not self.data.get("is_meant"):
            text = gettext(
                "%(person)s acts for %(others)s and not for %(organisations)s. Seats, open votes and whatever else is listed above would go to"
                " somebody of another organisation. If this is meant, tick the box below; else choose a colleague."
            )
            facts = {
                "person": to,
                "others": in_words(row.organisation for row in to.acting),
                "organisations": in_words(own),
            }
            self.add_error("to", text % facts)
        return found
