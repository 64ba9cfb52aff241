"""How forms are drawn: label, hint, error, control, as in `templates/django/forms/`."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
