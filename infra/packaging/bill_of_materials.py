"""A software bill of materials of what is deployed, as CycloneDX 1.6 describes one.

It is read from the built artefacts, so it names what is really in them, for their Python and
processor: packages with version and licence, and the model with its hash.
`python -m infra.packaging.bill_of_materials FILE` writes it, in .venv: cyclonedx is no part of
.venv-infra, where checkov wants a release of years ago.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from infra.packaging import sizes
from infra.packaging.artefacts import FUNCTIONS, LAYER_NAME
from infra.packaging.target import PackagingError
from infra.third_party import licence_of

MODEL = Path("python", "digit_recognizer", "artefacts", "digit_recognizer_model.tflite")


def write(built: Path, file: Path) -> None:
    """Write the bill of a folder that `sam build` made; the same build gives the same components.

    Raises:
        PackagingError: the build is not whole.
    """
    sizes.check_whole(built)
    target = sizes.built_for(built / LAYER_NAME)
    bill = Bom()
    bill.metadata.component = Component(
        name="digit-recognizer",
        type=ComponentType.APPLICATION,
        description=f"For Python {target.python} on {target.architecture}.",
    )
    parts = [_model(built / LAYER_NAME / MODEL), *_packages(built)]
    bill.components.update(parts)
    bill.register_dependency(bill.metadata.component, parts)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(JsonV1Dot6(bill).output_as_string(indent=2) + "\n", "utf-8")


def _packages(built: Path) -> Iterator[Component]:
    """Each distribution in the layer and the functions once."""
    folders = [built / LAYER_NAME / "python", *(built / name for name in FUNCTIONS)]
    found = {
        (distribution.name, distribution.version): distribution
        for distribution in distributions(path=[str(folder) for folder in folders])
    }
    for (name, version), distribution in sorted(found.items()):
        url = PackageURL("pypi", name=name.lower().replace("_", "-"), version=version)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            purl=url,
            bom_ref=url.to_string(),
            licenses=[_licence(distribution)],
        )


def _licence(distribution: Distribution) -> License:
    return LicenseFactory().make_from_string(licence_of(distribution))


def _model(file: Path) -> Component:
    card = json.loads(file.with_name("model_card.json").read_text("utf-8"))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Component(
        name=file.name,
        version=card["version"],
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=file.name,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )


if __name__ == "__main__":
    try:
        write(sizes.BUILT, Path(sys.argv[1]))
    except PackagingError as error:
        sys.exit(f"No bill of materials: {error}")
    print(sys.argv[1])
