"""What a backend must do, as test classes to inherit: give a `stores` fixture with empty stores, and pass.

class TestMyCatalogue(CatalogueContract):
    @pytest.fixture
    def stores(self): ...
"""
