"""Pre-flight on the screen: what a run would meet and take."""

from __future__ import annotations

import streamlit as st

from golems.preflight import Lengths, Preflight, check
from golems.runs import Manifest
from golems.words import counted
from ui.figures import draw_chart, histogram
from ui.text import duration, megabytes, plain

KEY = "preflight"  # the manifest that was checked, and what was found
MEGAPIXEL = 1_000_000


def draw_check(manifest: Manifest) -> None:
    """Offer to look at a run before it is started; what was found stays while nothing changes."""
    asked = manifest.model_dump(exclude={"id", "created_at"})
    if st.button("Check first", icon=":material/fact_check:", help="Computes nothing yet."):
        stage = st.empty()
        try:
            found = check(manifest, lambda said: draw_stage(stage, said))
        finally:
            stage.empty()
        st.session_state[KEY] = (asked, found)
    was_asked, found = st.session_state.get(KEY, (None, None))
    if was_asked == asked:
        draw_found(found)


def draw_stage(place: st.delta_generator.DeltaGenerator, said: str) -> None:
    place.caption(plain(f"{said} …"))


def draw_found(found: Preflight) -> None:
    """Counts, lengths, time and memory."""
    with st.container(horizontal=True):
        st.metric("Rows", f"{found.rows:,}", width="content")
        st.metric("Empty", f"{found.empty:,}", width="content")
        st.metric("Unreadable", f"{found.unreadable:,}", width="content")
        st.metric("Duplicates", f"{found.duplicates:,}", width="content")
        st.metric("Already known", f"{found.known:,}", width="content")
        st.metric(
            "Time", "?" if found.seconds is None else duration(found.seconds), width="content"
        )
        st.metric("Memory", megabytes(found.memory_bytes), width="content")
        if found.device_memory_bytes is not None:
            st.metric(
                f"Memory on {found.device}", megabytes(found.device_memory_bytes), width="content"
            )
    st.caption(
        f"{counted(found.to_compute, 'row')} left to compute. Time and memory are guesses from "
        f"{counted(found.rehearsal_predicted, 'row')}; loading takes another "
        f"{duration(found.load_s)}."
    )
    if found.lengths.bins:
        draw_lengths(found.lengths)
    if found.lengths.refused:
        st.warning(
            plain(
                f"{found.lengths.refused:,} of {counted(found.lengths.measured, 'row')} will be "
                f"refused: {found.lengths.refused_reason}"
            )
        )
    if found.lengths.hardly_read:
        st.warning(
            plain(
                f"{found.lengths.hardly_read:,} of {counted(found.lengths.measured, 'row')} can "
                f"hardly be read, so that their results mean little. The first one: "
                f"{found.lengths.hardly_read_reason}."
            )
        )
    if found.rehearsal_refused:
        st.warning(
            f"{found.rehearsal_refused:,} of {counted(found.rehearsed, 'row')} that were tried "
            "will fail."
        )


def draw_lengths(lengths: Lengths) -> None:
    """How long the rows are, and how many will be cut off."""
    scale = MEGAPIXEL if lengths.unit == "pixels" else 1
    unit = "Megapixels" if lengths.unit == "pixels" else "Tokens"
    assert lengths.shortest is not None
    assert lengths.median is not None
    assert lengths.longest is not None
    low, middle, high = (
        f"{value / scale:,.2f}" if scale > 1 else f"{value:,.0f}"
        for value in (lengths.shortest, lengths.median, lengths.longest)
    )
    said = f"The rows have {low} to {high} {unit.lower()}; half have at most {middle}."
    if lengths.cut_off is not None and lengths.cut_off_share is not None:
        share, least, most = lengths.cut_off_share
        said += (
            f" {lengths.cut_off:,} of {lengths.measured:,} ({share:.1%}) are longer than the "
            f"{lengths.limit:,} that the golem reads, and will be cut off."
        )
        if lengths.is_sample:
            said += f" Of all rows it is {least:.1%} to {most:.1%}, with 95 % confidence."
    if lengths.is_sample:
        said += f" Measured on {counted(lengths.measured, 'row')} drawn at random."
    bins = [(one.low / scale, one.high / scale, one.rows) for one in lengths.bins]
    draw_chart(
        histogram(bins, axis=f"{unit} of a row"),
        said,
        bins,
        ["From", "Below", "Rows"],
        key="preflight-lengths",
    )
