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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from digit_recognizer import csv_file
from digit_recognizer.errors import StoreUnavailable
from digit_recognizer.manifest import Manifest
from digit_recognizer.segments import Segment, gone

if TYPE_CHECKING:
    from digit_recognizer.storage import Bucket, Store

SMALLEST_PART = 5 << 20
"""S3 takes no smaller parts, but for the last."""

MOST_PARTS = 10_000
"""S3 takes no more."""

_AT_ONCE = 16


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
    return f"exports/{generation}/{csv_file.FILE_NAME}"


def plan(segments: Iterable[Segment]) -> list[Part]:
    """Parts that S3 takes: what is too small for one is joined with what follows it."""
    parts: list[Part] = []
    joined: list[Segment] = []
    size = len(csv_file.HEADER)
    for segment in segments:
        joined.append(segment)
        size += segment.csv_bytes
        if size >= SMALLEST_PART:
            parts.append(Part(tuple(joined), first=not parts))
            joined, size = [], 0
    if joined:
        parts.append(Part(tuple(joined), first=not parts))
    return parts


async def presigned(store: "Store", current: Manifest, method: Literal["GET", "HEAD"]) -> str:
    """Where the file of a manifest can be fetched for an hour; it is joined if it isn't yet.

    Args:
        store: the store, on S3.
        current: the manifest.
        method: "GET" or "HEAD"; S3 signs for one of them.

    Raises:
        StoreUnavailable: S3 failed.
    """
    assert store.bucket is not None
    key = key_of(current.generation)
    if await store.size(key) is None:
        await asyncio.to_thread(_join, store.bucket, key, plan(current.segments))
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
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 5},
    )
    upload = {"Bucket": bucket.name, "Key": bucket.prefix + key}
    try:
        s3 = boto3.client("s3", config=config)
        started = s3.create_multipart_upload(
            **upload,
            ContentType=csv_file.MEDIA_TYPE,
            ContentDisposition=csv_file.DISPOSITION,
        )
        upload["UploadId"] = started["UploadId"]
        try:
            etags = _upload(s3, bucket, upload, parts)
            s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": etags})
        except BaseException:
            # What is left of it if this fails, too, is removed by the bucket's lifecycle.
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
    lines = [csv_file.HEADER] if part.first else []
    for segment in part.segments:
        try:
            found = s3.get_object(Bucket=bucket.name, Key=bucket.prefix + segment.csv_key)
        except s3.exceptions.NoSuchKey:
            raise gone(segment) from None
        lines.append(found["Body"].read())
    return b"".join(lines)
