// Draws a figure of Plotly's in a page of Streamlit's; taken in once for all charts.
const address = new URL("LIBRARY", document.baseURI).href;
// Browsers remember for an address that it failed.
const taken = () => import(address).catch(() => import(`${address}?again=${Date.now()}`));
const TOUCHED = matchMedia("(pointer: coarse)");

// A page that nobody sees has no frames.
const shown = () =>
  new Promise((done) => {
    requestAnimationFrame(done);
    setTimeout(done, 100);
  });

// One after the other, so that the browser shows each as soon as it is there.
let before = Promise.resolve();
const inTurn = (draw) => {
  const drawn = before.then(draw);
  before = drawn.then((drew) => drew && shown(), () => {});
  return drawn;
};

const prepared = (parent) => {
  const place = document.createElement("div");
  place.className = "plotly-chart";
  place.setAttribute("role", "figure");
  parent.append(place);
  // A sidebar that opens changes the width, too.
  new ResizeObserver(() => {
    if (place.drawn && place.clientWidth && place.clientWidth !== place.width) {
      place.width = place.clientWidth;
      window.Plotly.Plots.resize(place);
    }
  }).observe(place);
  return place;
};

export default async function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".plotly-chart") ?? prepared(parentElement);
  place.tell = (meaning) => setTriggerValue("clicked", JSON.stringify(meaning));
  place.setAttribute("aria-label", data.alt);
  place.classList.toggle("clickable", data.clickable);
  if (place.figure === data.figure) return;
  place.figure = data.figure;
  const { data: traces, layout } = JSON.parse(data.figure);
  place.style.minHeight = `${layout.height}px`;
  layout.font = { family: getComputedStyle(place).fontFamily, ...layout.font };
  if (TOUCHED.matches) layout.dragmode = false; // a finger that moves scrolls the page
  await taken();
  await inTurn(async () => {
    if (!place.isConnected || place.figure !== data.figure) return false;
    const first = !place.drawn;
    await window.Plotly.react(place, traces, layout, data.config);
    place.drawn = true;
    place.width = place.clientWidth;
    if (first && data.clickable) {
      place.on("plotly_click", ({ points }) => place.tell(points[0].customdata[0]));
    }
    return true;
  });
}
