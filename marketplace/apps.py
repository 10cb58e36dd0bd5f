from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    """The roof as an app: templates tags and commands; registers the system checks."""

    name = "marketplace"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers itself
