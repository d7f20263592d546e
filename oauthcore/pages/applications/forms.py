"""The form with which developers describe an application."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauthcore import conf
from oauthcore.flows.applications.applications import NewLogo
from oauthcore.flows.applications.descriptions import Description, check
from oauthcore.flows.applications.logos import MOST_BYTES, NotALogo, can_draw, redraw
from oauthcore.flows.applications.redirect_uri_lines import problems_in, read_lines
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.languages import size_in_words, translated_error
from oauthcore.models import AccessTokenFormat, Application
from oauthcore.pages.applications import openid_fields
from oauthcore.pages.applications.problems import Problem, problems_of
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.text.names import is_plain


def _check_readable(text: str) -> None:
    """Raise ValidationError for text that cannot be shown. U+FFFD stands for bytes that were not text."""
    if not is_plain(text) or "\ufffd" in text:
        raise ValidationError(_("This text has characters that cannot be shown, such as control characters."))


_NOT_OFFERED = gettext_lazy("Choose one of the values that are offered.")
_CHOICE_ERRORS = {"invalid_choice": _NOT_OFFERED, "invalid_list": _NOT_OFFERED}

#: What the model says for programs too, by field and code, as this form says it.
_IN_WORDS: dict[tuple[str, str], Any] = {
    ("name", "blank"): gettext_lazy("Enter a name that people will recognise."),
    ("website", "invalid"): gettext_lazy("Enter an https or http address."),
}

#: The fields as they stand on the page: what is wrong is said in this order.
_ORDER = [
    *("name", "website", "logo", "remove_logo"),
    *("client_type", "grant_types", "redirect_uris", "access_token_format", "scopes"),
    *openid_fields.NAMES,
]


class Choices(forms.MultipleChoiceField):
    """Any number of names out of some."""

    def __init__(self, names: Any) -> None:
        choices = [(name, name) for name in names]
        super().__init__(choices=choices, required=False, error_messages=_CHOICE_ERRORS)


def _access_token_format() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Access tokens"),
        choices=AccessTokenFormat.choices,
        initial=AccessTokenFormat.OPAQUE.value,
        required=False,
        error_messages={"invalid_choice": _NOT_OFFERED},
    )


class ApplicationForm(forms.Form):
    """The form for an application, new or not. It reads the fields; the flow decides what is allowed."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, validators=[_check_readable])
    website = forms.CharField(label=gettext_lazy("Website"), required=False, validators=[_check_readable])
    redirect_uris = forms.CharField(
        label=gettext_lazy("Redirect URIs"), required=False, widget=forms.Textarea, strip=False
    )
    logo = forms.FileField(label=gettext_lazy("Logo"), required=False, allow_empty_file=True)
    remove_logo = forms.BooleanField(required=False)
    dpop_bound_access_tokens = forms.BooleanField(required=False)

    def __init__(self, *args: Any, application: Application | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application = application
        vocabulary = conf.settings().vocabulary
        self.fields["grant_types"] = Choices(one.name for one in grant_types.offered())
        self.fields["scopes"] = Choices(
            one for one in vocabulary.words if vocabulary.may_be_taken(one, had=self.has)
        )
        self.fields["default_scopes"] = Choices(vocabulary.words)
        self.fields["required_scopes"] = Choices(vocabulary.words)
        if conf.settings().JWT_ACCESS_TOKENS and not (application and application.is_legacy):
            self.fields["access_token_format"] = _access_token_format()
        if not conf.settings().DPOP or (application and application.is_legacy):
            del self.fields["dpop_bound_access_tokens"]
        if not can_draw():
            del self.fields["logo"]
        self.fields |= openid_fields.fields()
        self.order_fields(_ORDER)

    @property
    def has(self) -> Scopes:
        """The scopes that the application has by now."""
        return self.application.scopes if self.application else frozenset()

    @property
    def largest_logo(self) -> str:
        """How large the file of a logo may be, in words."""
        return size_in_words(MOST_BYTES)

    @property
    def kept_grant_types(self) -> list[str]:
        """The names of grant types it has that developers cannot choose."""
        has = self.application.grant_types if self.application else frozenset()
        kept = has - {one.name for one in grant_types.offered()}
        return [str(grant_types.label_of(name)) for name in sorted(kept)]

    def clean_redirect_uris(self) -> str:
        text: str = self.cleaned_data["redirect_uris"]
        is_legacy = self.application is not None and self.application.is_legacy
        problems = problems_in(text, is_legacy=is_legacy) if text.strip() else []
        if problems:
            raise ValidationError(problems)
        return text

    def clean_logo(self) -> NewLogo | None:
        file = self.cleaned_data["logo"]
        if not file:
            return None
        try:
            return NewLogo(redraw(file))
        except NotALogo as problem:
            raise ValidationError(str(problem)) from None

    def clean(self) -> dict[str, Any]:
        """Report the errors of all fields together, by the same rules as when it is saved."""
        kept = self.application.client_type if self.application else Application.ClientType.CONFIDENTIAL
        client_type = self.cleaned_data.get("client_type", kept)
        try:
            check(self.description, application=self.application, client_type=client_type)
        except ValidationError as refusal:
            self.add_refusal(refusal)
        return self.cleaned_data

    @property
    def new_logo(self) -> NewLogo | None:
        """The logo it is to have from now on, or None to leave it as it is."""
        uploaded: NewLogo | None = self.cleaned_data.get("logo")
        return uploaded or (NewLogo(None) if self.cleaned_data.get("remove_logo") else None)

    @property
    def seen_scopes(self) -> Scopes | None:
        """The scopes that the application had when the page was shown; None where that was not sent."""
        if not self.is_bound:
            return self.has
        if not isinstance(self.data, QueryDict) or "seen_scopes" not in self.data:
            return None
        return frozenset(filter(None, self.data.getlist("seen_scopes")))

    @property
    def description(self) -> Description:
        """What was said, as far as it could be read; marks of a scope it may not ask for do not count."""
        data = self.cleaned_data
        scopes = frozenset(data.get("scopes", ()))

        def marked(field: str) -> Scopes:
            vocabulary = conf.settings().vocabulary
            return frozenset(one for one in data.get(field, ()) if vocabulary.allows(scopes, one))

        return Description(
            name=data.get("name", ""),
            website=data.get("website", ""),
            redirect_uris=read_lines(data.get("redirect_uris", "")),
            grant_types=frozenset(data.get("grant_types", ())),
            scopes=scopes,
            default_scopes=marked("default_scopes"),
            required_scopes=marked("required_scopes"),
            access_token_format=data.get("access_token_format") or None,
            dpop_bound_access_tokens=self._is_bound_to_keys,
            openid=openid_fields.members(data, self.application),
        )

    @property
    def _is_bound_to_keys(self) -> bool:
        """Whether its tokens are always bound to a key. Without that field, as it was."""
        had = self.application is not None and self.application.dpop_bound_access_tokens
        return bool(self.cleaned_data.get("dpop_bound_access_tokens", had))

    def add_refusal(self, refusal: ValidationError) -> None:
        """Show the errors of a flow beside their fields. A field that has an error keeps it."""
        said = set(self.errors)
        for name, errors in refusal.error_dict.items():
            for error in () if name in said else errors:
                words = _IN_WORDS.get((name, error.code or ""))
                error = ValidationError(words) if words else translated_error(error)
                self.add_error(name if name in self.fields else None, error)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, for the summary at the top of the page."""
        return problems_of(self)


class RegistrationForm(ApplicationForm):
    """The form for a new application. Its client type is chosen here and never changes."""

    client_type = forms.ChoiceField(
        label=gettext_lazy("Where it runs"),
        choices=Application.ClientType.choices,
        error_messages={"invalid_choice": _NOT_OFFERED, "required": gettext_lazy("Choose where it runs.")},
    )
