// Comfort only: every page works without this file.

/** Posts the step form as "keep my ticks", without leaving the page. */
function keepTicks(form) {
  const ticks = document.querySelectorAll('input[name="tick"][form="step"]');
  if (!ticks.length || !window.fetch || !window.URLSearchParams) return;
  const keep = document.querySelector('button[form="step"][value="save"]');
  if (keep) keep.hidden = true;
  let last = Promise.resolve();
  const post = () => {
    const data = new URLSearchParams(new FormData(form));
    data.set('did', 'save');
    return fetch(form.action, {
      method: 'POST', body: data, credentials: 'same-origin', redirect: 'manual', keepalive: true,
    }).then((answer) => {
      if (answer.type !== 'opaqueredirect' && !answer.ok) throw new Error(answer.status);
      if (keep) keep.hidden = true;
    }).catch(() => { if (keep) keep.hidden = false; });
  };
  ticks.forEach((tick) => tick.addEventListener('change', () => { last = last.then(post); }));
}

/** Copies the text of an element; where that is not allowed it stays selected, ready to copy by hand. */
function copy(source) {
  const bySelection = () => {
    getSelection().selectAllChildren(source);
    return document.execCommand('copy') ? Promise.resolve() : Promise.reject(new Error('not copied'));
  };
  if (!navigator.clipboard) return bySelection();
  return navigator.clipboard.writeText(source.textContent.trim()).catch(bySelection);
}

function offerCopy(place) {
  const button = place.querySelector('button');
  const source = document.getElementById(place.dataset.copy);
  if (!button || !source) return;
  const said = document.querySelector('[data-said]');
  const before = button.textContent;
  place.hidden = false;
  button.addEventListener('click', () => copy(source).then(() => {
    button.textContent = button.dataset.done;
    if (said) said.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; if (said) said.textContent = ''; }, 3000);
  }, () => {}));
}

function offerSend(place) {
  const source = document.getElementById(place.dataset.send);
  if (!navigator.share || !source) return;
  place.hidden = false;
  place.querySelector('button').addEventListener('click', () => {
    navigator.share({ text: source.textContent.trim() }).catch(() => {});
  });
}

const form = document.querySelector('form[data-step]');
if (form) keepTicks(form);
document.querySelectorAll('[data-copy]').forEach(offerCopy);
document.querySelectorAll('[data-send]').forEach(offerSend);
document.querySelectorAll('[data-print]').forEach((place) => {
  place.hidden = false;
  place.addEventListener('click', () => print());
});
const summary = document.querySelector('.sum');
if (summary) summary.focus();
