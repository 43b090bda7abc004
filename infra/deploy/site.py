"""The page's files in their bucket, and the CDN's copies of them."""

import time
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.account import Account, DeployError
from infra.packaging.artefacts import PROJECT

PAGE = PROJECT / "web" / "dist"

# A name in assets/ has a hash of the content in it, so what it names never changes.
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


def check_page(page: Path = PAGE) -> None:
    """Make sure that the page is built.

    Raises:
        DeployError: it is not.
    """
    if not (page / "index.html").is_file() or not any(page.glob("assets/*.js")):
        raise DeployError("The page is not built; run `npm --prefix web run build`.")


def upload(account: Account, bucket: str, page: Path = PAGE) -> list[str]:
    """Upload the page: what others name first, index.html last.

    Files of the version before stay, for those who have the page open.

    Returns:
        The keys that change from version to version under the same name.
    """
    s3 = account.session.client("s3")
    keys = [path.relative_to(page).as_posix() for path in page.rglob("*") if path.is_file()]
    keys.sort(key=lambda key: (key == "index.html", not _is_hashed(key), key))
    for key in keys:
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=(page / key).read_bytes(),
            ContentType=_TYPES.get(Path(key).suffix, "application/octet-stream"),
            CacheControl=_FOR_A_YEAR if _is_hashed(key) else _ASK_EACH_TIME,
        )
    return [key for key in keys if not _is_hashed(key)]


def invalidate(account: Account, distribution: str, keys: list[str]) -> None:
    """Let the CDN forget its copies, which takes it a minute."""
    cloudfront = account.session.client("cloudfront")
    paths = ["/", *(f"/{key}" for key in keys)]
    batch = {
        "Paths": {"Quantity": len(paths), "Items": paths},
        "CallerReference": str(time.time_ns()),
    }
    cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)


def empty(account: Account, bucket: str) -> int:
    """Delete all objects of a bucket with all their versions, and say how many there were."""
    s3 = account.session.client("s3")
    deleted = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        listed: list[dict[str, Any]] = page.get("Versions", []) + page.get("DeleteMarkers", [])
        objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in listed]
        if objects:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
            deleted += len(objects)
    return deleted


def delete(account: Account, bucket: str) -> None:
    """Delete a bucket with all that is in it; one that is gone already is no error."""
    if exists(account, bucket):
        empty(account, bucket)
        account.session.client("s3").delete_bucket(Bucket=bucket)


def exists(account: Account, bucket: str) -> bool:
    """Whether there is a bucket of this name, and this account may see it."""
    try:
        account.session.client("s3").head_bucket(Bucket=bucket)
    except ClientError:
        return False
    return True


def check_adoptable(account: Account, bucket: str) -> None:
    """Make sure that a stack in this region can go on with a bucket that another one left.

    Raises:
        DeployError: it is not there, not this account's, or in another region.
    """
    s3 = account.session.client("s3")
    try:
        found = s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account.number)
    except ClientError as error:
        raise DeployError(
            f"Bucket {bucket} is not there, or not of account {account.number}; DataBucketName must"
            " name one that a stack left (`aws s3 ls` lists them)."
        ) from error
    region = found["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", account.region)
    if region != account.region:
        raise DeployError(
            f"Bucket {bucket} is in {region}; deploy there: AWS_REGION={region} make …"
        )


def release_policy(account: Account, bucket: str) -> None:
    """Take the policy of the stack before off a bucket: CloudFormation creates none over another.

    The new stack's stands there some minutes later; meanwhile the bucket is as private as before.
    """
    account.session.client("s3").delete_bucket_policy(Bucket=bucket)


def _is_hashed(key: str) -> bool:
    return key.startswith("assets/")
