"""The sign-ins of the demonstration. This module imports nothing, so that they can be printed before Django starts."""

# (role, e-mail address, password)
ACCOUNTS = [
    ("Secretariat officer", "secretariat@coalition.example", "demo-secretariat-2026"),
    ("Second Secretariat officer", "second-officer@coalition.example", "demo-second-officer-2026"),
    ("Chair of the Steering Group", "chair@coalition.example", "demo-chair-2026"),
    ("Steering Group member", "steering-group@coalition.example", "demo-steering-group-2026"),
    ("Advisory member", "advisory@coalition.example", "demo-advisory-2026"),
    ("Work-package lead", "lead@coalition.example", "demo-lead-2026-wp4"),
    ("Member representative", "member@coalition.example", "demo-member-2026"),
    ("Observer of the Commission", "observer@coalition.example", "demo-observer-2026"),
    ("Representative of CEPOL", "cepol@coalition.example", "demo-cepol-2026"),
    ("Representative of Eurojust", "eurojust@coalition.example", "demo-eurojust-2026"),
    ("Representative of Google", "google@coalition.example", "demo-google-2026"),
    ("Representative of MasterCard", "mastercard@coalition.example", "demo-mastercard-2026"),
    ("Representative of Microsoft", "microsoft@coalition.example", "demo-microsoft-2026"),
    (
        "Representative of Missing Children Europe",
        "missing-children-europe@coalition.example",
        "demo-children-europe-2026",
    ),
    ("Representative of PayPal", "paypal@coalition.example", "demo-paypal-2026"),
    ("Representative of Visa Europe", "visa-europe@coalition.example", "demo-visa-europe-2026"),
    ("Test-transaction coordinator", "test-coordinator@coalition.example", "demo-test-coordinator-2026"),
    ("Test-transaction evaluator", "test-evaluator@coalition.example", "demo-test-evaluator-2026"),
]
