from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Organisation
from workpackages.forms.deliverables import day_field
from workpackages.models import Level, Risk, RiskState

ANSWERS = [("yes", _("Yes")), ("no", _("No"))]


class RiskForm(forms.ModelForm):
    """A risk in the words of its lead; only the Secretariat enters what the contract foresees, with its number there."""

    class Meta:
        model = Risk
        fields = ["is_foreseen", "number", "title", "effect", "likelihood", "impact", "mitigation", "owner"]
        widgets = {
            "effect": forms.Textarea(attrs={"rows": 2}), "mitigation": forms.Textarea(attrs={"rows": 4}),
            "likelihood": forms.RadioSelect, "impact": forms.RadioSelect,
        }  # fmt: skip

    def __init__(self, *args, package, may_foresee=False, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk or not may_foresee:
            del self.fields["is_foreseen"], self.fields["number"]
        else:
            self.fields["number"].required = False
            self.fields["number"].help_text = _("As in the contract. Others get the next number.")
        if self.instance.is_foreseen:
            del self.fields["title"]  # the contract's words
        for name in ("likelihood", "impact"):
            self.fields[name].choices = Level.choices
            self.fields[name].error_messages |= {"required": _("Choose one."), "invalid_choice": _("Choose one.")}
        of_programme = Q(leads__work_package__programme=package.programme_id) | Q(
            contributions__work_package__programme=package.programme_id
        )
        chosen = Q(pk=self.instance.owner_id)
        self.fields["owner"].queryset = (
            Organisation.objects.filter(of_programme | chosen).distinct().defer("description", "search_vector").order_by("name")
        )  # fmt: skip
        self.fields["owner"].empty_label = _("The leads of the work package")
        self.fields["owner"].error_messages["invalid_choice"] = _("Choose one from the list.")

    def validate_unique(self):
        """Leave it to the verb, which knows the work package."""


class CloseForm(forms.Form):
    """Since when a risk needs no more watching."""

    closed_on = day_field(label=_("Closed on"), initial=timezone.localdate)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, **kwargs)


def answer_field(label):
    return forms.ChoiceField(
        label=label, choices=ANSWERS, widget=forms.RadioSelect, required=False, error_messages={"invalid_choice": _("Choose one.")}
    )  # fmt: skip


class StateForm(forms.Form):
    """The state of play of one risk; a form in which nothing is answered says nothing."""

    occurred = answer_field(_("Did it occur in the period?"))
    mitigated = answer_field(_("Were the mitigation measures applied?"))
    comment = forms.CharField(
        label=_("Comment"), max_length=RiskState._meta.get_field("comment").max_length, required=False,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=_("One to three sentences."),
    )  # fmt: skip

    def __init__(self, *args, risk, **kwargs):
        self.risk = risk
        [self.state] = risk.stated or [None]
        if self.state:
            kwargs["initial"] = {
                "occurred": "yes" if self.state.occurred else "no",
                "mitigated": "yes" if self.state.mitigated else "no",
                "comment": self.state.comment,
            }
        super().__init__(*args, prefix=f"r{risk.number}", **kwargs)

    def clean(self):
        asked = super().clean()
        if any(asked.get(name) for name in self.fields) or self.errors:
            for name in ("occurred", "mitigated"):
                if not asked.get(name) and name not in self.errors:
                    self.add_error(name, _("Choose one."))
            if not asked.get("comment", "").strip() and "comment" not in self.errors:
                self.add_error("comment", _("Say in one to three sentences how it stands."))
        return asked

    @property
    def is_answered(self):
        return self.has_changed() and bool(self.cleaned_data.get("comment"))

    @property
    def said(self):
        """Return what the verb takes."""
        asked = self.cleaned_data
        return {
            "occurred": asked["occurred"] == "yes",
            "mitigated": asked["mitigated"] == "yes",
            "comment": asked["comment"],
        }
