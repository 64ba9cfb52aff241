"""Applications in the API: what was sent, for those who decide on it; the Secretariat's verbs."""

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from efc.openapi import example
from efc.rest import ActsViewSet
from members.api.decisions import DecisionField
from members.models import Application, Check, Inquiry
from members.services import applications as services
from members.services import memberships


class CheckSerializer(serializers.ModelSerializer):
    class Meta:
        model = Check
        fields = ["kind", "result", "note", "checked_at"]


class InquirySerializer(serializers.ModelSerializer):
    class Meta:
        model = Inquiry
        fields = ["question", "asked_at", "answer", "answered_at"]


class ContactSerializer(serializers.ModelSerializer):
    """Whom the Secretariat writes to; nobody else reads it here."""

    name = serializers.CharField(source="contact_name")
    role = serializers.CharField(source="contact_role")
    phone = serializers.CharField(source="contact_phone")

    class Meta:
        model = Application
        fields = ["name", "role", "email", "phone", "language"]


EXAMPLE = {
    "reference": "APP-2026-0007", "status": "under_review", "organisation_name": "Example Bank", "legal_form": "Company",
    "kind": "company", "country": "BE", "website": "https://bank.example/", "sector": "payment", "interests": ["WP3"],
    "contribution": "We trace payments.", "conflicts": "", "route": "fast_track", "route_note": "All checks are in order.",
    "named_by": "2026-1", "submitted_at": "2026-03-01T09:30:00+01:00", "updated_at": "2026-03-04T11:00:00+01:00",
    "decision": None, "decided_at": None, "reason": "", "may_apply_again_on": None, "organisation": None, "contact": None,
    "checks": [], "inquiries": [],
}  # fmt: skip


@extend_schema_serializer(examples=[example(EXAMPLE)])
class ApplicationSerializer(serializers.ModelSerializer):
    country = serializers.CharField(source="country.code")
    route = serializers.ChoiceField(Application.Route.choices, allow_blank=True)
    named_by = DecisionField(read_only=True, allow_null=True)
    decision = DecisionField(read_only=True, allow_null=True)
    organisation = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    contact = serializers.SerializerMethodField(help_text=_("For those who handle applications."))
    checks = serializers.SerializerMethodField()
    inquiries = InquirySerializer(many=True, read_only=True)

    class Meta:
        model = Application
        fields = [
            "reference", "status", "organisation_name", "legal_form", "kind", "country", "website", "sector", "interests",
            "contribution", "conflicts", "route", "route_note", "named_by", "submitted_at", "updated_at", "decision", "decided_at",
            "reason", "may_apply_again_on", "organisation", "contact", "checks", "inquiries",
        ]  # fmt: skip

    def may(self, permission):
        return self.context["request"].user.has_perm(permission)

    @extend_schema_field(ContactSerializer(allow_null=True))
    def get_contact(self, application):
        return ContactSerializer(application).data if self.may("members.handle_application") else None

    @extend_schema_field(CheckSerializer(many=True))
    def get_checks(self, application):
        rows = application.checks.all() if self.may("members.view_check") else []
        return CheckSerializer(rows, many=True).data


# ── what the verbs take ──────────────────────────────────────────────────


@extend_schema_serializer(examples=[example({"question": "Which licence do you work under?"})])
class AskSerializer(serializers.Serializer):
    question = serializers.CharField(max_length=2000)


@extend_schema_serializer(examples=[example({"kind": "website", "result": "passed", "note": ""})])
class SetCheckSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Check.Kind.choices)
    result = serializers.ChoiceField(Check.Result.choices)
    note = serializers.CharField(max_length=240, required=False, default="", allow_blank=True)


@extend_schema_serializer(
    examples=[example({"route": "fast_track", "note": "All checks are in order.", "named_by": "2026-1"})]
)
class RouteSerializer(serializers.Serializer):
    route = serializers.ChoiceField(Application.Route.choices)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    named_by = DecisionField(required=False, allow_null=True, default=None)


@extend_schema_serializer(
    examples=[example({"decision": "2026-3", "starts_on": "2026-04-01", "ends_on": "2027-03-31"})]
)
class ApproveSerializer(serializers.Serializer):
    decision = DecisionField(required=False, allow_null=True, default=None)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)


@extend_schema_serializer(examples=[example({"reason": "The licence is missing.", "may_apply_again_on": "2027-01-01"})])
class DeclineSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)
    decision = DecisionField(required=False, allow_null=True, default=None)
    may_apply_again_on = serializers.DateField(required=False, allow_null=True, default=None)


@extend_schema_serializer(examples=[example({"reason": "The meeting wants to hear the national police first."})])
class PutOffSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)
    decision = DecisionField(required=False, allow_null=True, default=None)


class ApplicationViewSet(ActsViewSet):
    """Applications that were sent; drafts belong to their writers alone."""

    queryset = Application.objects.select_related("named_by", "decision", "organisation").order_by(
        "-submitted_at", "-pk"
    )
    serializer_class = ApplicationSerializer
    filterset_fields = ["status", "sector", "route", "country"]
    ordering_fields = ["submitted_at", "organisation_name", "status"]
    lookup_field = "reference"
    needs = dict.fromkeys(["check", "route", "remind"], "members.handle_application")

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.prefetch_related(Prefetch("checks"), Prefetch("inquiries"))

    @extend_schema(request=None, summary="Take up an application that was sent")
    @action(detail=True, methods=["post"])
    def review(self, request, reference):
        return self.answer(services.review_application)

    @extend_schema(request=SetCheckSerializer, summary="Set the result of a check")
    @action(detail=True, methods=["post"])
    def check(self, request, reference):
        application, said = self.acted_on(), self.checked(SetCheckSerializer)
        check = get_object_or_404(application.checks, kind=said["kind"])
        services.set_check(check, said["result"], said["note"], by=request.user)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=AskSerializer, summary="Ask the applicant something")
    @action(detail=True, methods=["post"])
    def ask(self, request, reference):
        return self.answer(services.ask_applicant, AskSerializer)

    @extend_schema(request=None, summary="Remind the applicant of the open questions")
    @action(detail=True, methods=["post"])
    def remind(self, request, reference):
        return self.answer(services.remind_applicant)

    @extend_schema(request=RouteSerializer, summary="Choose how the Steering Group decides")
    @action(detail=True, methods=["post"])
    def route(self, request, reference):
        return self.answer(services.choose_route, RouteSerializer)

    @extend_schema(request=None, summary="Take up again what was put off")
    @action(detail=True, methods=["post"])
    def resume(self, request, reference):
        return self.answer(services.resume_application)

    @extend_schema(request=ApproveSerializer, summary="Admit the organisation")
    @action(detail=True, methods=["post"])
    def approve(self, request, reference):
        return self.answer(memberships.approve_application, ApproveSerializer)

    @extend_schema(request=DeclineSerializer, summary="Decline, with the reason that the applicant reads")
    @action(detail=True, methods=["post"])
    def decline(self, request, reference):
        return self.answer(memberships.decline_application, DeclineSerializer)

    @extend_schema(request=PutOffSerializer, summary="Put off to a later meeting, with the reason")
    @action(detail=True, methods=["post"])
    def put_off(self, request, reference):
        return self.answer(memberships.put_off_application, PutOffSerializer)

    @extend_schema(request=None, summary="Withdraw for the applicant, who asked for it")
    @action(detail=True, methods=["post"])
    def withdraw(self, request, reference):
        return self.answer(services.withdraw_application)


def register(router):
    router.register("applications", ApplicationViewSet, "application")
