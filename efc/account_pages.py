"""The addresses of one's own account, under /workspace/account/."""

from django.urls import path

from efc import account

urlpatterns = [
    path("", account.AccountView.as_view(), name="workspace_account"),
    path("email/", account.AddressView.as_view(), name="workspace_account_email"),
    path("email/<str:key>/", account.confirm_address, name="workspace_account_email_confirm"),
    path("tokens/", account.TokensView.as_view(), name="workspace_account_tokens"),
    path("tokens/<slug:beginning>/revoke/", account.revoke_token, name="workspace_account_token_revoke"),
]
