"""Who may have the feedback: everyone, or those who send the operator's token.

The setting DOWNLOAD_TOKEN_SECRET names a secret of AWS Secrets Manager that has the token, or
DOWNLOAD_TOKEN is the token; without both, everyone may.
"""

import asyncio
import hmac
import time
from functools import lru_cache

from starlette.requests import Request

from digit_recognizer.errors import StoreUnavailable, Unauthorized
from digit_recognizer.settings import settings

# So long a token that was replaced is still good.
_KEPT_S = 300


async def check(request: Request) -> None:
    """Let a request pass that may have the feedback.

    Raises:
        Unauthorized: the settings ask for a token and the request has none, or a wrong one.
        StoreUnavailable: the token can't be looked up.
    """
    if not token_is_needed():
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and given:
        expected = settings().download_token or await _looked_up()
        if hmac.compare_digest(given.strip().encode(), expected.encode()):
            return
    raise Unauthorized(
        "The feedback is only for those who have the operator's token here; a program sends it as"
        " Authorization: Bearer <token>."
    )


def token_is_needed() -> bool:
    """Whether the settings ask for a token."""
    return bool(settings().download_token or settings().download_token_secret)


async def _looked_up() -> str:
    period = int(time.monotonic() / _KEPT_S)
    return await asyncio.to_thread(_token, settings().download_token_secret, period)


@lru_cache(maxsize=1)
def _token(secret: str, _period: int) -> str:
    """The secret's value, looked up once in a period."""
    # The slowest part of a cold start, for those who need it.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3})
    try:
        client = boto3.client("secretsmanager", config=config)
        value: str = client.get_secret_value(SecretId=secret)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailable(
            "The token can't be checked right now; try again in a moment."
        ) from error
    return value
