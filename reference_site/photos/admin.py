"""The library for staff."""

from __future__ import annotations

from django.contrib import admin

from reference_site.photos.models import Image, ImageSet, Keyword, SetMember


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time before Django 6
    """Every image; files come in through the API only."""

    list_display = ["title", "account", "media_type", "width", "height", "rating", "created_at"]
    list_filter = ["media_type", "rating"]
    search_fields = ["title", "filename", "uuid"]
    readonly_fields = [
        "uuid",
        "account",
        "filename",
        "media_type",
        "width",
        "height",
        "bytes",
        "sha256",
        "created_at",
    ]
    list_select_related = ["account"]
    exclude = [
        "file",
        "keywords",
    ]  # the file has no address of its own; keywords belong to the image's account

    def has_add_permission(self, request: object) -> bool:
        return False


class SetMemberInline(admin.TabularInline):  # type: ignore[type-arg]
    model = SetMember
    extra = 0
    raw_id_fields = ["image"]


@admin.register(ImageSet)
class ImageSetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Sets and the order of their images."""

    list_display = ["name", "account", "go_live_at"]
    search_fields = ["name", "uuid"]
    list_select_related = ["account"]
    inlines = [SetMemberInline]


@admin.register(Keyword)
class KeywordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Keywords of every account."""

    list_display = ["name", "account"]
    search_fields = ["name"]
    list_select_related = ["account"]
    readonly_fields = ["account", "name"]

    def has_add_permission(self, request: object) -> bool:
        return False
