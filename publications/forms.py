"""Input of the desk: files of publications."""

from django import forms
from django.conf import settings

from efc import files
from publications.models import Rendition
from publications.services import receive_file


class RenditionForm(forms.ModelForm):
    """A file is looked into before it is kept; its size, SHA-256 and name follow from it."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, initial="en")

    class Meta:
        model = Rendition
        fields = ["title", "language", "file", "is_accessible", "order"]
        widgets = {"file": forms.FileInput}

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if "file" in self.changed_data:
            self.checked = files.check_upload(upload)
        return upload

    def save(self, commit=True):
        if "file" in self.changed_data:
            receive_file(self.instance, self.cleaned_data["file"].name, *self.checked)
        return super().save(commit)
