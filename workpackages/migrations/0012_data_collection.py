import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Collecting data: templates by version with their questions, rounds, returns with typed answers, comments; promises counted from them."""

    dependencies = [
        ("members", "0005_keep_the_numbers_of_a_rule"),
        ("workpackages", "0011_tasks_and_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="promise",
            name="counter",
            field=models.CharField(
                choices=[
                    ("deliverable", "The deliverable was handed in"),
                    ("memorandum", "Memoranda that every member has signed"),
                    ("trainings", "Training courses held"),
                    ("awareness", "Awareness events held"),
                    ("press_conferences", "Press conferences held"),
                    ("press_releases", "Press releases published"),
                    ("newsletters", "Newsletters sent"),
                    ("analyses", "Strategic assessments published"),
                    ("leaflets", "Leaflets published"),
                    ("meetings", "Meetings with other networks held"),
                    ("data_templates", "Templates for collecting data put in force"),
                    ("data_rounds", "Rounds of collecting data closed"),
                    ("test_transactions", "The mechanism for test transactions stands"),
                ],
                max_length=20,
                verbose_name="counted from",
            ),
        ),
        migrations.CreateModel(
            name="DataReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_name", models.CharField(max_length=150, verbose_name="organisation then")),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("law_enforcement", "Law enforcement"),
                            ("judicial_eu", "Judicial or EU agency or institution"),
                            ("payment", "Payment and financial services"),
                            ("technology", "Internet and technology"),
                            ("ngo", "NGO and hotline"),
                            ("academia", "Academia"),
                            ("public_authority", "Public authority"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="sector then",
                    ),
                ),
                (
                    "seat",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("chair", "Chair"),
                            ("full", "Full member"),
                            ("advisory", "Advisory member"),
                            ("observer", "Observer"),
                            ("secretariat", "Secretariat"),
                        ],
                        max_length=12,
                        verbose_name="seat then",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("awaited", "Not begun"),
                            ("draft", "Begun"),
                            ("submitted", "Sent"),
                            ("reopened", "Open again"),
                        ],
                        db_index=True,
                        default="awaited",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("is_nothing", models.BooleanField(default=False, editable=False, verbose_name="nothing to report")),
                ("revision", models.PositiveIntegerField(default=0, editable=False, verbose_name="how often saved")),
                ("saved_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="saved")),
                ("submitted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="sent")),
                (
                    "open_until",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="open again until"),
                ),
                (
                    "reopened_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("figure", "A figure needs a second look"),
                            ("question", "A question was understood differently"),
                            ("asked", "The organisation asked for it"),
                            ("time", "It could not be sent in time"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="opened again because",
                    ),
                ),
                ("reminded_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reminded")),
                (
                    "first_notice_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reminded a week before"),
                ),
                (
                    "second_notice_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reminded a day before"),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_returns",
                        to="members.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saved by",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "return",
                "verbose_name_plural": "returns",
                "ordering": ["round", "organisation_name", "pk"],
                "permissions": [
                    ("fill_datareturn", "Can fill in a return for an organisation"),
                    ("keep_datareturn", "Can read a single return and open it again"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, verbose_name="comment")),
                ("written_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "data_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="workpackages.datareturn",
                        verbose_name="return",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment on a return",
                "verbose_name_plural": "comments on returns",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="DataRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "title",
                    models.CharField(
                        help_text="For example Figures of the first half of 2026.", max_length=120, verbose_name="title"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day of the period")),
                ("ends_on", models.DateField(verbose_name="last day of the period")),
                (
                    "opens_on",
                    models.DateField(
                        help_text="The clock opens it on that morning, unless you do so before.",
                        verbose_name="opens on",
                    ),
                ),
                (
                    "due_on",
                    models.DateField(
                        help_text="Returns are taken until the end of this day, Brussels time.", verbose_name="due on"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("full", "The seats with a vote in the Steering Group"),
                            ("steering_group", "All seats of the Steering Group, advisory ones too"),
                            ("members", "All members"),
                        ],
                        default="members",
                        max_length=15,
                        verbose_name="who is asked",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Prepared"), ("open", "Open"), ("closed", "Closed")],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="opened")),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed")),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="demonstration record")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prepared by",
                    ),
                ),
                (
                    "work_package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_rounds",
                        to="workpackages.workpackage",
                        verbose_name="work package",
                    ),
                ),
            ],
            options={
                "verbose_name": "round of collecting data",
                "verbose_name_plural": "rounds of collecting data",
                "ordering": ["-ends_on", "-pk"],
                "permissions": [
                    (
                        "keep_dataround",
                        "Can prepare rounds of collecting data, read returns, remind and open them again",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="datareturn",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="workpackages.dataround",
                verbose_name="round",
            ),
        ),
        migrations.CreateModel(
            name="DataTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("version", models.PositiveSmallIntegerField(default=1, editable=False, verbose_name="version")),
                (
                    "guidance",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. What is counted, from when to when, and what is not.",
                        max_length=6000,
                        verbose_name="guidance",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("in_force", "In force"), ("replaced", "Replaced")],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "in_force_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="in force since"),
                ),
                ("replaced_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="replaced")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                (
                    "work_package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_templates",
                        to="workpackages.workpackage",
                        verbose_name="work package",
                    ),
                ),
            ],
            options={
                "verbose_name": "template for collecting data",
                "verbose_name_plural": "templates for collecting data",
                "ordering": ["name", "-version"],
                "permissions": [
                    ("keep_datatemplate", "Can prepare templates for collecting data and put them in force")
                ],
            },
        ),
        migrations.AddField(
            model_name="dataround",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rounds",
                to="workpackages.datatemplate",
                verbose_name="template",
            ),
        ),
        migrations.CreateModel(
            name="DataField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                ("section", models.CharField(blank=True, max_length=80, verbose_name="section")),
                (
                    "key",
                    models.CharField(
                        help_text="Small letters, digits and _, for example cases_total. It stays the same over the versions, so that rounds can be compared.",
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[a-z][a-z0-9_]*\\Z", "Write small letters, digits and _, beginning with a letter."
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                ("label", models.CharField(max_length=160, verbose_name="question")),
                ("help_text", models.CharField(blank=True, max_length=300, verbose_name="help")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("count", "Count: a whole number"),
                            ("percentage", "Percentage: 0 to 100"),
                            ("yes_no", "Yes or no"),
                            ("choice", "One of a list"),
                            ("month", "Month"),
                            ("date", "Day"),
                        ],
                        default="count",
                        max_length=10,
                        verbose_name="kind of answer",
                    ),
                ),
                (
                    "choices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="For “One of a list”: the entries, with commas between them.",
                        size=None,
                        verbose_name="list",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True, help_text="For example cases, accounts, days.", max_length=30, verbose_name="unit"
                    ),
                ),
                (
                    "minimum",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(999999999)],
                        verbose_name="at least",
                    ),
                ),
                (
                    "ceiling",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="A number above this is taken only after the person has confirmed it.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(999999999),
                        ],
                        verbose_name="asks to confirm above",
                    ),
                ),
                ("is_required", models.BooleanField(default=True, verbose_name="must be answered")),
                (
                    "is_of_people",
                    models.BooleanField(
                        default=False,
                        help_text="Sums below 5, other than 0, are then not shown.",
                        verbose_name="counts people or cases",
                    ),
                ),
                (
                    "part_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="The count that this one must not exceed.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="parts",
                        to="workpackages.datafield",
                        verbose_name="part of",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fields",
                        to="workpackages.datatemplate",
                        verbose_name="template",
                    ),
                ),
            ],
            options={
                "verbose_name": "question of a template",
                "verbose_name_plural": "questions of a template",
                "ordering": ["template", "order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DataValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=11, null=True, verbose_name="number"),
                ),
                ("yes", models.BooleanField(blank=True, null=True, verbose_name="yes or no")),
                ("choice", models.CharField(blank=True, max_length=60, verbose_name="choice")),
                ("day", models.DateField(blank=True, null=True, verbose_name="day")),
                ("is_confirmed", models.BooleanField(default=False, verbose_name="confirmed although unusual")),
                (
                    "data_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values",
                        to="workpackages.datareturn",
                        verbose_name="return",
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="workpackages.datafield",
                        verbose_name="question",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "ordering": ["data_return", "field__order", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="datareturn",
            constraint=models.UniqueConstraint(fields=("round", "organisation"), name="workpackages_return_once"),
        ),
        migrations.AddConstraint(
            model_name="datareturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "submitted"), _negated=True), ("submitted_at__isnull", False), _connector="OR"
                ),
                name="workpackages_return_sent_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="datareturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "reopened"), _negated=True),
                    models.Q(("open_until__isnull", False), models.Q(("reopened_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="workpackages_return_reopened_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="datatemplate",
            constraint=models.UniqueConstraint(fields=("name", "version"), name="workpackages_template_version_once"),
        ),
        migrations.AddConstraint(
            model_name="datatemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "in_force")), fields=("name",), name="workpackages_template_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="datatemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "draft")), fields=("name",), name="workpackages_template_one_draft"
            ),
        ),
        migrations.AddConstraint(
            model_name="datatemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "draft"), ("in_force_at__isnull", False), _connector="OR"),
                name="workpackages_template_in_force_has_day",
            ),
        ),
        migrations.AddIndex(
            model_name="dataround",
            index=models.Index(fields=["status", "due_on"], name="workpackages_round_due"),
        ),
        migrations.AddConstraint(
            model_name="dataround",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="workpackages_round_ends_after_start",
                violation_error_message="The last day lies before the first day. Give a later last day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataround",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("opens_on"))),
                name="workpackages_round_due_after_opening",
                violation_error_message="It would be due before it opens. Give a later day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataround",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "draft"), ("opened_at__isnull", False), _connector="OR"),
                name="workpackages_round_open_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "closed"), _negated=True), ("closed_at__isnull", False), _connector="OR"
                ),
                name="workpackages_round_closed_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="datafield",
            constraint=models.UniqueConstraint(
                fields=("template", "key"),
                name="workpackages_field_key_once",
                violation_error_message="This template has a question of that key already. Choose another key.",
            ),
        ),
        migrations.AddConstraint(
            model_name="datafield",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "count"), models.Q(("is_of_people", False), ("part_of", None)), _connector="OR"
                ),
                name="workpackages_field_parts_are_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="datafield",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "choice"), ("choices", []), _connector="OR"),
                name="workpackages_field_list_for_choice",
            ),
        ),
        migrations.AddConstraint(
            model_name="datafield",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum", None), ("ceiling", None), ("ceiling__gte", models.F("minimum")), _connector="OR"
                ),
                name="workpackages_field_ceiling_above_minimum",
                violation_error_message="The number to confirm above lies below the least one. Give a higher one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="datavalue",
            constraint=models.UniqueConstraint(fields=("data_return", "field"), name="workpackages_value_once"),
        ),
        migrations.AddConstraint(
            model_name="datavalue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("choice", ""), ("day", None), ("number__isnull", False), ("yes", None)),
                    models.Q(("choice", ""), ("day", None), ("number", None), ("yes__isnull", False)),
                    models.Q(("day", None), ("number", None), ("yes", None), models.Q(("choice", ""), _negated=True)),
                    models.Q(("choice", ""), ("day__isnull", False), ("number", None), ("yes", None)),
                    _connector="OR",
                ),
                name="workpackages_value_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="datavalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", None), ("number__gte", 0), _connector="OR"),
                name="workpackages_value_not_negative",
            ),
        ),
    ]
