"""What the Secretariat fills in at the desk before a verb: each form's fields are the verb's arguments."""

from datetime import date, timedelta

from django import forms
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from efc.fields import SingleLineField
from members import rules
from members.models import (
    Application,
    Ballot,
    Check,
    Decision,
    MembershipTerm,
    MemorandumVersion,
    Organisation,
    Seat,
    Signature,
)
from members.models.applications import at_most_150_words

WHEN = "%Y-%m-%dT%H:%M"


class DeskForm(forms.Form):
    """A form about a record, or about none."""

    def __init__(self, *args, record=None, **kwargs):
        self.record = record
        super().__init__(*args, **kwargs)


class SureForm(DeskForm):
    """Nothing to fill in: the page says what will happen, the button does it."""


def day(label, **kwargs):
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day as year, month and day, for example 2015-03-17."),
        },
        **kwargs,
    )


def moment(label, **kwargs):
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput(format=WHEN, attrs={"type": "datetime-local"}),
        input_formats=[WHEN, "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("Write day and time, for example 2026-03-17 18:00.")},
        **kwargs,
    )


def text(label, *, rows=5, missing=None, **kwargs):
    messages = {"required": missing} if missing else None
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), error_messages=messages, **kwargs)


def line(label, **kwargs):
    return SingleLineField(label=label, error_messages={"required": _("Fill this in.")}, **kwargs)


def one(label, queryset, **kwargs):
    messages = {"required": _("Choose one from the list."), "invalid_choice": _("Choose one from the list.")}
    return forms.ModelChoiceField(label=label, queryset=queryset, error_messages=messages, **kwargs)


def choice(label, choices, **kwargs):
    messages = {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=messages, **kwargs)


def decisions():
    return Decision.objects.exclude(status=Decision.Status.SUPERSEDED)


# ── applications ─────────────────────────────────────────────────────────


class CheckForm(DeskForm):
    """One check; the prefix is its kind."""

    result = forms.ChoiceField(label=_("Result"), choices=Check.Result)
    note = SingleLineField(label=_("Note"), required=False, max_length=240)


class AskForm(DeskForm):
    question = text(
        _("Question"),
        max_length=2000,
        missing=_("Write the question first."),
        help_text=_("The applicant gets it by letter and answers on their own page."),
    )


class RouteForm(DeskForm):
    route = choice(_("How the Steering Group decides"), Application.Route.choices)
    named_by = one(
        _("The decision that names this organisation"),
        Decision.objects.none(),
        required=False,
        help_text=_("For fast track only."),
    )
    note = text(
        _("Note for the Steering Group"),
        rows=6,
        missing=_("Write a note: what the Steering Group should know before it decides."),
        validators=[at_most_150_words],
        help_text=_("At most 150 words. It stands beside the application."),
    )

    def __init__(self, *args, record=None, **kwargs):
        given = {"route": record.route, "named_by": record.named_by_id, "note": record.route_note}
        super().__init__(*args, record=record, initial=given, **kwargs)
        self.fields["named_by"].queryset = decisions()
        if self.is_bound:
            words = len(self.data.get("note", "").split())
            self.fields["note"].help_text = gettext("At most 150 words; it has %(count)s now.") % {"count": words}


