"""Feed kg with hostile input: one property a target, driven by atheris in campaigns and by hypothesis in the tests.

A property takes bytes and raises where kg breaks a promise. What a campaign finds is kept in ``tests/data/fuzz/TARGET``
and replayed by ``tests/test_fuzz.py``. ``docs/how-to/fuzz.md`` says how to run one.
"""
