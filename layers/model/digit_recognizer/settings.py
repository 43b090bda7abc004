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

_UNITS = {
    "max_body_bytes": "a number of bytes",
    "row_prefixes": "a number of prefixes",
    "compact_at": "a number of rows",
    "segment_bytes": "a number of bytes",
}


@dataclass(frozen=True)
class Settings:
    """What an operator may choose.

    Attributes:
        data_store: URL of the store.
        max_body_bytes: a longer request body is refused with 413. Lambda itself takes 6 MB.
        row_prefixes: over so many prefixes new rows are spread; S3 takes 3,500 PUTs a second of
            each. It may be changed at any time.
        compact_at: a download that finds more rows than this uncompacted compacts them first.
        segment_bytes: a segment of the CSV is closed when it is as long as this. A compaction
            needs about ten times as much memory.
        log_requests: whether the local server prints a line of JSON a request; on Lambda the
            functions always do.
        download_token_secret: the secret of AWS Secrets Manager that has the token for downloads;
            empty where everyone may download.
    """

    data_store: str
    max_body_bytes: int = 6_000_000
    row_prefixes: int = 16
    compact_at: int = 1000
    segment_bytes: int = 8 << 20
    log_requests: bool = False
    download_token_secret: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; a variable that is missing or empty has its default.

        Raises:
            ValueError: a variable holds something else than it should, in one sentence.
        """
        numbers = {}
        for name, unit in _UNITS.items():
            given = environment.get(name.upper())
            if not given:
                continue
            if not given.isdecimal() or int(given) == 0:
                raise ValueError(f"{name.upper()} is {given!r}; it must be {unit}.")
            numbers[name] = int(given)
        log_requests = environment.get("LOG_REQUESTS") or "off"
        if log_requests not in ("on", "off"):
            raise ValueError(f"LOG_REQUESTS is {log_requests!r}; it must be on or off.")
        return cls(
            environment.get("DATA_STORE") or (PROJECT / "data").as_uri(),
            download_token_secret=environment.get("DOWNLOAD_TOKEN_SECRET", ""),
            log_requests=log_requests == "on",
            **numbers,
        )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment()
