from django import forms
from django.utils.translation import gettext_lazy as _

from workpackages.models import WorkPackage


class ResultsForm(forms.Form):
    """What the results are filtered by."""

    wp = forms.ChoiceField(label=_("Work package"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)

    def __init__(self, *args, packages=(), years=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["wp"].choices = [
            ("", _("All work packages")),
            *((package.path, f"{package} ({package.programme})") for package in packages),
        ]
        self.fields["year"].choices = [("", _("All years")), *((str(year), str(year)) for year in years)]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("Choose one from the list.")


class WorkPackageForm(forms.ModelForm):
    """A work package at the desk: its objectives are those of its own programme."""

    class Meta:
        model = WorkPackage
        fields = ["programme", "number", "name", "slug", "aim", "description", "objectives"]
        widgets = {"objectives": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "objectives" in self.fields:
            self.fields["objectives"].queryset = self.instance.programme.objectives.all()

    def clean(self):
        super().clean()
        programme = self.cleaned_data.get("programme")
        foreign = [
            o for o in self.cleaned_data.get("objectives", []) if o.programme_id != getattr(programme, "pk", None)
        ]
        if programme and foreign:
            self.add_error("objectives", _("Choose objectives of the same programme."))
