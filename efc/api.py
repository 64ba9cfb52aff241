"""The API under /api/v1/: each room registers its viewsets."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.routers import DefaultRouter

import events.api
import members.api
import newsletter.api
import publications.api
import workpackages.api
from efc import api_reports
from efc.api_guide import guide

router = DefaultRouter()
router.include_format_suffixes = False
router.APIRootView.permission_classes = [AllowAny]
for room in (members, workpackages, events, publications, newsletter):
    room.api.register(router)
api_reports.register(router)

urlpatterns = [
    path("me/", members.api.people.Oneself.as_view(), name="me"),
    path("docs/", guide, name="api-guide"),
    path("schema/", SpectacularAPIView.as_view(permission_classes=[AllowAny]), name="schema"),
    path("", include(router.urls)),
]
