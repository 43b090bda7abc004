"""Configuration of the serving side: its one home, read from the environment once.

`DATA_STORE` says where feedback rows and models live: `file:///an/absolute/folder`,
`s3://bucket/prefix` or `memory://`; by default the project's folder `data/`. The credentials,
region and endpoint of S3 are AWS's usual variables (`AWS_REGION`, `AWS_ACCESS_KEY_ID`,
`AWS_ENDPOINT_URL_S3`, …), which the store's client reads by itself.
"""

import os
import re
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
        durable: whether a folder's objects are on the disk before they are acknowledged
            (DURABILITY=fsync), so that they outlast a power cut; by default (DURABILITY=process)
            they outlast the process, and the last half minute before a cut may be lost. S3 always
            keeps what it acknowledged.
        download_token: that token itself, where there is no Secrets Manager: on a laptop.
        revision: what is deployed, as `GET /health` says it; empty where nothing was.
        exports: where a joined file on S3 is fetched from: by a "presigned" address of S3, or from
            the "site" in front of the API, which has the bucket's exports/ below its own address.
        compactor: the Lambda function that compacts when a download finds much uncompacted; empty
            where the download does it itself.
        origin_secret: what the site in front of the API sends as x-origin-secret; requests
            without it get 403. Empty where everyone may ask.
    """

    data_store: str
    max_body_bytes: int = 6_000_000
    row_prefixes: int = 16
    compact_at: int = 1000
    segment_bytes: int = 8 << 20
    log_requests: bool = False
    download_token_secret: str = ""
    durable: bool = False
    download_token: str = ""
    revision: str = ""
    exports: str = "presigned"
    origin_secret: str = ""
    compactor: str = ""

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
        log_requests = _one_of("LOG_REQUESTS", environment, "off", "on")
        durability = _one_of("DURABILITY", environment, "process", "fsync")
        return cls(
            environment.get("DATA_STORE") or (PROJECT / "data").as_uri(),
            download_token_secret=environment.get("DOWNLOAD_TOKEN_SECRET", ""),
            download_token=_token(environment.get("DOWNLOAD_TOKEN", "")),
            log_requests=log_requests == "on",
            durable=durability == "fsync",
            revision=environment.get("REVISION", ""),
            exports=_one_of("EXPORTS", environment, "presigned", "site"),
            origin_secret=environment.get("ORIGIN_SECRET", ""),
            compactor=environment.get("COMPACTOR", ""),
            **numbers,
        )


def _one_of(variable: str, environment: Mapping[str, str], default: str, other: str) -> str:
    given = environment.get(variable) or default
    if given not in (default, other):
        raise ValueError(f"{variable} is {given!r}; it must be {other} or {default}.")
    return given


def _token(given: str) -> str:
    """A token that can stand in a header and is not guessed at once."""
    if given and not re.fullmatch(r"[!-~]{8,}", given):
        raise ValueError(
            "DOWNLOAD_TOKEN must be 8 or more letters, digits and signs of ASCII, without spaces."
        )
    return given


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment()
