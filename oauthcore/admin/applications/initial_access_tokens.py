"""Initial access tokens for staff: making, listing and revoking them (RFC 7591 §3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext, pgettext_lazy

from oauthcore import conf
from oauthcore.accounts import User, person_of
from oauthcore.addresses import absolute_if_mounted
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.ending import EndingWords, ReadOnlyAdmin
from oauthcore.admin.frame.oversight import no_secret
from oauthcore.admin.frame.times import day, moment
from oauthcore.conf.keys import Registration
from oauthcore.flows.oauth.registration import initial_access_tokens as flow
from oauthcore.models import InitialAccessToken
from oauthcore.recording.single_answer import (
    OPEN_TOO_LONG,
    SENT_BEFORE,
    AnsweredBefore,
    NotAnswerable,
    SingleAnswer,
)
from oauthcore.rules.tokens.secrets import Secret

_PURPOSE = "make an initial access token"
_MOST_USES = 10_000
_LONGEST_DAYS = 366


class InitialAccessTokenForm(forms.Form):
    """The form for a new token: its name, its number of applications and its lifetime in days."""

    required_css_class = "required"

    label = forms.CharField(
        label=pgettext_lazy("token", "Name"),
        max_length=100,
        validators=[no_secret],
        widget=forms.TextInput({"class": "vTextField"}),
        help_text=gettext_lazy("Who gets it, such as “Partner team”."),
    )
    uses = forms.IntegerField(
        label=gettext_lazy("Number of applications"),
        min_value=1,
        max_value=_MOST_USES,
        initial=1,
        help_text=gettext_lazy("This many applications can register with it."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Expires after days"), min_value=1, max_value=_LONGEST_DAYS, initial=7
    )


@admin.register(InitialAccessToken)
class InitialAccessTokenAdmin(ReadOnlyAdmin):
    """Initial access tokens. Each is shown once, when it is made; only its digest is stored."""

    list_display = ["label", "standing_in_words", "use", "maker", "since", "until"]
    ordering = ["-created_at", "-pk"]
    search_help_text = gettext_lazy("The beginning of a name.")
    words = EndingWords(
        title=ngettext_lazy("Revoke initial access token", "Revoke initial access tokens", "count"),
        button=gettext_lazy("Yes, revoke"),
        question=ngettext_lazy(
            "Revoke this token? Nobody can register with it any more. Applications that did so stay.",
            "Revoke these %(count)s tokens? Nobody can register with them any more. Applications that did so "
            "stay.",
            "count",
        ),
        done=ngettext_lazy("%(count)s token was revoked.", "%(count)s tokens were revoked.", "count"),
        over=gettext_lazy("It was already revoked. Nothing was changed."),
    )
    fieldsets = [
        (None, {"fields": ["label", "standing_in_words", "use", "maker"]}),
        (gettext_lazy("Times"), {"fields": ["created_at", "expires_at", "revoked_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InitialAccessToken]:
        """Return the tokens with the people who made them."""
        return super().get_queryset(request).prefetch_related("made_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may make tokens."""
        return bool(request.user.has_perm("oauthcore.add_initialaccesstoken"))

    def heading(self, row: InitialAccessToken) -> str:
        """Return its name."""
        return row.label

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for tokens whose name begins with the text."""
        return searching.Meaning(Q(label__istartswith=term))

    @admin.action(permissions=["end"], description=gettext_lazy("Revoke the selected tokens"))
    def end_selected(self, request: HttpRequest, chosen: QuerySet[InitialAccessToken]) -> HttpResponse | None:
        """Ask for confirmation, then revoke the chosen tokens that are not revoked yet."""
        return self.end_together(request, chosen)

    def standing(self, rows: QuerySet[InitialAccessToken]) -> QuerySet[InitialAccessToken]:
        """Return the tokens that were not revoked."""
        return rows.filter(revoked_at=None)

    def end(self, row: InitialAccessToken, *, reason: str, staff: User) -> bool:
        """Revoke a token. Return False if it was revoked before."""
        return flow.revoke(row, reason=reason, staff=staff)

    def in_a_line(self, row: InitialAccessToken) -> tuple[str, str]:
        """Return its name, and its last characters."""
        return row.label, f"…{row.hint}"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the form of a new token; make the token, and show its secret."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._form_page(request, InitialAccessTokenForm())
        return self._make(request, InitialAccessTokenForm(request.POST))

    def _make(self, request: HttpRequest, form: InitialAccessTokenForm) -> HttpResponse:
        staff = person_of(request)
        try:
            page = SingleAnswer.parse(request.POST.get("page"), user=staff, purpose=_PURPOSE)
            if not form.is_valid():
                return self._form_page(request, form)
            given = form.cleaned_data
            expires_at = timezone.now() + timedelta(days=given["days"])
            made, secret = flow.make(
                given["label"], uses=given["uses"], expires_at=expires_at, staff=staff, page=page
            )
        except NotAnswerable:
            form.add_error(None, OPEN_TOO_LONG)
            return self._form_page(request, form)
        except AnsweredBefore:
            messages.info(request, SENT_BEFORE)
            return HttpResponseRedirect(self.address_of("changelist"))
        return self._secret_page(request, made, secret)

    def _form_page(self, request: HttpRequest, form: InitialAccessTokenForm) -> HttpResponse:
        context = {
            "form": form,
            "page": SingleAnswer.sign(user=person_of(request), purpose=_PURPOSE),
            "is_closed": conf.settings().DYNAMIC_REGISTRATION == Registration.CLOSED,
        }
        return self._page(request, "initial_access_token", _("Add an initial access token"), context)

    def _secret_page(self, request: HttpRequest, made: InitialAccessToken, secret: Secret) -> HttpResponse:
        context = {
            "original": made,
            "secret": secret.reveal(),
            "url": absolute_if_mounted("oauthcore:register") or conf.issuer(),
        }
        answer = self._page(request, "initial_access_token_secret", _("Copy the new token"), context)
        answer["Cache-Control"] = "no-store, private"
        answer["Pragma"] = "no-cache"
        return answer

    def _page(self, request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"oauthcore/admin/applications/{name}.html", context)

    @admin.display(description=gettext_lazy("state"))
    def standing_in_words(self, token: InitialAccessToken) -> str:
        if token.revoked_at is not None:
            return pgettext("token", "Revoked")
        if token.expires_at <= timezone.now():
            return pgettext("token", "Expired")
        return pgettext("token", "Used up") if token.used >= token.uses else pgettext("token", "Works")

    @admin.display(description=gettext_lazy("applications"))
    def use(self, token: InitialAccessToken) -> str:
        return _("%(used)s of %(uses)s") % {"used": token.used, "uses": token.uses}

    @admin.display(description=gettext_lazy("made by"))
    def maker(self, token: InitialAccessToken) -> str:
        return str(token.made_by.get_username()) if token.made_by else pgettext("made by", "a command")

    @admin.display(description=gettext_lazy("since"))
    def since(self, token: InitialAccessToken) -> str:
        return day(token.created_at)

    @admin.display(description=pgettext_lazy("time", "expires"))
    def until(self, token: InitialAccessToken) -> str:
        return moment(token.expires_at)
