"""The whole file as one object on S3, joined there: only its ends travel.

`exports/<generation>/user_pixel_data.csv` has the segments of one generation. It is made by
multipart upload, `UploadPartCopy` for the segments, and used until the next generation; the
bucket's lifecycle removes it some day. The object itself says under which name it is saved, so
that any presigned URL of it will do.

boto3 is imported where an export is made and nowhere else: it is the slowest part of a cold start.
"""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.feedback import csv_format
from digit_recognizer.rows.integrity import EXPORTS
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.rows.segments import Segment, cut_short, gone
from digit_recognizer.settings import settings

if TYPE_CHECKING:
    from digit_recognizer.store.storage import Bucket, Store

SMALLEST_PART = 5 << 20
"""S3 takes no smaller parts, but for the last."""

MOST_PARTS = 10_000
"""S3 takes no more."""

_AT_ONCE = 16
# In seconds. A client of API Gateway has 30, and should hear of a request that is not answered.
_ANSWERED_WITHIN = 8.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the upload: one segment, copied on the server side, or several, sent from here.

    Attributes:
        segments: whose lines these are.
        first: whether the header stands before them.
    """

    segments: tuple[Segment, ...]
    first: bool = False

    @property
    def is_copied(self) -> bool:
        """Whether nothing of it travels."""
        return not self.first and len(self.segments) == 1


def key_of(generation: int) -> str:
    """Where the export of a generation is kept."""
    return f"{EXPORTS}/{generation}/{csv_format.FILE_NAME}"


def plan(segments: Iterable[Segment]) -> list[Part]:
    """Parts that S3 takes: what is too small for one is joined with what follows it."""
    parts: list[Part] = []
    joined: list[Segment] = []
    size = len(csv_format.HEADER)
    for segment in segments:
        if parts and not segment.csv_bytes:  # S3 copies nothing that is empty
            continue
        joined.append(segment)
        size += segment.csv_bytes
        if size >= SMALLEST_PART:
            parts.append(Part(tuple(joined), first=not parts))
            joined, size = [], 0
    if joined:
        parts.append(Part(tuple(joined), first=not parts))
    return parts


async def address(store: "Store", current: Manifest, method: Literal["GET", "HEAD"]) -> str:
    """Where the file of a manifest can be fetched; it is joined if it isn't yet.

    Args:
        store: the store, on S3.
        current: the manifest.
        method: "GET" or "HEAD"; S3 signs for one of them.

    Returns:
        As the setting `exports` says: a path of the site, or an address of S3 that holds an hour.

    Raises:
        StoreUnavailable: S3 failed.
    """
    assert store.bucket is not None
    key = key_of(current.generation)
    size = len(csv_format.HEADER) + current.csv_bytes
    if await store.size(key) != size:
        failure = StoreUnavailable("The file that was put together is not whole; try again.")
        try:
            await asyncio.to_thread(_join, store.bucket, key, plan(current.segments))
        except StoreUnavailable as error:
            failure = error
        # Neither success nor failure is believed: S3 says 200 before it knows, and an answer may
        # be lost.
        if await store.size(key) != size:
            raise failure
    if settings().exports == "site":
        return f"/{store.bucket.prefix}{key}"
    return await store.presigned(key, method)


def _join(bucket: "Bucket", key: str, parts: Sequence[Part]) -> None:
    """Upload the parts and make them one object. Two may do so at once: they make the same."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    if len(parts) > MOST_PARTS:
        raise StoreUnavailable(
            f"The file would have {len(parts)} parts and S3 takes {MOST_PARTS}: an operator has to"
            " raise SEGMENT_BYTES and merge the segments (see docs/scale.md)."
        )
    config = Config(
        max_pool_connections=_AT_ONCE,
        connect_timeout=1,
        read_timeout=_ANSWERED_WITHIN,
        retries={"mode": "standard", "total_max_attempts": 3},
        # A part with a checksum of a kind that the upload did not name is refused by S3.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    upload = {"Bucket": bucket.name, "Key": bucket.prefix + key}
    try:
        s3 = boto3.client("s3", config=config)
        started = s3.create_multipart_upload(
            **upload,
            ContentType=csv_format.MEDIA_TYPE,
            ContentDisposition=csv_format.DISPOSITION,
        )
        upload["UploadId"] = started["UploadId"]
        try:
            etags = _upload(s3, bucket, upload, parts)
            s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": etags})
        except BaseException:
            # What is left of it if this fails, too, is removed by the bucket's lifecycle.
            with suppress(BotoCoreError, ClientError):
                s3.abort_multipart_upload(**upload)
            raise
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailable(
            "The file can't be put together right now; try again in a moment."
        ) from error


def _upload(
    s3: Any, bucket: "Bucket", upload: dict[str, str], parts: Sequence[Part]
) -> list[dict[str, Any]]:
    """Send or copy all parts, several at once."""

    def one(number: int) -> dict[str, Any]:
        part = parts[number - 1]
        if part.is_copied:
            source = {"Bucket": bucket.name, "Key": bucket.prefix + part.segments[0].csv_key}
            copied = s3.upload_part_copy(**upload, PartNumber=number, CopySource=source)
            return {"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]}
        sent = s3.upload_part(**upload, PartNumber=number, Body=_content(s3, bucket, part))
        return {"PartNumber": number, "ETag": sent["ETag"]}

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(one, range(1, len(parts) + 1)))


def _content(s3: Any, bucket: "Bucket", part: Part) -> bytes:
    """The bytes of a part that is sent from here: a few megabytes."""
    lines = [csv_format.HEADER] if part.first else []
    for segment in part.segments:
        try:
            found = s3.get_object(Bucket=bucket.name, Key=bucket.prefix + segment.csv_key)
        except s3.exceptions.NoSuchKey:
            raise gone(segment) from None
        content = found["Body"].read()
        if len(content) != segment.csv_bytes:
            raise cut_short(segment)
        lines.append(content)
    return b"".join(lines)
