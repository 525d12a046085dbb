// Comfort only: what the customer will see follows the answers at once. Without this file a button asks for it.

const form = document.querySelector('[data-preview]');
let asked = 0;

/** Asks for the page of what is chosen now, and takes the parts out of it that follow from it. */
async function follow(parts) {
  const mine = (asked += 1);
  const said = [...new FormData(form)].filter(([, value]) => value);
  const address = `${form.getAttribute('action')}?${new URLSearchParams(said)}`;
  try {
    const answer = await fetch(address, { credentials: 'same-origin', redirect: 'error' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (mine !== asked || !answer.ok) return;
    parts.forEach((name) => {
      const [place, fresh] = [document, page].map((root) => root.querySelector(name));
      if (place && fresh) place.replaceChildren(...fresh.childNodes);
    });
    history.replaceState(null, '', address);
  } catch {
    /* the button still asks for it */
  }
}

if (form) {
  form.addEventListener('change', (event) => {
    if (event.target.name === 'platform') follow(['[data-questions]', '#preview']);
    else if (event.target.name !== 'q') follow(['#preview']);
  });
}
