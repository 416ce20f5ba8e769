"""Find entities and relations in one paper; the only package that imports spaCy."""
