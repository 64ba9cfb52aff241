from modeltranslation.translator import TranslationOptions, register

from publications.models import NewsItem, Page, Publication


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ["title", "lead", "description", "body"]
    required_languages = ["en"]


@register(NewsItem)
class NewsItemTranslation(TranslationOptions):
    fields = ["title", "summary", "body"]
    required_languages = ["en"]


@register(Publication)
class PublicationTranslation(TranslationOptions):
    fields = ["title", "subtitle", "summary", "body"]
    required_languages = ["en"]
