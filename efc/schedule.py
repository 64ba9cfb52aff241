"""The clock's appointments: what Celery beat rings for, and when. Each task asks the database what is due."""

from datetime import timedelta

from celery.schedules import crontab

SCHEDULE = {
    "deliver-letters": {"task": "efc.tasks.deliver_letters", "schedule": 15.0, "options": {"expires": 14}},
    "read-bounces": {"task": "efc.tasks.read_bounces", "schedule": 300.0, "options": {"expires": 299}},
    "seal-audit": {"task": "efc.tasks.seal_audit", "schedule": 30.0, "options": {"expires": 29}},
    "run-mailings": {"task": "newsletter.tasks.run_mailings", "schedule": 15.0, "options": {"expires": 14}},
    "tidy-subscribers": {"task": "newsletter.tasks.tidy_subscribers", "schedule": timedelta(hours=6)},
    "remind-leads": {"task": "workpackages.tasks.remind_leads", "schedule": crontab(minute=0, hour=7)},
    "tidy-test-transactions": {
        "task": "workpackages.tasks.tidy_test_transactions",
        "schedule": crontab(minute=20, hour=5),
    },
    "run-data-rounds": {"task": "workpackages.tasks.run_data_rounds", "schedule": timedelta(minutes=5)},
    "remind-returns": {"task": "workpackages.tasks.remind_returns", "schedule": crontab(minute=10, hour=7)},
    "keep-drafts": {"task": "members.tasks.keep_drafts", "schedule": timedelta(hours=6)},
    "remind-applicants": {"task": "members.tasks.remind_applicants", "schedule": timedelta(hours=6)},
    "run-ballots": {"task": "members.tasks.run_ballots", "schedule": 30.0, "options": {"expires": 29}},
    "notify-ends": {"task": "members.tasks.notify_ends", "schedule": crontab(minute=30, hour=7)},
    "review-access": {"task": "members.tasks.review_access", "schedule": crontab(minute=0, hour=8)},
    "draw-grants": {"task": "efc.tasks.draw_grants", "schedule": crontab(minute=1)},
    "draft-publications": {"task": "publications.tasks.draft_publications", "schedule": timedelta(minutes=15)},
    "draft-welcomes": {"task": "publications.tasks.draft_welcomes", "schedule": timedelta(minutes=15)},
    "tidy-ground": {"task": "efc.tasks.tidy", "schedule": timedelta(hours=6)},
}
