"""What serving can't use, left out of the artefacts; licences stay."""

import fnmatch
import shutil
from pathlib import Path

# What LiteRT asks for but only its converters import; a test in the runtime proves it.
UNUSED_PACKAGES = {
    "backports-strenum",
    "colorama",
    "flatbuffers",
    "ml-dtypes",
    "protobuf",
    "tqdm",
}

# Paths below the folder, of files or whole folders; * also crosses slashes.
_UNUSED = [
    # What every package may have: types, sources and headers for compilers, tests, libraries to
    # link with, what says how it was installed.
    "*.pyi",
    "*.pyx",
    "*.pxd",
    "*.h",
    "*.hpp",
    "*.a",
    "*/tests",
    "*.dist-info/RECORD",
    "*.dist-info/REQUESTED",
    "*.dist-info/INSTALLER",
    "*.dist-info/direct_url.json",
    "*.dist-info/sboms",
    # LiteRT: accelerators, compiler plugins of vendors, command-line tools.
    "ai_edge_litert/libLiteRtWebGpuAccelerator.so",
    "ai_edge_litert/vendors",
    "ai_edge_litert/tools",
    "ai_edge_litert/aot",
    # NumPy: the Fortran compiler's front end.
    "numpy/f2py",
    # Pillow: pictures are PNG, JPEG, WebP, BMP or GIF; no text is drawn, no colour is managed.
    "PIL/_avif.*",
    "PIL/_imagingcms.*",
    "PIL/_imagingft.*",
    "PIL/_imagingtk.*",
    "pillow.libs/libavif-*",
    "pillow.libs/libbrotli*",
    "pillow.libs/libfreetype-*",
    "pillow.libs/libharfbuzz-*",
    "pillow.libs/liblcms2-*",
    "pillow.libs/libpng16-*",
    # botocore describes every service of AWS; S3, Secrets Manager and Lambda are called.
    "botocore/data/*",
    "boto3/data/*",
    "boto3/examples",
]
_KEPT = [
    "botocore/data/endpoints.json",
    "botocore/data/partitions.json",
    "botocore/data/sdk-default-configuration.json",
    "botocore/data/_retry.json",
    "botocore/data/s3",
    "botocore/data/s3/*",
    "botocore/data/lambda",
    "botocore/data/lambda/*",
    "botocore/data/secretsmanager",
    "botocore/data/secretsmanager/*",
]


def trim(folder: Path) -> None:
    """Remove from a folder of packages what serving can't use."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if not path.exists() or _matches(inside, _KEPT) or not _matches(inside, _UNUSED):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _matches(path: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
