"""The Visionary: one picture in, its likeliest labels out."""

import streamlit as st

from golems.datasets.decode import open_picture
from golems.settings import settings
from golems.sureness import headline
from ui.errors import errors_in_words
from ui.figures import bars, draw_chart
from ui.inputs import DATA, draw_provenance, pick_checkpoint, pick_golem
from ui.looking import FROM_REPORT, GIVEN, MOST_LABELS, checked, draw_picture, look
from ui.shelf import wake_soon
from ui.text import plain

st.title("Visionary")
card = pick_golem("image-classification")
st.markdown(card.summary)
checkpoint = pick_checkpoint(card)
samples = [DATA / name for name in card.examples] or sorted((DATA / "photos").glob("*.jpg"))
given = [FROM_REPORT] if GIVEN in st.session_state else []
source = st.segmented_control(
    "Picture from", [*given, "Sample", "Upload", "Camera"], default="Sample", required=True,
    key="visionary-source", persist_state="session",
)  # fmt: skip
name, data = "", None
if source == "Upload":
    file = st.file_uploader("A picture", key="visionary-upload")
    if file is not None:
        name, data = file.name, file.getvalue()
elif source == FROM_REPORT:
    name, data = st.session_state[GIVEN]
elif source == "Camera":
    shot = st.camera_input("Take a picture", key="visionary-camera")
    if shot is not None:
        name, data = "camera", shot.getvalue()
else:
    chosen = st.pills(
        "Photo", samples, format_func=lambda path: path.stem.replace("_", " "),
        key="visionary-sample", persist_state="session",
    )  # fmt: skip
    if chosen is not None:
        name, data = chosen.name, chosen.read_bytes()
top_k = st.slider(
    "Labels to show", 1, MOST_LABELS, 5, key="visionary-top-k", persist_state="session"
)

if data is None:
    st.info("No picture yet. Choose a sample photo, or bring your own.", icon=":material/image:")
else:
    with errors_in_words():
        picture = open_picture(checked(data), max_pixels=settings().max_image_pixels)
        left, right = st.columns(2)
        with left:
            draw_picture(picture, name)
        with right:
            seen, elapsed_ms = look(card, checkpoint, data)
            scores = seen.scores[:top_k]
            st.header(plain(headline(seen.scores)))
            draw_chart(
                bars(
                    [entry.label for entry in scores],
                    [entry.score for entry in scores],
                    texts=[f"{entry.score:.3f}" for entry in scores],
                    axis="Score",
                ),
                f"{scores[0].label} scores highest. A score says how the golem leans, "
                "not how likely it is to be right.",
                [(entry.label, entry.score) for entry in scores],
                ["Label", "Score"],
                key="visionary-chart",
            )
            size = f"{picture.width:,} x {picture.height:,} pixels"
            draw_provenance(checkpoint, size, f"{elapsed_ms:,.0f} ms")
wake_soon(card, checkpoint)
