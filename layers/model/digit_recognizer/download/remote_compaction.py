"""Compaction by a Lambda function of its own, which a download asks for and waits for.

So the function that the internet reaches may create exports and nothing else: rows are removed by
the one that only the schedule, and this, can call.
"""

import asyncio
import json
from typing import TYPE_CHECKING

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.rows import manifest
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.settings import settings

if TYPE_CHECKING:
    from digit_recognizer.store.storage import Store

# In seconds. A client of API Gateway has 30; 10,000 rows take three.
_ANSWERED_WITHIN = 20.0


async def compact(store: "Store", at_most: int) -> tuple[Manifest, bool]:
    """`compaction.compact`, done by the function that the setting `compactor` names.

    Raises:
        StoreUnavailable: it failed, or can't be called.
    """
    more = await asyncio.to_thread(_invoke, settings().compactor, at_most)
    return await manifest.in_force(store), more


def _invoke(function: str, at_most: int) -> bool:
    """Whether more rows wait than were taken."""
    # As in `s3_join`: the slowest part of a cold start, for those who need it.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(
        connect_timeout=1, read_timeout=_ANSWERED_WITHIN, retries={"total_max_attempts": 1}
    )
    try:
        client = boto3.client("lambda", config=config)
        event = json.dumps({"at_most": at_most})
        answer = client.invoke(FunctionName=function, Payload=event)
        said = json.loads(answer["Payload"].read())
        if "FunctionError" not in answer:
            return bool(said["more"])
    except (BotoCoreError, ClientError, ValueError) as error:
        raise StoreUnavailable(
            "The rows can't be sorted in right now; try again in a moment."
        ) from error
    raise StoreUnavailable("The rows can't be sorted in right now; try again in a moment.")
