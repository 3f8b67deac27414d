import pytest

from cleaning.recipe import Recipe, load_recipe


@pytest.fixture(scope="session")
def dialogue_recipe() -> Recipe:
    return load_recipe("dialogue")
