// A claim lasts a quarter of an hour after the last thing that was done. Whoever fills in the form works, so the claim is renewed
// meanwhile; when it is over, the page says so. Without this file the buttons do the same.

const form = document.querySelector('[data-left]');
const lost = document.querySelector('[data-lost]');
const every = 3 * 60 * 1000;

let until = 0;
let renewed = Date.now();
let timer;

/** Says it when the claim is over. */
function wait(seconds) {
  until = Date.now() + seconds * 1000;
  lost.hidden = true;
  clearTimeout(timer);
  timer = setTimeout(() => { lost.hidden = false; }, Math.max(0, seconds * 1000));
}

/** Renews the claim as its button does, and reads from the answer how it stands. */
async function renew() {
  if (Date.now() - renewed < every || Date.now() > until) return;
  renewed = Date.now();
  try {
    const answer = await fetch(form.action, {
      method: 'POST', body: new URLSearchParams({ do: 'renew' }), credentials: 'same-origin',
    });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = page.querySelector('[data-left]');
    if (!now) {
      wait(0);
      return;
    }
    wait(Number(now.dataset.left));
    document.querySelector('[data-stand]').textContent = page.querySelector('[data-stand]').textContent;
  } catch { /* the next thing that is filled in tries again */ }
}

if (form && lost) {
  wait(Number(form.dataset.left));
  document.querySelector('[data-form="judge"]')?.addEventListener('input', renew);
}
