"""Accounts, people and pictures for the tests of the reference site, and tokens to reach them with."""

from __future__ import annotations

import io
from typing import Any

import factory
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image as Pillow

from oauthcore.models import Application, Grant
from oauthcore.models.issuing import issue
from reference_site.accounts.models import Account, Membership
from reference_site.accounts.roles import ALL_SCOPES, Role
from reference_site.photos import storage
from reference_site.photos.models import Image, ImageSet, Keyword


def picture(size: tuple[int, int] = (80, 60), *, kind: str = "JPEG", colour: str = "teal") -> bytes:
    """Return the bytes of a small real picture."""
    file = io.BytesIO()
    Pillow.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"member{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")


class AccountFactory(DjangoModelFactory[Account]):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Studio {n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    account = factory.SubFactory(AccountFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER


class ImageFactory(DjangoModelFactory[Image]):
    """An image with a real file; ``keywords`` takes names, ``size`` and ``kind`` go to :func:`picture`."""

    class Meta:
        model = Image

    account = factory.SubFactory(AccountFactory)
    title = factory.Sequence(lambda n: f"Picture {n}")

    @classmethod
    def _create(cls, model_class: type[Image], *args: Any, **values: Any) -> Image:
        content = picture(values.pop("size", (80, 60)), kind=values.pop("kind", "JPEG"))
        account, keywords = values.pop("account"), values.pop("keywords", [])
        filename = values.pop("filename", "picture.jpg")
        image = storage.keep(ContentFile(content), account_uuid=account.uuid, filename=filename)
        for name, value in values.items():
            setattr(image, name, value)
        image.save()
        image.keywords.set(Keyword.objects.named(account.uuid, keywords))
        return image


class ImageSetFactory(DjangoModelFactory[ImageSet]):
    class Meta:
        model = ImageSet
        skip_postgeneration_save = True

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Set {n}")

    @factory.post_generation
    def members(self: ImageSet, create: bool, extracted: list[Image] | None, **_: Any) -> None:  # type: ignore[misc]
        self.arrange(extracted or [])


def application(**values: Any) -> Application:
    """Register an application that may ask for everything the site has."""
    return Application.objects.register(
        **{
            "name": "Light Table",
            "client_type": "confidential",
            "redirect_uris": ["http://127.0.0.1:8801/callback"],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "scopes": sorted(ALL_SCOPES | {"read", "api.public.read"}),
            **values,
        }
    )[0]


def token_for(account: Account, *scopes: str, role: Role = Role.OWNER) -> str:
    """Return an access token of a member of the account; with no scope named, for all nine."""
    user = MembershipFactory(account=account, role=role).user
    granted, now = frozenset(scopes) or ALL_SCOPES, timezone.now()
    grant = Grant.open_for_person(
        application=application(),
        user=user,
        scopes=granted,
        account_uuid=account.uuid,
        now=now,
    )
    return issue(grant, scopes=granted, account_uuid=account.uuid, now=now).access_token.reveal()


def token_without_account(scope: str = "read") -> str:
    """Return an access token of an application that acts for itself."""
    grant, now = Grant.standing(application()), timezone.now()
    return issue(grant, scopes=frozenset({scope}), account_uuid=None, now=now).access_token.reveal()
