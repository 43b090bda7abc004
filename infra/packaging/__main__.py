"""`python -m infra.packaging layer|NAME FOLDER` makes an artefact; `sizes [FOLDER]` weighs all.

The target is in PYTHON_VERSION and ARCHITECTURE. What can't be done is said in one sentence.
"""

import sys
from pathlib import Path

from infra.packaging import artefacts, sizes
from infra.packaging.target import PackagingError, Target


def main(arguments: list[str]) -> None:
    """Do what the command line asks."""
    match arguments:
        case ["layer", folder]:
            artefacts.build_layer(Path(folder), Target.from_environment())
        case ["sizes", *folders]:
            built = Path(*folders) if folders else sizes.BUILT
            print(sizes.table(sizes.weigh(built)))
            sizes.check(sizes.weigh(built))
        case [name, folder] if (artefacts.PROJECT / "functions" / name / "app.py").is_file():
            artefacts.build_function(name, Path(folder), Target.from_environment())
        case _:
            raise PackagingError("Say what to build, and where to: layer FOLDER or NAME FOLDER.")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except PackagingError as error:
        sys.exit(f"Build stopped: {error}")
