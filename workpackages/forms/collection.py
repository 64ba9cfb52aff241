"""Preparing templates and rounds."""

from django import forms
from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from workpackages.forms.deliverables import day_field
from workpackages.models import DataField, DataRound, DataTemplate, Programme, WorkPackage
from workpackages.models.collection import kept_by

NOT_ON_LIST = {"invalid_choice": _("Choose one from the list."), "required": _("Choose one from the list.")}


class TemplateForm(forms.ModelForm):
    """The name and the guidance of a template; the first version is given its work package too."""

    class Meta:
        model = DataTemplate
        fields = ["work_package", "name", "guidance"]
        widgets = {"guidance": forms.Textarea(attrs={"rows": 8})}
        error_messages = {
            "work_package": NOT_ON_LIST, "name": {"required": _("Give it a name, for example Template for collecting data.")},
            "guidance": {"max_length": _("This has %(show_value)d characters. Shorten it to 6,000.")},
        }  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        offer_packages(self.fields["work_package"], user)
        self.fields["work_package"].empty_label = _("Choose one")
        if self.instance.pk:
            del self.fields["work_package"]
        if self.instance.version > 1:
            del self.fields["name"]

    def _post_clean(self):
        """Leave the checks of the whole row to the verb."""


class FieldForm(forms.ModelForm):
    """One question. Its checks stand on the model."""

    class Meta:
        model = DataField
        fields = [
            "section", "order", "label", "key", "help_text", "kind", "choices", "unit", "minimum", "ceiling", "is_required",
            "is_of_people", "part_of",
        ]  # fmt: skip
        error_messages = {
            "key": {"required": _("Give it a key, for example cases_total.")},
            "label": {"required": _("Write the question.")},
            "part_of": NOT_ON_LIST,
            "kind": NOT_ON_LIST,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        counts = self.instance.template.fields.filter(kind=DataField.Kind.COUNT).exclude(pk=self.instance.pk)
        self.fields["part_of"].queryset = counts
        self.fields["part_of"].empty_label = _("Of none")
        for name in ("order", "minimum", "ceiling"):
            self.fields[name].error_messages["invalid"] = _("Write a whole number.")


def offer_packages(field, user):
    """Let a field choose among the work packages whose data this person keeps: of each programme by its name, the running one first."""
    runs = Case(When(programme__in=Programme.objects.ran_on().values("pk"), then=0), default=1)
    field.queryset = kept_by(user).select_related("programme").order_by(runs, "-programme__starts_on", "number")
    field.label_from_instance = lambda package: f"{package}, {package.programme}"


class RoundForm(forms.ModelForm):
    """A round: by which version in force, about which period, who is asked until when."""

    starts_on = day_field(label=_("First day of the period"))
    ends_on = day_field(label=_("Last day of the period"))
    opens_on = day_field(
        label=_("Opens on"),
        help_text=_("The clock opens it on that morning, unless you do so before. What is prepared or changed on the day itself it opens on the next morning."),
    )  # fmt: skip
    due_on = day_field(label=_("Due on"), help_text=_("Returns are taken until the end of this day, Brussels time."))

    class Meta:
        model = DataRound
        fields = ["work_package", "template", "title", "starts_on", "ends_on", "opens_on", "due_on", "audience"]
        widgets = {"audience": forms.RadioSelect}
        error_messages = {
            "work_package": NOT_ON_LIST, "template": NOT_ON_LIST, "audience": NOT_ON_LIST,
            "title": {"required": _("Give it a title, for example Figures of the first half of 2026.")},
        }  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        offer_packages(self.fields["work_package"], user)
        self.fields["template"].queryset = DataTemplate.objects.visible_to(user).in_force()
        for name in ("work_package", "template"):
            self.fields[name].empty_label = _("Choose one")

    def _post_clean(self):
        """Leave the checks of the whole row to the verb."""


class ExtendForm(forms.Form):
    due_on = day_field(label=_("New day"), help_text=_("For all organisations of the round."))


class QuestionForm(forms.Form):
    """Which question the chart over the rounds shows."""

    question = forms.ChoiceField(label=_("Question"), required=False, error_messages=NOT_ON_LIST)

    def __init__(self, *args, questions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["question"].choices = [(one.key, one.label) for one in questions]


class PackageForm(forms.Form):
    """Which work package the next version of a template belongs to."""

    work_package = forms.ModelChoiceField(
        WorkPackage.objects.none(), label=_("Work package"), error_messages=NOT_ON_LIST
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        offer_packages(self.fields["work_package"], user)
