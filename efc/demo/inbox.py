"""What people have written to the Secretariat in the last days. No letter goes out for it."""

from datetime import timedelta

from efc import audit
from efc.demo.rows import at
from efc.models import ContactMessage

Topic = ContactMessage.Topic

# (topic, name, address, organisation, language, days ago, text)
MESSAGES = [
    (
        Topic.MEMBERSHIP, "Head of compliance", "compliance@bank-north.example", "Bank North", "en", 1,
        "Our bank would like to join the coalition. Which papers do you need, and when does the Steering Group next decide?",
    ),
    (
        Topic.PRESS, "Desk editor", "newsroom@agency.example", "News agency", "en", 2,
        "Is somebody free next week for an interview about payments and live streaming? Twenty minutes by telephone would do.",
    ),
    (
        Topic.TRAINING, "Lehrgangsplanung", "fortbildung@polizei.example", "Polizei", "de", 3,
        "Wir möchten zwei Kolleginnen für den Lehrgang anmelden. Werden Reise und Unterkunft übernommen?",
    ),
    (
        Topic.WEBSITE, "Bibliothèque", "recherche@universite.example", "Université", "fr", 6,
        "Nous cherchons l’évaluation stratégique de 2013 pour nos étudiants. Existe-t-il une version accessible ?",
    ),
]  # fmt: skip


def load(today):
    """Put the messages into an inbox that has none of them."""
    if ContactMessage.objects.filter(email__in=[message[2] for message in MESSAGES]).exists():
        return
    for topic, name, email, organisation, language, days, body in MESSAGES:
        message = ContactMessage.objects.create(
            topic=topic, name=name, email=email, organisation=organisation, language=language, body=body
        )
        ContactMessage.objects.filter(pk=message.pk).update(received_at=at(today, 10, 20) - timedelta(days=days))
        audit.record("efc.contactmessage.receive", message, topic=topic)
