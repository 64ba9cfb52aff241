"""The room's part of the workspace, under /workspace/."""

app_name = "workspace_members"
urlpatterns = []
