"""A developer in many tabs at once: the limit per person, forms sent twice, secrets that come and go."""

from __future__ import annotations

from functools import partial

from django.test import Client

from oauthcore.models import Application, SecurityEvent
from tests.support.pages.developer import NEW, Developer


def in_own_tab(developer: Developer) -> Developer:
    """Return the same session in a browser of its own, which no other thread uses."""
    tab = Developer.__new__(Developer)
    tab.user, tab.browser = developer.user, Client()
    tab.browser.cookies = developer.browser.cookies.copy()
    return tab


def own(developer: Developer) -> int:
    return Application.objects.filter(owner=developer.user, deleted_at=None).count()


def test_many_registrations_at_once_stop_at_the_limit(settings, crowd):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "APPLICATIONS_PER_USER": 3}
    for _ in range(3):
        grace = Developer()
        tabs = [in_own_tab(grace) for _ in range(crowd.size)]
        pages = [grace.get(NEW).context["page"] for _ in tabs]

        answers = crowd.at_once(
            [partial(tab.register, page=page) for tab, page in zip(tabs, pages, strict=True)]
        )

        assert sorted(one.status_code for one in answers) == [200] * 3 + [403] * (crowd.size - 3)
        assert own(grace) == 3


def test_one_form_sent_many_times_at_once_registers_one_application(crowd):
    for _ in range(3):
        grace = Developer()
        page = grace.get(NEW).context["page"]

        answers = crowd.at_once([partial(in_own_tab(grace).register, page=page) for _ in range(crowd.size)])

        assert sorted(one.status_code for one in answers) == [200] + [303] * (crowd.size - 1)
        assert own(grace) == 1
        assert SecurityEvent.objects.filter(user_ref=str(grace.user.pk)).count() == 1


def test_one_form_sent_many_times_at_once_makes_one_secret(crowd):
    grace = Developer()
    application = grace.has()
    for rounds in range(1, 4):
        page = grace.see(application, "secrets").context["page"]

        answers = crowd.at_once(
            [partial(in_own_tab(grace).rotate, application, page=page) for _ in range(crowd.size)]
        )

        assert sorted(one.status_code for one in answers) == [200] + [303] * (crowd.size - 1)
        assert application.client_secrets.count() == rounds + 1


def test_two_secrets_ended_at_once_leave_one(crowd_of):
    crowd = crowd_of(2)
    for _ in range(5):
        grace = Developer()
        application = grace.has()
        grace.rotate(application, overlap=86400)
        secrets = [one.pk for one in application.client_secrets.all()]

        answers = crowd.at_once(
            [partial(in_own_tab(grace).send, application, "secrets", end=one) for one in secrets]
        )

        assert sorted(one.status_code for one in answers) == [303, 400]
        assert application.client_secrets.filter(expires_at__isnull=True).count() <= 1
        assert "There is no secret" not in grace.see(application, "secrets").content.decode()
