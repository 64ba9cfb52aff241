from django import forms
from django.utils.translation import gettext_lazy as _

from workpackages.forms.tasks import CHOOSE, package_field
from workpackages.models import Document

FORMATS = _("PDF, Word, Excel, PNG or JPEG.")
ACCESS = [
    (Document.Access.TEAM, _("The work package and the Steering Group")),
    (Document.Access.MEMBERS, _("All members of the coalition")),
    (Document.Access.PUBLIC, _("Everybody: it stands on the public page of the work package at once")),
]
DELIVERABLE = "deliverable"  # stands beside the kinds of documents where files of deliverables are listed too


def access_field():
    return forms.ChoiceField(
        label=_("Who may read it"), choices=ACCESS, initial=Document.Access.TEAM, widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )  # fmt: skip


class ChangeDocumentForm(forms.Form):
    """What a document is called, of which kind it is and who may read it."""

    title = forms.CharField(
        label=_("Title"), max_length=200, error_messages={"required": _("Give the document a title.")}
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Document.Kind, error_messages={"invalid_choice": CHOOSE})
    about = forms.CharField(
        label=_("What it is about"), max_length=300, required=False, help_text=_("One sentence; the search finds it.")
    )
    access = access_field()


class DocumentForm(ChangeDocumentForm):
    """A document with its first file."""

    file = forms.FileField(
        label=_("File"), help_text=FORMATS, error_messages={"required": _("Choose the file of the document.")}
    )


class VersionForm(forms.Form):
    """The next version of a document."""

    file = forms.FileField(label=_("File"), help_text=FORMATS, error_messages={"required": _("Choose the new file.")})
    note = forms.CharField(
        label=_("What is new"), max_length=200, required=False, help_text=_("For example: with the comments of May.")
    )


class WithdrawForm(forms.Form):
    """Why a document is withdrawn."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence. The people of the work package still see the document, with this reason."),
        error_messages={"required": _("Say in one sentence why it is withdrawn: those who have used it will ask.")},
    )  # fmt: skip


class ShareForm(forms.Form):
    """Who may read a file of a deliverable."""

    access = access_field()


class ShelfForm(forms.Form):
    """What the list of documents is narrowed to."""

    q = forms.CharField(
        label=_("Words"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    wp = forms.ChoiceField(label=_("Work package"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Document.Kind.choices, (DELIVERABLE, _("Deliverable"))]
    )  # fmt: skip

    def __init__(self, *args, packages=(), **kwargs):
        super().__init__(*args, **kwargs)
        programmes = {package.programme.slug: str(package.programme) for package in packages}
        self.fields["programme"].choices = [("", _("All programmes")), *programmes.items()]
        self.fields["wp"].choices = [
            ("", _("All work packages")),
            *((package.path, f"{package} ({package.programme})") for package in packages),
        ]
        for name in ("programme", "wp", "kind"):
            self.fields[name].error_messages["invalid_choice"] = CHOOSE


class NewDocumentForm(DocumentForm):
    """A document of any work package, at the desk."""

    package = package_field()
    field_order = ["package"]

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, **kwargs)


class DeskVersionForm(VersionForm):
    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, **kwargs)


class DeskWithdrawForm(WithdrawForm):
    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, **kwargs)
