"""Configuration of the serving side: its one home, read from the environment once.

`DATA_STORE` says where feedback rows and models live: `file:///an/absolute/folder`,
`s3://bucket/prefix` or `memory://`; by default the project's folder `data/`. The credentials,
region and endpoint of S3 are AWS's usual variables (`AWS_REGION`, `AWS_ACCESS_KEY_ID`,
`AWS_ENDPOINT_URL_S3`, …), which the store's client reads by itself.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Settings:
    """What an operator may choose.

    Attributes:
        data_store: URL of the store.
        max_body_bytes: a longer request body is refused with 413. Lambda itself takes 6 MB.
    """

    data_store: str
    max_body_bytes: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; a variable that is missing or empty has its default.

        Raises:
            ValueError: a variable holds something else than it should, in one sentence.
        """
        limit = environment.get("MAX_BODY_BYTES") or "6000000"
        if not limit.isdecimal() or int(limit) == 0:
            raise ValueError(f"MAX_BODY_BYTES is {limit!r}; it must be a number of bytes.")
        return cls(
            data_store=environment.get("DATA_STORE") or (PROJECT / "data").as_uri(),
            max_body_bytes=int(limit),
        )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment()
