"""Accounts and memberships for staff."""

from __future__ import annotations

from django.contrib import admin

from reference_site.accounts.models import Account, Membership


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time in Django 5.2
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts with their members. Staff can suspend an account."""

    list_display = ["name", "uuid", "is_live", "created_at"]
    list_filter = ["suspended_at"]
    search_fields = ["name", "uuid"]
    readonly_fields = ["uuid", "created_at"]
    inlines = [MembershipInline]

    @admin.display(boolean=True)
    def is_live(self, account: Account) -> bool:
        return account.is_active


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """All memberships. Staff can search by person and by account."""

    list_display = ["user", "account", "role", "created_at"]
    list_filter = ["role"]
    search_fields = ["account__name", "user__username"]
    autocomplete_fields = ["account", "user"]
    list_select_related = ["account", "user"]
