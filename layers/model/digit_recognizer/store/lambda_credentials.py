"""S3 credentials in a function that was started from a snapshot (SnapStart).

Lambda gives such a function no access key in its environment, since a key from the snapshot would
have expired; it gives the address of an endpoint and a token for it (AWS SDKs' reference guide,
"Container credential provider"). boto3 knows that endpoint. obstore knows only the one of EKS,
whose token is in a file, and would ask a virtual machine's metadata service, which is not there.
"""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from obstore.store import S3Credential

_TIMEOUT_S = 2


class SnapshotCredentials:
    """A credential provider for obstore, which asks it again when the credentials expire."""

    def __init__(self, endpoint: str, token: str) -> None:
        self._endpoint = urlsplit(endpoint)
        self._token = token

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ
    ) -> "SnapshotCredentials | None":
        """The provider, or None where the environment has no such endpoint."""
        endpoint = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        return cls(endpoint, token) if endpoint and token else None

    def __call__(self) -> "S3Credential":
        """Ask for credentials.

        Raises:
            OSError: the endpoint does not answer, or with something else.
        """
        # A process that is started in the ordinary way never comes here.
        from http.client import HTTPConnection, HTTPException

        address = self._endpoint
        connection = HTTPConnection(address.hostname or "", address.port or 80, timeout=_TIMEOUT_S)
        try:
            path = f"{address.path}?{address.query}" if address.query else address.path
            connection.request("GET", path, headers={"Authorization": self._token})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise OSError(f"The credentials' endpoint answered {answer.status}.")
            given = json.loads(content)
            return {
                "access_key_id": given["AccessKeyId"],
                "secret_access_key": given["SecretAccessKey"],
                "token": given["Token"],
                "expires_at": datetime.fromisoformat(given["Expiration"]),
            }
        except (HTTPException, KeyError, ValueError) as error:
            raise OSError("The credentials' endpoint did not answer with credentials.") from error
        finally:
            connection.close()
