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

/** Keeps the digits of a code, however they were typed or pasted: with spaces, full-width, inside a sentence. */
function keepDigits(field) {
  const tidy = (event) => {
    if (event.isComposing) return;
    const digits = field.value.normalize('NFKC').replace(/\D/g, '').slice(0, Number(field.dataset.places));
    if (digits !== field.value) field.value = digits;
  };
  field.addEventListener('input', tidy);
  field.addEventListener('compositionend', tidy);
}

function offerShow(button) {
  const field = document.getElementById(button.dataset.show);
  const word = button.firstElementChild;
  const [show, hide] = [word.textContent, button.dataset.hide];
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    word.textContent = shown ? show : hide;
  });
}

/** Lets the tile of a puzzle be moved, by its control or by itself, and notes the way it went. */
function offerPuzzle(box) {
  const range = box.querySelector('[type="range"]');
  const picture = box.querySelector('svg');
  const tile = picture.lastElementChild;
  const track = box.querySelector('[data-track]');
  const way = [];
  let began = 0;
  const follow = () => {
    tile.setAttribute('x', range.value);
    began = began || Date.now();
    if (!track || way.length > 299) return;
    way.push(`${range.value}:${Date.now() - began}`);
    track.value = way.join(',');
  };
  const scale = () => picture.viewBox.baseVal.width / picture.getBoundingClientRect().width;
  let grip = null;
  picture.addEventListener('pointerdown', (event) => {
    grip = event.clientX * scale() - range.value;
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', (event) => {
    if (grip === null) return;
    range.value = event.clientX * scale() - grip;
    follow();
  });
  ['pointerup', 'pointercancel'].forEach((end) => picture.addEventListener(end, () => { grip = null; }));
  range.addEventListener('input', follow);
  tile.setAttribute('x', range.value);
  box.hidden = false;
  box.disabled = false;
}

/** Says that the time is nearly over, and brings the button for more of it into view. */
function warnOfTheEnd(place) {
  setTimeout(() => {
    place.classList.add('soon');
    place.querySelector('[role="alert"]').textContent = place.dataset.soon;
  }, Number(place.dataset.in) * 1000);
}

const form = document.querySelector('form[data-step]');
if (form) keepTicks(form);
document.querySelectorAll('[data-places]').forEach(keepDigits);
document.querySelectorAll('[data-show]').forEach(offerShow);
document.querySelectorAll('[data-slide]').forEach(offerPuzzle);
document.querySelectorAll('[data-soon]').forEach(warnOfTheEnd);
document.querySelectorAll('[data-copy]').forEach(offerCopy);
document.querySelectorAll('[data-send]').forEach(offerSend);
document.querySelectorAll('[data-print]').forEach((place) => {
  place.hidden = false;
  place.addEventListener('click', () => print());
});
const summary = document.querySelector('.sum');
if (summary) summary.focus();
