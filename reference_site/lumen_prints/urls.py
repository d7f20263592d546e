"""The addresses of the shop."""

from __future__ import annotations

from django.urls import path

from reference_site.lumen_prints import pages, signing_in

urlpatterns = [
    path("", pages.front, name="front"),
    path("prints/<slug:slug>", pages.one_print, name="print"),
    path("prints/<slug:slug>/order", pages.order, name="order"),
    path("account", pages.account, name="account"),
    path("sign-in", signing_in.sign_in, name="sign_in"),
    path("callback", signing_in.callback, name="callback"),
    path("log-out", signing_in.log_out, name="log_out"),
    path("logged-out", signing_in.logged_out, name="logged_out"),
    path("backchannel-logout", signing_in.backchannel_logout, name="backchannel_logout"),
]
