// While an agent helps, customer and agent see each other's steps: the portal says when the case moved, and the page looks
// again, unless something is being typed. Without this file there is the link that looks again.

const place = document.querySelector('[data-events]');
let moved = false;

/** Whether something was typed or chosen that a fresh page would lose. */
const busy = () => [...document.querySelectorAll('input, textarea')].some((e) => e.type !== 'hidden'
  && (e.type === 'radio' || e.type === 'checkbox' ? e.checked !== e.defaultChecked : e.value !== e.defaultValue));

/** Looks again, or offers to. */
function look() {
  if (!moved) return;
  if (busy()) {
    place.hidden = false;
    return;
  }
  moved = false;
  location.replace(location.pathname);
}

if (place && window.EventSource) {
  const events = new EventSource(place.dataset.events);
  events.addEventListener('version', (event) => {
    moved = event.data !== place.dataset.version;
    look();
  });
  addEventListener('pagehide', () => events.close());
}
