// Comfort only: every page works without this file.

/** Posts the step form as "keep my ticks". */
function keepTicks(form) {
  const ticks = document.querySelectorAll('input[name="tick"][form="step"]');
  if (!ticks.length) return;
  const keep = document.querySelector('button[form="step"][value="save"]');
  if (keep) keep.hidden = true;
  let last = Promise.resolve();
  const post = () => {
    const data = new URLSearchParams(new FormData(form));
    data.set('did', 'save');
    return fetch(form.action, {
      method: 'POST', body: data, credentials: 'same-origin', redirect: 'manual', keepalive: true,
    }).then((answer) => {
      if (answer.status && !answer.ok) throw answer;
      if (keep) keep.hidden = true;
    }).catch(() => { if (keep) keep.hidden = false; });
  };
  ticks.forEach((tick) => tick.addEventListener('change', () => { last = last.then(post); }));
}

/** Copies a text, or leaves it selected. */
function copy(source) {
  const bySelection = () => {
    getSelection().selectAllChildren(source);
    return document.execCommand('copy') ? Promise.resolve() : Promise.reject();
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

/** Keeps the digits of a code: typed with spaces, full-width, inside a sentence. */
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

/** Lets the tile of a puzzle be moved, and notes its way. */
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
  picture.addEventListener('lostpointercapture', () => { grip = null; });
  range.addEventListener('input', follow);
  tile.setAttribute('x', range.value);
  box.hidden = false;
  box.disabled = false;
}

/** Brings "more time" into view before the end. */
function warnOfTheEnd(place) {
  setTimeout(() => {
    place.classList.add('soon');
    place.querySelector('[role="alert"]').textContent = place.dataset.soon;
  }, place.dataset.in * 1000);
}

/** Looks at the page again now and then: goes on if the case did, and renews its fresh parts. */
function watch(place) {
  let every = place.dataset.watch * 1000;
  const look = () => fetch(location.href, { credentials: 'same-origin', redirect: 'manual' }).then((answer) => {
    if (!answer.status) location.replace(location.pathname + location.search);
    return answer.ok ? answer.text() : '';
  }).then((text) => {
    const fresh = new DOMParser().parseFromString(text, 'text/html').querySelectorAll('[data-fresh]');
    document.querySelectorAll('[data-fresh]').forEach((part, i) => {
      if (!fresh[i] || part.contains(document.activeElement)) return;
      part.replaceWith(fresh[i]);
      enhance(fresh[i]);
    });
  }).catch(() => {});
  const again = () => {
    setTimeout(() => (document.hidden ? again() : look().then(again)), every);
    every = Math.min(every * 1.03, 60000);
  };
  document.addEventListener('visibilitychange', () => document.hidden || look());
  if (place.dataset.turn) setTimeout(look, place.dataset.turn * 1000);
  again();
}

function enhance(root) {
  const each = (name, how) => root.querySelectorAll(`[data-${name}]`).forEach(how);
  each('places', keepDigits);
  each('show', offerShow);
  each('slide', offerPuzzle);
  each('soon', warnOfTheEnd);
  each('copy', offerCopy);
  each('send', offerSend);
  each('print', (place) => {
    place.hidden = false;
    place.onclick = () => print();
  });
}

const form = document.querySelector('form[data-step]');
if (form) keepTicks(form);
enhance(document);
document.querySelectorAll('[data-watch]').forEach(watch);
const summary = document.querySelector('.sum');
if (summary) summary.focus();