class RecusalForm(DeskForm):
    recused = forms.ModelMultipleChoiceField(
        label=_("Organisations that do not vote on this application"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For example of the same group. The applicant’s own seat never votes on it."),
    )

    def __init__(self, *args, record=None, **kwargs):
        chosen = [organisation.pk for organisation in record.recused.all()]
        super().__init__(*args, record=record, initial={"recused": chosen}, **kwargs)
        voting = Organisation.objects.filter(pk__in=Seat.objects.voting().values("organisation"))
        self.fields["recused"].queryset = voting.order_by("name").defer("search_vector")


class ApproveForm(DeskForm):
    decision = one(_("The decision that admits it"), Decision.objects.none())
    starts_on = day(_("Member from"), required=False, help_text=_("Empty: from the day of the decision."))
    ends_on = day(_("Member until"), required=False, help_text=_("The last day. Empty: until further notice."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decision"].queryset = decisions()


class PutOffForm(DeskForm):
    reason = text(
        _("Reason"), max_length=2000, missing=_("Give the reason; the applicant reads it."), help_text=_("The applicant reads it.")
    )  # fmt: skip
    decision = one(_("Decision on record"), Decision.objects.none(), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decision"].queryset = decisions()


class DeclineForm(PutOffForm):
    may_apply_again_on = day(
        _("May apply again from"), required=False, help_text=_("Empty: a new application is welcome at any time.")
    )


# ── ballots and decisions ────────────────────────────────────────────────


class BallotForm(DeskForm):
    """Prepare a ballot; times are those of Brussels. About an application the words and the times are proposed."""

    kind = choice(_("Kind"), Ballot.Kind.choices)
    title = line(_("Title"), max_length=200)
    question = text(_("Question"), rows=3, missing=_("Write the question to be answered."))
    note = text(
        _("Note of the Secretariat"), required=False, validators=[at_most_150_words], help_text=_("At most 150 words.")
    )
    is_blind = forms.BooleanField(
        label=_("Blind"), required=False, help_text=_("Others’ votes and notes are shown after one’s own vote only.")
    )
    opens_at = moment(_("Opens"), help_text=_("Empty: when you open it. Time of Brussels."))
    closes_at = moment(
        _("Closes"),
        help_text=_("Time of Brussels. A silence procedure never ends before the rule’s working days are over."),
    )

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, initial=self.proposed(record), **kwargs)

    @staticmethod
    def proposed(application):
        """Return what the form begins with: for fast track the silence procedure from now to the first end that the rule allows."""
        if application is None:
            return {"kind": Ballot.Kind.WRITTEN}
        name = application.organisation_name
        found = {
            "kind": Ballot.Kind.MEETING,
            "title": gettext("Admission of %(name)s") % {"name": name},
            "question": gettext("Shall %(name)s be admitted as a member of the coalition?") % {"name": name},
            "note": application.route_note,
        }
        if application.route == Application.Route.FAST_TRACK:
            found |= {"kind": Ballot.Kind.SILENCE, "closes_at": timezone.localtime(rules.first_end(timezone.now()))}
        return found


class DecisionForm(DeskForm):
    title = line(_("Title"), max_length=200)
    text = text(
        _("Text"), rows=8, missing=_("Write what was decided."), help_text=_("Markdown. It never changes afterwards.")
    )
    decided_on = day(_("Decided on"))
    procedure = choice(_("Procedure"), Decision.Procedure.choices)
    source = line(_("Source"), max_length=200, required=False, help_text=_("Where this is on record."))
    is_public = forms.BooleanField(
        label=_("Publish it"), required=False, help_text=_("On the page on how the coalition is run.")
    )


class SupersedeForm(DeskForm):
    new = one(_("The later decision that takes its place"), Decision.objects.none())

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["new"].queryset = decisions().exclude(pk=record.pk).filter(decided_on__gte=record.decided_on)


# ── memberships ──────────────────────────────────────────────────────────


class RenewForm(DeskForm):
    ends_on = day(_("New last day"), help_text=_("The new term begins on the day after the old one ends."))
    decision = one(_("Decision"), Decision.objects.none(), required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["decision"].queryset = decisions()
        if record is not None:
            term = record if isinstance(record, MembershipTerm) else record.memberships.order_by("starts_on").last()
            if term is not None and term.ends_on:
                self.fields["ends_on"].initial = a_year_after(term.ends_on)


def a_year_after(last_day):
    """Return the last day of a term of one year that follows: 31 January 2027 after 31 January 2026."""
    following = last_day + timedelta(days=1)
    try:
        return following.replace(year=following.year + 1) - timedelta(days=1)
    except ValueError:  # it would begin on 29 February
        return following.replace(year=following.year + 1, day=28)


class EndForm(DeskForm):
    ends_on = day(_("Last day"), initial=timezone.localdate)
    because = line(_("Reason"), max_length=240)


class SuspendForm(DeskForm):
    reason = line(_("Reason"), max_length=240, help_text=_("The organisation reads it; it is not public."))
    starts_on = day(_("From"), initial=timezone.localdate)
    ends_on = day(_("To"), required=False, help_text=_("The last day. Empty: until it is lifted."))
    decision = one(_("Decision"), Decision.objects.none(), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decision"].queryset = decisions()


# ── the memorandum ───────────────────────────────────────────────────────


class SignatureForm(DeskForm):
    """A signature on paper or from the records. Offered are members that have not signed, and at the end those of former days."""

    organisation = one(_("Organisation"), Organisation.objects.none())
    signed_on = day(_("Signed on"))
    signatory_name = line(_("Name or role of the signatory"), max_length=150)
    signatory_function = line(_("Function"), max_length=120, required=False)
    method = choice(
        _("How"),
        [(value, label) for value, label in Signature.Method.choices if value != Signature.Method.PORTAL],
        initial=Signature.Method.PAPER,
    )
    scan = forms.FileField(label=_("Scan"), required=False, help_text=_("PDF, PNG or JPEG."))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        signed = Signature.objects.filter(version=record).values("organisation")
        now = Exists(Organisation.objects.may_sign(timezone.localdate()).filter(pk=OuterRef("pk")))
        ever = Organisation.objects.may_sign(date.min).annotate(may_sign_now=now).with_membership()
        rows = ever.exclude(pk__in=signed)
        self.fields["organisation"].queryset = rows.order_by("-may_sign_now", "name").defer("search_vector")
        self.fields["organisation"].label_from_instance = as_member


def as_member(organisation):
    """Name an organisation, and one that is no member any more with the last day on which it was."""
    if organisation.may_sign_now:
        return str(organisation)
    facts = {"organisation": organisation, "day": date_format(organisation.until)}
    return gettext("%(organisation)s (member until %(day)s)") % facts


class VersionForm(forms.ModelForm):
    """A version of the memorandum, while it is a draft."""

    class Meta:
        model = MemorandumVersion
        fields = ["number", "title", "text", "file", "decision"]
        widgets = {"file": forms.FileInput}  # a private file has no address that another widget could show

    def clean_file(self):
        from efc.files import check_upload

        upload = self.cleaned_data.get("file")
        if upload and "file" in self.changed_data:
            media_type, _checked = check_upload(upload)
            if media_type != "application/pdf":
                raise forms.ValidationError(gettext("Choose a PDF."))
        return upload
