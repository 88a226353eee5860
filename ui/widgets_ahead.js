// Tells the server, once a visit, that the browser has the code of widgets and nothing to do.
export default function ({ setTriggerValue }) {
  let left = false;
  const tell = () => {
    if (left || window.widgetsDrawn) return;
    window.widgetsDrawn = true;
    setTriggerValue("idle", true);
  };
  window.codeTakenIn?.then(() => (window.requestIdleCallback ?? setTimeout)(tell));
  return () => {
    left = true;
  };
}
