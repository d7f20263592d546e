"""The columns of an application about OpenID Connect (OpenID Connect Registration §2)."""

from __future__ import annotations

from typing import cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.models.database import PrimaryModel
from oauthcore.models.fields import LinesField
from oauthcore.rules.jose import private_keys
from oauthcore.rules.oidc import client_members
from oauthcore.rules.text.sentences import Sentence
from oauthcore.rules.wire.https_urls import HttpsURL


class IDTokenAlgorithm(models.TextChoices):
    """How id tokens are signed. Every client library knows RS256; the signatures of ES256 are shorter."""

    RS256 = private_keys.RS256, private_keys.RS256
    ES256 = private_keys.ES256, private_keys.ES256


class SubjectType(models.TextChoices):
    """Whether all applications know a person by one identifier."""

    PUBLIC = client_members.PUBLIC, _("The same for every application")
    PAIRWISE = client_members.PAIRWISE, _("Its own for each application")


_NO_SUBJECTS = Sentence(
    "This site cannot make identifiers of its own for each application: PAIRWISE_SALT is empty."
)


def _problem_with(url: object, *, may_be_loopback: bool) -> Sentence | None:
    if not isinstance(url, str) or not url:  # a new row has no text before it is saved
        return None
    try:
        HttpsURL.parse(url, may_be_loopback=may_be_loopback)
    except ValueError as problem:
        return cast(Sentence, problem.args[0])
    return None


class OpenIDClient(PrimaryModel):
    """What an application may register about OpenID Connect. Each column has a default in the database."""

    id_token_signed_response_alg = models.CharField(
        _("id tokens are signed with"),
        max_length=8,
        choices=IDTokenAlgorithm,
        default=IDTokenAlgorithm.RS256,
        db_default=IDTokenAlgorithm.RS256,
    )
    subject_type = models.CharField(
        _("identifier of a person"),
        max_length=8,
        choices=SubjectType,
        default=SubjectType.PUBLIC,
        db_default=SubjectType.PUBLIC,
    )
    sector_identifier_uri = models.CharField(
        _("sector identifier URI"), max_length=500, blank=True, db_default=""
    )
    post_logout_redirect_uris = LinesField(
        _("addresses after a logout"), db_default="", help_text=_("One per line.")
    )
    backchannel_logout_uri = models.CharField(
        _("address for logout tokens"), max_length=500, blank=True, db_default=""
    )
    backchannel_logout_session_required = models.BooleanField(
        _("logout tokens name the session"), default=False, db_default=False
    )

    class Meta:
        abstract = True

    @property
    def openid_problems(self) -> dict[str, Sentence | None]:
        """What is wrong with these columns: field → problem, or None."""
        settings, is_public = conf.settings(), self.subject_type == SubjectType.PUBLIC
        return {
            "subject_type": None if is_public or settings.PAIRWISE_SALT else _NO_SUBJECTS,
            "sector_identifier_uri": _problem_with(self.sector_identifier_uri, may_be_loopback=False),
            "backchannel_logout_uri": _problem_with(
                self.backchannel_logout_uri, may_be_loopback=settings.METADATA_DOCUMENT_LOOPBACK
            ),
        }

    @property
    def signs_people_in(self) -> bool:
        """Whether the application may sign people in with OpenID Connect."""
        scopes: frozenset[str] = getattr(self, "scopes", frozenset())
        return conf.settings().is_openid(scopes)
