(() => {
  "use strict";
  const figures = JSON.parse(document.getElementById("charts").textContent);
  const places = [...document.querySelectorAll(".chart")];
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  // A $ in a label is a dollar, and no formula.
  const config = { displayModeBar: false, responsive: true, typesetMath: false };
  const LIGHT = { text: "#1f1d1a", line: "#d9d5cd" };
  const DARK = { text: "#ece8e1", line: "#45403a" };
  const PAGE_PIXELS = 640;

  // Colours of the text and the lines of a chart; the bars look the same in both.
  const painted = (layout, colours) => {
    const update = { "font.color": colours.text };
    const axes = new Set(["xaxis", "yaxis", ...Object.keys(layout)]);
    for (const name of axes) {
      if (/^[xy]axis\d*$/.test(name)) {
        for (const part of ["gridcolor", "linecolor", "zerolinecolor"]) {
          update[`${name}.${part}`] = colours.line;
        }
      }
    }
    return update;
  };
  const paint = (colours, more) =>
    places.forEach((place) =>
      window.Plotly.relayout(place, { ...painted(place.layout, colours), ...more }),
    );
  const now = () => (dark.matches ? DARK : LIGHT);

  Promise.all(
    places.map((place, number) =>
      window.Plotly.newPlot(place, figures[number].data, figures[number].layout, config),
    ),
  ).then(() => {
    paint(now(), {});
    document.documentElement.dataset.drawn = String(places.length);
    dark.addEventListener("change", () => paint(now(), {}));
    window.addEventListener("beforeprint", () => paint(LIGHT, { width: PAGE_PIXELS }));
    window.addEventListener("afterprint", () => paint(now(), { width: null, autosize: true }));
  });
})();
