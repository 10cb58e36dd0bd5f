"""Where CSS, scripts and icons are kept: hashed names, compressed beside, addresses known by heart."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

from .memo import memo


class StaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; the address of a file never changes while a process runs, so it is made once."""

    def url(self, name: str, force: bool = False) -> str:
        return _url(self, name, force)

    def made_url(self, name: str, force: bool) -> str:
        return str(super().url(name, force))


@memo(most=500)
def _url(storage: StaticFiles, name: str, force: bool) -> str:
    return storage.made_url(name, force)
