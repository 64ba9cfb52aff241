from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

SEARCH_CONFIG = "efc_english"  # English stems over unaccented words; made by the first migration


def search_column(*weights):
    """Return a stored search vector over text columns, given as ("A", "title"), ("B", "summary")…"""
    vector = None
    for weight, field in weights:
        part = SearchVector(field, weight=weight, config=SEARCH_CONFIG)
        vector = part if vector is None else vector + part
    return models.GeneratedField(expression=vector, output_field=SearchVectorField(), db_persist=True, editable=False)


def search_index(name):
    return GinIndex(fields=["search_vector"], name=name)
