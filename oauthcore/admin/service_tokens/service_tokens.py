"""Service tokens for staff. Making, changing, rotating and revoking are flows, with one event each."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

import oauthcore.converters  # noqa: F401 - registers <oauthcore_number:…>
from oauthcore.accounts import User, person_of
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.ending import EndingAdmin, EndingWords
from oauthcore.admin.frame.links import events_of
from oauthcore.admin.grants.last_use import last_use, with_last_use
from oauthcore.admin.service_tokens import words as words_of
from oauthcore.admin.service_tokens.find import page_of_pasted
from oauthcore.admin.service_tokens.forms import LimitsForm, NewTokenForm
from oauthcore.admin.service_tokens.lists import (
    ExpiryFilter,
    NamedAccounts,
    NetworksFilter,
    StateFilter,
    UseFilter,
)
from oauthcore.admin.service_tokens.page import page_of, secret_page
from oauthcore.admin.service_tokens.rotation import rotate
from oauthcore.flows.service_tokens import service_tokens as flow
from oauthcore.models import ServiceToken
from oauthcore.recording.single_answer import (
    OPEN_TOO_LONG,
    SENT_BEFORE,
    AnsweredBefore,
    NotAnswerable,
    SingleAnswer,
)
from oauthcore.rules.text.hidden_text import HiddenText

_PURPOSE = "make a service token"


@admin.register(ServiceToken)
class ServiceTokenAdmin(EndingAdmin):
    """Service tokens: found by name, contact, account, or by pasting one; each is shown once, when it "
    "is made."""

    change_list_template = "oauthcore/admin/service_tokens/service_tokens.html"
    list_display = [
        *(words_of.name, words_of.account, words_of.scopes),
        *(words_of.limits, words_of.standing, last_use),
    ]
    list_filter = [StateFilter, UseFilter, ExpiryFilter, NetworksFilter]
    search_help_text = gettext_lazy(
        "The beginning of a name or contact, or the UUID of an account or a token."
    )
    ordering = ["-created_at", "-pk"]
    actions = ["end_selected"]
    words = EndingWords(
        title=ngettext_lazy("Revoke service token", "Revoke service tokens", "count"),
        button=gettext_lazy("Yes, revoke"),
        question=ngettext_lazy(
            "Revoke this token? It is refused from the next request on. You cannot undo this.",
            "Revoke these %(count)s tokens? They are refused from the next request on. You cannot undo this.",
            "count",
        ),
        done=ngettext_lazy("%(count)s token was revoked.", "%(count)s tokens were revoked.", "count"),
        over=gettext_lazy("It was already revoked. Nothing was changed."),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may make tokens."""
        return bool(request.user.has_perm("oauthcore.add_servicetoken"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceToken]:
        """Return the tokens with their last use."""
        return with_last_use(super().get_queryset(request))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that names accounts."""
        return NamedAccounts

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for tokens with this name, contact or account."""
        uuid = searching.as_uuid(term)
        if uuid is not None:
            return searching.Meaning(Q(account_uuid=uuid) | Q(uuid=uuid))
        return searching.Meaning(Q(label__istartswith=term) | Q(contact__istartswith=term))

    def get_urls(self) -> list[URLPattern]:
        """Return Django's routes, and the routes for finding and rotating a token."""
        find = self.admin_site.admin_view(sensitive_post_parameters("token")(self.find_view))
        rotating = self.admin_site.admin_view(self.rotate_view)
        own = [
            path("find/", find, name="oauthcore_servicetoken_find"),
            path("<oauthcore_number:number>/rotate/", rotating, name="oauthcore_servicetoken_rotate"),
        ]
        return [*own, *super().get_urls()]

    @admin.action(permissions=["end"], description=gettext_lazy("Revoke the selected tokens"))
    def end_selected(self, request: HttpRequest, chosen: QuerySet[ServiceToken]) -> HttpResponse | None:
        """Ask for confirmation, then revoke the chosen tokens that are not revoked yet."""
        return self.end_together(request, chosen)

    def standing(self, rows: QuerySet[ServiceToken]) -> QuerySet[ServiceToken]:
        """Return the tokens that were not revoked, expired ones included, so that staff can end them."""
        return rows.filter(revoked_at=None)

    def end(self, row: ServiceToken, *, reason: str, staff: User) -> bool:
        """Revoke a token. Return False if it was revoked before."""
        return flow.revoke(row, reason=reason, staff=staff)

    def in_a_line(self, row: ServiceToken) -> tuple[str, str]:
        """Return the name and the account of a token."""
        return row.label, str(row.account_uuid or words_of.whole_site())

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the page of a token that was pasted. The token appears in no address and on no page."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        pasted = HiddenText(request.POST.get("token", "").strip())
        found = page_of_pasted(request, pasted) if request.method == "POST" else None
        return HttpResponseRedirect(found or self.address_of("changelist"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the form of a new token; make the token, and show its secret."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._make(request, NewTokenForm(request.POST, staff=person_of(request)))
        given = {"account_uuid": request.GET.get("account", "")}
        return self._page(request, form=NewTokenForm(staff=person_of(request), initial=given))

    def _make(self, request: HttpRequest, form: NewTokenForm) -> HttpResponse:
        try:
            page = SingleAnswer.parse(request.POST.get("page"), user=person_of(request), purpose=_PURPOSE)
            if form.is_valid():
                uuid = form.cleaned_data.get("account_uuid")
                token, secret = flow.make(uuid, form.limits(), staff=person_of(request), page=page)
                return secret_page(request, token, secret, self._frame(request, _("Copy the new token")))
        except NotAnswerable:
            form.add_error(None, OPEN_TOO_LONG)
        except ValidationError as refusal:
            form.add_refusal(refusal)
        except flow.TooManyServiceTokens:
            form.say("account_uuid", words_of.no_room())
        except AnsweredBefore:
            return self._answered_before(request, page)
        return self._page(request, form=form)

    def _answered_before(self, request: HttpRequest, page: SingleAnswer) -> HttpResponse:
        messages.info(request, SENT_BEFORE)
        made = ServiceToken.objects.filter(uuid=page.nonce).first()
        if made is None or not self.has_view_or_change_permission(request):
            return HttpResponseRedirect(self.address_of("add"))
        return HttpResponseRedirect(self.address_of("change", made.pk))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a token without its secret, and change its limits."""
        may_change = self.has_change_permission(request)
        if not (may_change if request.method == "POST" else self.has_view_or_change_permission(request)):
            raise PermissionDenied
        token = self.get_object(request, object_id)
        if token is None:
            messages.warning(request, _("There is no such token."))
            return HttpResponseRedirect(self.address_of("changelist"))
        if not may_change or token.revoked_at is not None:
            if request.method == "POST":
                messages.warning(request, _("The token has been revoked. Nothing was changed."))
            return self._page(request, token=token)
        if request.method != "POST":
            return self._page(request, token=token, form=LimitsForm(token=token))
        form = LimitsForm(request.POST, token=token)
        if not (form.is_valid() and self._change(request, token, form)):
            return self._page(request, token=token, form=form)
        stays = "_continue" in request.POST
        return HttpResponseRedirect(
            self.address_of("change", token.pk) if stays else self.address_of("changelist")
        )

    def _change(self, request: HttpRequest, token: ServiceToken, form: LimitsForm) -> bool:
        limits = form.limits()
        try:
            seen = form.cleaned_data["seen"] or None
            changed = flow.change(token, limits, staff=person_of(request), seen=seen)
        except flow.ChangedMeanwhile as late:
            form.show_again(late.mark)
            return False
        except ValidationError as refusal:
            form.add_refusal(refusal)
            return False
        except flow.TooManyServiceTokens:
            form.say("expiry", words_of.no_room())
            return False
        if changed:
            said = _("“%(name)s” was changed. The change holds from the next request on.")
            messages.success(request, said % {"name": limits.label})
        else:
            messages.info(request, _("Nothing was changed."))
        if limits.allowed_networks is not None and not "".join(limits.allowed_networks).strip():
            messages.warning(request, _("No network is listed. The token is refused from everywhere."))
        return True

    def rotate_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Make a new secret for a token, and show it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        token = ServiceToken.objects.filter(pk=number).first()
        if token is None:
            raise Http404
        own_url = HttpResponseRedirect(self.address_of("change", number))
        if request.method != "POST":
            return own_url
        return rotate(request, token, self._frame(request, _("Copy the new secret"))) or own_url

    def _page(
        self, request: HttpRequest, *, token: ServiceToken | None = None, form: LimitsForm | None = None
    ) -> HttpResponse:
        title = _("Add a service token") if token is None else token.label
        context = self._frame(request, title) | {"original": token, "form": form}
        if form is not None:
            parts: Any = AdminForm(form, form.fieldsets(), {})  # type: ignore[arg-type]  # any form will do
            context |= {"adminform": parts, "errors": form.errors}
        if token is None:
            context["page"] = SingleAnswer.sign(user=person_of(request), purpose=_PURPOSE, nonce=str(uuid4()))
        else:
            context |= page_of(token, staff=person_of(request)) | {"events_url": events_of(request, token)}
        return TemplateResponse(request, "oauthcore/admin/service_tokens/service_token.html", context)

    def _frame(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "has_view_permission": self.has_view_or_change_permission(request),
            "may_change": self.has_change_permission(request),
        }
