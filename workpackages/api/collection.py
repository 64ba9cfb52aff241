"""Data collection in the API: templates, rounds with what they add up to, and returns: read, filled in, sent, opened again."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from efc.openapi import example
from efc.permissions import require
from efc.rest import ActsViewSet, OwnReadViewSet
from workpackages.forms.returns import ReturnForm
from workpackages.models import COMMENT, DataField, DataReturn, DataRound, DataTemplate
from workpackages.services import consolidated, returns

QUESTION = {
    "key": "cases", "section": "Cases", "label": "Cases opened", "help_text": "", "kind": "count", "choices": [], "unit": "cases",
    "minimum": None, "ceiling": 5000, "is_required": True, "is_of_people": True, "part_of": None,
}  # fmt: skip
ROUND = {
    "id": 3, "title": "Second half of 2026", "programme": "2026", "work_package": 2, "template": 4, "starts_on": "2026-07-01",
    "ends_on": "2026-12-31", "opens_on": "2027-01-11", "due_on": "2027-02-12", "status": "open", "audience": "members",
}  # fmt: skip
RETURN = {
    "id": 41, "round": 3, "organisation": "example-bank", "organisation_name": "Example Bank", "status": "draft", "is_nothing": False,
    "revision": 2, "due_on": "2027-02-12", "is_open": True, "is_late": False, "submitted_at": None,
    "values": {"cases": 12, "share": "12.5", "has_process": True, "since": "2024-03"},
}  # fmt: skip


class QuestionSerializer(serializers.ModelSerializer):
    part_of = serializers.SlugRelatedField("key", read_only=True, allow_null=True)

    class Meta:
        model = DataField
        fields = list(QUESTION)


@extend_schema_serializer(
    examples=[
        example(
            {
                "id": 4, "name": "Template for collecting data", "version": 2, "status": "in_force", "guidance": "",
                "in_force_at": "2026-05-04T09:00:00+02:00", "questions": [QUESTION],
            }
        )
    ]
)  # fmt: skip
class DataTemplateSerializer(serializers.ModelSerializer):
    questions = QuestionSerializer(source="fields", many=True, read_only=True)

    class Meta:
        model = DataTemplate
        fields = ["id", "name", "version", "status", "guidance", "in_force_at", "questions"]


class DataTemplateViewSet(OwnReadViewSet):
    """Versions of the form: those in force and before, and drafts for their keepers."""

    queryset = DataTemplate.objects.prefetch_related("fields__part_of")
    serializer_class = DataTemplateSerializer
    filterset_fields = ["status", "name"]


@extend_schema_serializer(examples=[example(ROUND)])
class DataRoundSerializer(serializers.ModelSerializer):
    programme = serializers.CharField(source="work_package.programme.slug")
    work_package = serializers.IntegerField(source="work_package.number")

    class Meta:
        model = DataRound
        fields = list(ROUND)


class CellSerializer(serializers.Serializer):
    group = serializers.CharField(help_text=_("law, ind or civ; all for the total."))
    shown = serializers.CharField(help_text=_("As the page shows it; “< 5” and “withheld” where a number is hidden."))
    number = serializers.IntegerField(allow_null=True)


class LineSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    measure = serializers.CharField()
    returns = serializers.IntegerField()
    cells = CellSerializer(many=True)


@extend_schema_serializer(
    examples=[
        example(
            {
                "asked": 12, "sent": 11, "late": 1, "missing": 1, "nothing": 2,
                "lines": [{"key": "cases", "label": "Cases opened", "measure": "sum", "returns": 11,
                           "cells": [{"group": "law", "shown": "48", "number": 48}, {"group": "ind", "shown": "< 5", "number": None}]}],
            }
        )
    ]
)  # fmt: skip
class ConsolidatedSerializer(serializers.Serializer):
    asked = serializers.IntegerField()
    sent = serializers.IntegerField()
    late = serializers.IntegerField()
    missing = serializers.IntegerField()
    nothing = serializers.IntegerField()
    lines = LineSerializer(many=True)


def as_data(table):
    """Return a consolidated table as plain data: what its page shows, and nothing more."""
    groups = [*(group.value for group in table.groups), "all"]
    return {
        **{name: table.counts[name] for name in ("asked", "sent", "late", "missing", "nothing")},
        "lines": [
            {
                "key": line.field.key, "label": line.field.label, "measure": line.measure, "returns": line.answers,
                "cells": [{"group": group, "shown": cell.text, "number": cell.number} for group, cell in zip(groups, line.cells, strict=True)],
            }
            for line in table.lines
        ],
    }  # fmt: skip


class DataRoundViewSet(OwnReadViewSet):
    """Rounds one may see, and what a closed one adds up to."""

    queryset = DataRound.objects.select_related("work_package__programme", "template")
    serializer_class = DataRoundSerializer
    filterset_fields = ["status"]
    ordering_fields = ["due_on", "ends_on", "id"]

    @extend_schema(responses=ConsolidatedSerializer, summary="What the returns add up to, small figures hidden")
    @action(detail=True, methods=["get"], filter_backends=[])
    def consolidated(self, request, pk):
        round_ = self.get_object()
        if not consolidated.may_read(request.user, round_):
            raise Http404
        return Response(as_data(consolidated.consolidated(round_)))


class ValuesField(serializers.DictField):
    """Answers by the key of their question."""

    child = serializers.JSONField()

    def to_representation(self, data_return):
        return {row.field.key: self.plain(row) for row in data_return.values.all()}

    def get_attribute(self, data_return):
        return data_return

    def plain(self, row):
        if row.day is not None:
            return f"{row.day:%Y-%m}" if row.field.kind == DataField.Kind.MONTH else row.day.isoformat()
        return str(row.value) if row.field.kind == DataField.Kind.PERCENTAGE else row.value


@extend_schema_serializer(examples=[example(RETURN)])
class DataReturnSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("slug", read_only=True)
    due_on = serializers.DateField()
    is_open = serializers.BooleanField()
    is_late = serializers.BooleanField()
    values = ValuesField(read_only=True)

    class Meta:
        model = DataReturn
        fields = list(RETURN)


@extend_schema_serializer(examples=[example({"seen": 3})])
class SeenSerializer(serializers.Serializer):
    seen = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text=_("The revision of the return that you have read.")
    )


@extend_schema_serializer(examples=[example({"seen": 2, "values": {"cases": 12, "share": "12.5", "since": "2024-03"}})])
class FillSerializer(SeenSerializer):
    """A draft: what is left out of `values` becomes empty."""

    values = serializers.DictField(child=serializers.JSONField(allow_null=True))


@extend_schema_serializer(examples=[example({"seen": 3, "confirmed": ["cases"]})])
class SendSerializer(SeenSerializer):
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=200,
        help_text=_("Keys of questions whose unusual number is right as it stands."),
    )  # fmt: skip


@extend_schema_serializer(examples=[example({"reason": "figure", "open_until": "2027-03-01"})])
class ReopenSerializer(serializers.Serializer):
    reason = serializers.ChoiceField(DataReturn.Reason.choices)
    open_until = serializers.DateField()


@extend_schema_serializer(examples=[example({"text": "Is the second figure in thousands?"})])
class NewCommentSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=COMMENT)


class DataReturnViewSet(ActsViewSet):
    """Returns of one's own organisation, and those of the rounds one keeps."""

    queryset = DataReturn.objects.select_related("round__work_package", "round__template", "organisation").prefetch_related("values__field")  # fmt: skip
    serializer_class = DataReturnSerializer
    filterset_fields = {"round": ["exact"], "status": ["exact"], "organisation__slug": ["exact"]}
    needs = {"put_values": returns.FILL, "nothing": returns.FILL}

    @extend_schema(request=FillSerializer, summary="Keep a draft of the answers; 409 when a colleague has saved since")
    @action(detail=True, methods=["put"], url_path="values", url_name="values")
    def put_values(self, request, pk):
        record = self.acted_on()
        said = self.checked(FillSerializer)
        questions = list(record.round.template.fields.all())
        given = {key: as_typed(value) for key, value in said["values"].items()}
        form = ReturnForm({**given, "seen": said["seen"]}, questions=questions)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        unknown = dict.fromkeys(set(given) - set(form.fields))
        returns.save_return(record, {**form.answers(), **unknown}, by=request.user, seen=said["seen"])
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=SendSerializer, summary="Send the return as it stands")
    @action(detail=True, methods=["post"])
    def submit(self, request, pk):
        return self.answer(returns.submit_return, SendSerializer)

    @extend_schema(request=SeenSerializer, summary="Send that there is nothing to report: each count is 0")
    @action(detail=True, methods=["post"])
    def nothing(self, request, pk):
        return self.answer(returns.report_nothing, SeenSerializer)

    @extend_schema(request=ReopenSerializer, summary="Open a return again, with a reason and a day")
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk):
        return self.answer(returns.reopen_return, ReopenSerializer)

    @extend_schema(request=NewCommentSerializer, summary="Comment on the figures; no case, no name, no address")
    @action(detail=True, methods=["post"])
    def comment(self, request, pk):
        record = self.get_object()
        if not request.user.has_perm(returns.FILL, record):
            require(request.user, "workpackages.keep_datareturn", record)
        returns.add_comment(record, self.checked(NewCommentSerializer)["text"], by=request.user)
        return Response(self.get_serializer(self.get_object()).data)


def as_typed(value):
    """Return an answer of JSON as the form takes it: what one would type."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def register(router):
    router.register("data-templates", DataTemplateViewSet, "data-template")
    router.register("data-rounds", DataRoundViewSet, "data-round")
    router.register("data-returns", DataReturnViewSet, "data-return")
