"""Tasks in the API: read with the team of a work package, given by its leads, finished by whoever has one."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from efc.openapi import example
from efc.rest import ActsViewSet
from members.models import Person
from workpackages.models import Deliverable, Task, WorkPackage
from workpackages.services import tasks as services

EXAMPLE = {
    "id": 31, "programme": "2026", "work_package": 4, "title": "Book the room", "assignee": 12, "assignee_name": "Lead of work package 4",
    "takes_part": True, "due_on": "2026-03-20", "deliverable": 12, "note": "For thirty.", "status": "open",
    "added_at": "2026-03-12T10:15:00+01:00", "done_at": None, "updated_at": "2026-03-12T10:15:00+01:00",
    "url": "https://portal.example/workspace/programmes/2026/wp/4/tasks/31/",
}  # fmt: skip


class TaskFilter(filters.FilterSet):
    programme = filters.CharFilter("work_package__programme__slug", label=_("Address of the programme"))
    work_package = filters.NumberFilter(
        "work_package__number", label=_("Number of the work package"), min_value=0, max_value=32767
    )
    mine = filters.BooleanFilter(method="own", label=_("Those that are yours to do"))
    due_to = filters.DateFilter("due_on", lookup_expr="lte", label=_("Due on this day or earlier"))

    class Meta:
        model = Task
        fields = ["status"]

    def own(self, rows, name, wanted):
        own = Task.objects.of(self.request.user).values("pk")
        return rows.filter(pk__in=own) if wanted else rows.exclude(pk__in=own)


@extend_schema_serializer(examples=[example(EXAMPLE)])
class TaskSerializer(serializers.ModelSerializer):
    programme = serializers.CharField(source="work_package.programme.slug")
    work_package = serializers.IntegerField(source="work_package.number", help_text=_("Its number in the programme."))
    assignee = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    assignee_name = serializers.SerializerMethodField()
    takes_part = serializers.SerializerMethodField(
        help_text=_("Whether who has it still takes part in the work package.")
    )
    deliverable = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields = list(EXAMPLE)

    def get_assignee_name(self, task) -> str:
        return str(task.assignee.name_for(self.context["request"].user)) if task.assignee else ""

    def get_takes_part(self, task) -> bool:
        return bool(task.is_there)

    def get_url(self, task) -> str:
        return settings.SITE_URL + task.get_absolute_url()


# ── what the verbs take ──────────────────────────────────────────────────


@extend_schema_serializer(examples=[example({"assignee": 12})])
class AssignSerializer(serializers.Serializer):
    assignee = serializers.PrimaryKeyRelatedField(
        queryset=Person.objects.all(), allow_null=True, help_text=_("One of the people of the work package; null for nobody yet.")
    )  # fmt: skip


@extend_schema_serializer(examples=[example({"title": "Book two rooms", "due_on": "2026-03-25"})])
class ChangeTaskSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200, required=False)
    assignee = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True, required=False)
    due_on = serializers.DateField(allow_null=True, required=False)
    deliverable = serializers.PrimaryKeyRelatedField(
        queryset=Deliverable.objects.none(), allow_null=True, required=False
    )
    note = serializers.CharField(max_length=1000, allow_blank=True, required=False)

    def get_fields(self):
        fields = super().get_fields()
        if request := self.context.get("request"):
            fields["deliverable"].queryset = Deliverable.objects.visible_to(request.user).select_related("work_package")
        return fields


@extend_schema_serializer(
    examples=[example({"package": 40, "title": "Book the room", "assignee": 12, "due_on": "2026-03-20", "note": "For thirty."})]
)  # fmt: skip
class NewTaskSerializer(ChangeTaskSerializer):
    package = serializers.PrimaryKeyRelatedField(
        queryset=WorkPackage.objects.select_related("programme"), help_text=_("The id of the work package.")
    )
    title = serializers.CharField(max_length=200)


class TaskViewSet(ActsViewSet):
    """The tasks of one's work packages; all for the Steering Group and the Secretariat."""

    queryset = Task.objects.for_lists()
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    ordering_fields = ["due_on", "updated_at"]
    needs = dict.fromkeys(["change", "assign"], "workpackages.change_task")

    @extend_schema(request=NewTaskSerializer, responses={201: TaskSerializer}, summary="Give a task, or write one down")
    def create(self, request):
        said = self.checked(NewTaskSerializer)
        task = services.add_task(said.pop("package"), by=request.user, **said)
        row = self.get_queryset().get(pk=task.pk)
        return Response(self.get_serializer(row).data, status.HTTP_201_CREATED)

    @extend_schema(request=ChangeTaskSerializer, summary="Change an open task")
    @action(detail=True, methods=["post"])
    def change(self, request, pk):
        return self.answer(services.change_task, ChangeTaskSerializer)

    @extend_schema(request=AssignSerializer, summary="Give it to another person of the work package")
    @action(detail=True, methods=["post"])
    def assign(self, request, pk):
        return self.answer(services.assign_task, AssignSerializer)

    @extend_schema(request=None, summary="Note that it is done")
    @action(detail=True, methods=["post"])
    def finish(self, request, pk):
        return self.answer(services.finish_task)

    @extend_schema(request=None, summary="Give it up; it stays on record")
    @action(detail=True, methods=["post"])
    def drop(self, request, pk):
        return self.answer(services.drop_task)

    @extend_schema(request=None, summary="Open it again")
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk):
        return self.answer(services.reopen_task)


def register(router):
    router.register("tasks", TaskViewSet, "task")
