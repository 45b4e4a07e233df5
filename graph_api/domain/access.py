"""Who may do what: the scopes of a token, and what a request with it is allowed."""

from dataclasses import dataclass
from enum import StrEnum

from graph_api.errors import Forbidden, Unauthenticated


class Scope(StrEnum):
    """What a token is for. READ counts only where reads are closed; ADMIN holds the others."""

    READ = "read"
    WRITE = "write"
    ANALYSE = "analyse"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Access:
    """What one request may do: as whom, with which scope, by which token; all None without one."""

    actor: str | None = None
    scope: Scope | None = None
    token: str | None = None

    def require(self, scope: Scope) -> str:
        """Return as whom something is done that needs a scope.

        Raises:
            Unauthenticated: the request came without a token.
            Forbidden: its token has another scope.
        """
        if self.actor is None or self.scope is None:
            raise Unauthenticated(
                f"this needs a token with the scope {scope.value}: send it as `Authorization: Bearer TOKEN`; "
                f"`filmgraph token create --scope {scope.value}` makes one"
            )
        if self.scope not in (scope, Scope.ADMIN):
            raise Forbidden(f"this needs the scope {scope.value}; the token given has {self.scope.value}")
        return self.actor


NOBODY = Access()
