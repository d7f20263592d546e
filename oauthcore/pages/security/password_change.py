"""The page for changing the password: Django's form. It counts tries and asks for the second factor."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.core.validators import MaxLengthValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from oauthcore.accounts import User, person_of
from oauthcore.flows.passwords.credentials import LONGEST_PASSWORD
from oauthcore.flows.passwords.rehashes import replace_password
from oauthcore.pages.frame.notes import SeeOther, see_other
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.requests import hidden_field
from oauthcore.pages.frame.responses import page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.pages.login.password_guard import count_own_password, to_second_step
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import Throttled


class ChangeForm(PasswordChangeForm):
    """Django's form, with a limit to the length of passwords that are hashed."""

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(user, data)
        for field in self.fields.values():
            field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))
            field.widget.attrs["maxlength"] = LONGEST_PASSWORD


@personal_page("GET", "POST")
@sensitive_post_parameters()
@sensitive_variables()  # Django's form has the passwords in clear
def password_change(request: HttpRequest) -> HttpResponseBase:
    """Change the person's password; log out their other browsers, devices and applications."""
    user = person_of(request)
    if not user.has_usable_password():
        raise Http404
    asked = to_second_step(request)
    if asked is not None:
        return asked
    if request.method != "POST":
        return _page(request, ChangeForm(user))
    form = ChangeForm(user, request.POST)
    try:
        count_own_password(request, hidden_field(request, "old_password"))
    except Throttled as refusal:
        events.note_refusal(refusal)
        response = _page(request, ChangeForm(user), problem=try_again_in(refusal.retry_after))
        return too_many_requests(response, refusal.retry_after)
    if not form.is_valid():
        return _page(request, form, status=400)
    if not replace_password(form.user, lambda: form.save(commit=False)):
        return SeeOther(request.path)  # another password has ended this session
    update_session_auth_hash(request, form.user)
    note = _("You have changed your password. All other browsers, devices and applications are logged out.")
    return see_other(request, reverse("oauthcore:security"), note=note)


def _page(request: HttpRequest, form: ChangeForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "problem": problem, "person_name": request.user.get_username()}
    return page(request, "oauthcore/security/password.html", context, status=status, has_form=True)
