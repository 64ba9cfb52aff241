from django import forms
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from members.models import Person, Representative
from workpackages.forms.deliverables import day_field
from workpackages.models import Deliverable, Task, WorkPackage, team_of

CHOOSE = _("Choose one from the list.")


def package_field():
    return forms.ModelChoiceField(
        WorkPackage.objects.select_related("programme").order_by("-programme__starts_on", "number"), label=_("Work package")
    )  # fmt: skip


class TeamField(forms.ModelChoiceField):
    """One of the people of a work package, named as the reader may see them; by their full names where no reader is given, as at the desk."""

    user = None

    def of(self, package, user, also=None):
        """Offer the people of a work package today, and whoever has it now."""
        acts_for = Representative.objects.as_of().filter(person=OuterRef("pk")).order_by("pk")
        people = team_of(package)
        rows = people.model.objects.filter(Q(pk__in=people.order_by().values("pk")) | Q(pk=also)).order_by("name", "pk")
        self.queryset = rows.annotate(acts_for=Subquery(acts_for.values("organisation__name")[:1]))
        self.user = user

    def label_from_instance(self, person):
        name = str(person.name_for(self.user) if self.user else person)
        return f"{name}, {person.acts_for}" if person.acts_for and person.acts_for not in name else name


class TaskForm(forms.Form):
    """A task of a work package."""

    title = forms.CharField(
        label=_("What is to do"), max_length=200, help_text=_("For example: Ask the trainers for their slides."),
        error_messages={"required": _("Say in a few words what is to do.")},
    )  # fmt: skip
    assignee = TeamField(
        None, label=_("Who does it"), required=False, empty_label=_("Nobody yet"), error_messages={"invalid_choice": CHOOSE},
        help_text=_("Who gets it from somebody else receives a letter."),
    )  # fmt: skip
    due_on = day_field(label=_("Until"), required=False)
    deliverable = forms.ModelChoiceField(
        Deliverable.objects.none(), label=_("Deliverable it belongs to"), required=False, empty_label=_("None"),
        error_messages={"invalid_choice": CHOOSE},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No case material, and no names of people concerned."),
    )  # fmt: skip

    def __init__(self, *args, package, user, task=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].of(package, user, also=task.assignee_id if task else None)
        rows = package.deliverables.visible_to(user).select_related("work_package").defer("description")
        self.fields["deliverable"].queryset = rows.order_by("number")


class NewTaskForm(forms.Form):
    """A task of any work package, at the desk; the verb says who takes part in it."""

    package = package_field()
    title = forms.CharField(label=_("What is to do"), max_length=200)
    assignee = forms.ModelChoiceField(
        Person.objects.order_by("name"), label=_("Who does it"), required=False, empty_label=_("Nobody yet")
    )
    due_on = day_field(label=_("Until"), required=False)
    deliverable = forms.ModelChoiceField(
        Deliverable.objects.select_related("work_package").defer("description").order_by("work_package", "number"),
        label=_("Deliverable it belongs to"), required=False, empty_label=_("None"),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, **kwargs)


class AssignForm(forms.Form):
    """Who has a task from now on, at the desk."""

    assignee = TeamField(
        None,
        label=_("Who does it"),
        required=False,
        empty_label=_("Nobody yet"),
        error_messages={"invalid_choice": CHOOSE},
    )

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].of(record.work_package, None)


class InboxForm(forms.Form):
    """Where a person is led after the act: back to the own list, or to the work package."""

    back = forms.ChoiceField(choices=[("inbox", ""), ("area", "")], required=False)


def initial_of(task: Task):
    """Return what the form of a task begins with."""
    return {name: getattr(task, name) for name in ("title", "assignee", "due_on", "deliverable", "note")}
