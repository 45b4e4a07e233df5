"""Files that pages load."""

import os
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from typing_extensions import override

from graph_api.http.ide import IDE_POLICY


class Files(StaticFiles):
    """Static files; those with a digest in their name may be kept for good, the others are asked about each time."""

    @override
    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return where a file is; hidden ones, such as the build's own notes, are not there."""
        return ("", None) if any(part.startswith(".") for part in path.split("/")) else super().lookup_path(path)

    @override
    def file_response(self, full_path: str | os.PathLike[str], *args: Any, **kwargs: Any) -> Response:
        """Return a file."""
        response = super().file_response(full_path, *args, **kwargs)
        lasting = os.path.basename(full_path).startswith(("chunk-", "asset-"))  # noqa: PTH119 - text is at hand
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        # A worker obeys the policy it is delivered with, not that of the page which starts it.
        response.headers["content-security-policy"] = IDE_POLICY
        return response
