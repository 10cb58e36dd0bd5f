"""Where CSS, scripts and icons are kept: hashed names, compressed beside, addresses known by heart."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

from .memo import memo

IMPORT = (
    r"""(?P<matched>import (?P<names>\{[^}]+\}) from "(?P<url>\./[\w-]+\.js)";)""",
    """import %(names)s from "%(url)s";""",
)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; the address of a file never changes while a process runs, so it is made once."""

    # What our modules import has a hashed name, too: an old one never meets a new one in somebody's cache. Django's own
    # switch for it reads the scripts of others as well, and some of those name files that are not there.
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORT,)))

    def url(self, name: str, force: bool = False) -> str:
        return _url(self, name, force)

    def made_url(self, name: str, force: bool) -> str:
        return str(super().url(name, force))


@memo(most=500)
def _url(storage: StaticFiles, name: str, force: bool) -> str:
    return storage.made_url(name, force)
