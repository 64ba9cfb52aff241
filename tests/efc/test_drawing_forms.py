"""Forms as the browser and the screen reader get them."""

import re

from django import forms
from django.template import Context, Template


class Application(forms.Form):
    name = forms.CharField(label="Your name")
    email = forms.EmailField(
        label="Your address", help_text="We write <b>once</b>.", error_messages={"invalid": "Enter an address."}
    )
    note = forms.CharField(label="Note", required=False)
    sector = forms.ChoiceField(label="Sector", choices=[("a", "Police"), ("b", "Bank")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="I agree", help_text="To the rules.")


def draw(form, template="{% error_summary form %}{{ form }}"):
    return Template(template).render(Context({"form": form}))


def test_every_label_and_every_description_points_at_something_there():
    html = draw(Application({"email": "nobody"}))
    ids = set(re.findall(r' id="([^"]+)"', html))
    assert len(ids) == len(re.findall(r' id="', html))
    for attribute in ("for", "aria-describedby", "aria-labelledby"):
        for value in re.findall(rf' {attribute}="([^"]+)"', html):
            assert set(value.split()) <= ids, (attribute, value)
    assert set(re.findall(r'href="#([^"]+)"', html)) == {"id_name", "id_email", "id_sector_0", "id_agreed"}
    assert set(re.findall(r'href="#([^"]+)"', html)) <= ids


def test_a_field_in_error_says_so_to_all():
    html = draw(Application({"email": "nobody", "name": "N", "sector": "a", "agreed": "on"}))
    field = re.search(r'<input type="email"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_email_helptext id_email_error"' in field
    assert 'value="nobody"' in field
    assert html.count("Enter an address.") == 2  # at the field and in the summary
    assert html.count('class="field field--bad"') == 1
    assert "One answer needs another look" in html


def test_the_summary_names_the_field_where_the_error_does_not():
    summary = draw(Application({}), "{% error_summary form %}")
    assert '<a href="#id_name">Your name: Fill in this field.</a>' in summary
    assert "4 answers need another look" in summary
    assert 'tabindex="-1"' in summary


def test_an_error_of_the_whole_form_has_no_field_to_go_to():
    form = Application({"name": "N", "email": "n@member.example", "sector": "a", "agreed": "on"})
    form.add_error(None, "Two <accounts> have this name.")
    summary = draw(form, "{% error_summary form %}")
    assert "<li>Two &lt;accounts&gt; have this name.</li>" in summary
    assert "Please check this" in summary


def test_a_form_without_errors_has_no_summary_and_marks_what_may_stay_empty():
    html = draw(Application())
    assert "error-summary" not in html
    assert re.findall(r"<label[^>]*>([^<]*) <span class=\"optional\">", html) == ["Note"]
    assert "aria-invalid" not in html


def test_the_title_of_a_page_with_errors_says_error_first():
    title = "{% head_title %}Apply{% endhead_title %}"
    assert "<title>Error: Apply – European Financial Coalition</title>" in draw(Application({}), title)
    assert "<title>Apply – European Financial Coalition</title>" in draw(Application(), title)
