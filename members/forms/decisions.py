from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members import rules
from members.models import Decision

YEAR_OR_NUMBER = _("Choose one from the list.")


class DecisionFilter(forms.Form):
    """What the register is filtered by."""

    q = forms.CharField(
        label=_("Words or number"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    year = forms.TypedChoiceField(
        label=_("Year"), required=False, coerce=int, empty_value=None, error_messages={"invalid_choice": YEAR_OR_NUMBER}
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *Decision.Status.choices],
        error_messages={"invalid_choice": YEAR_OR_NUMBER},
    )

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("All years")), *((year, year) for year in years)]


class DecisionForm(forms.ModelForm):
    """A decision taken elsewhere, recorded by hand. Its number is given when it is saved."""

    decided_on = forms.DateField(
        label=_("Decided on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the day as year, month and day, for example 2015-03-17.")},
    )

    class Meta:
        model = Decision
        fields = ["title", "text", "decided_on", "procedure", "source", "is_public"]
        labels = {"is_public": _("Show on the public page on how the coalition is run")}
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}

    def clean_decided_on(self):
        day = self.cleaned_data["decided_on"]
        if day > rules.brussels_day(timezone.now()):
            raise forms.ValidationError(_("This day lies ahead. Give the day on which it was decided."))
        return day


class SupersedeForm(forms.Form):
    """Which later decision takes the place of one."""

    new = forms.ModelChoiceField(
        label=_("Superseded by"),
        queryset=Decision.objects.none(),
        empty_label=_("Choose the later decision"),
        error_messages={"required": _("Choose the later decision."), "invalid_choice": _("Choose one from the list.")},
    )

    def __init__(self, *args, decision, user, **kwargs):
        super().__init__(*args, **kwargs)
        later = Decision.objects.visible_to(user).exclude(status=Decision.Status.SUPERSEDED).exclude(pk=decision.pk)
        self.fields["new"].queryset = later.filter(decided_on__gte=decision.decided_on)
