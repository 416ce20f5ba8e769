"""What functions remember of data is let go of; what they loaded stays."""

from kg import vocabulary
from kg.namespaces import entity_curie
from kg.resolve.collecting import let_go
from kg.text import normal_form


def test_let_go_forgets_data_and_keeps_what_was_loaded() -> None:
    names = [f"Network {number}" for number in range(500)]
    minted = [entity_curie(normal_form(name)) for name in names]
    loaded = vocabulary.load()

    let_go()

    assert normal_form.cache_info().currsize == entity_curie.cache_info().currsize == 0
    assert vocabulary.load() is loaded
    assert [entity_curie(normal_form(name)) for name in names] == minted
