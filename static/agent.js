// Comfort for people who work here all day: shortcuts, and passkeys. Every page works without this file; a passkey is the one
// thing that a browser cannot do without script.

const off = 'zh-keys-off';
const stored = () => { try { return localStorage.getItem(off); } catch { return null; } };
const store = (value) => { try { localStorage.setItem(off, value); } catch { /* it holds for this page only */ } };

let keysOff = stored() === 'yes';

/** Whether the reader is typing something. */
const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

/** Opens or closes the list of shortcuts and takes the focus there. */
function toggleList() {
  const list = document.querySelector('[data-keys]');
  if (!list) return;
  list.open = !list.open;
  if (list.open) list.scrollIntoView({ block: 'nearest' });
  list.querySelector('summary').focus();
}

/** One key does what the element does that names it: data-key="n". */
function press(event) {
  if (keysOff || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) return;
  if (event.key === '?') {
    event.preventDefault();
    toggleList();
    return;
  }
  const named = [...document.querySelectorAll('[data-key]')].find((e) => e.dataset.key === event.key && !e.closest('[hidden]'));
  if (!named) return;
  event.preventDefault();
  named.focus();
  named.click();
}

/** Single keys can be switched off, for those who dictate or press keys by chance. */
function offerSwitch(place) {
  const button = place.querySelector('button');
  const show = () => { button.textContent = keysOff ? button.dataset.on : button.dataset.off; };
  button.addEventListener('click', () => {
    keysOff = !keysOff;
    store(keysOff ? 'yes' : 'no');
    show();
  });
  place.hidden = false;
  show();
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

/** What the portal asks for, in the form that the browser takes: bytes where JSON has text. */
function understood(wish) {
  const list = (all) => (all || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const options = { ...wish.publicKey, challenge: bytes(wish.publicKey.challenge) };
  if (options.user) options.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) options.allowCredentials = list(options.allowCredentials);
  if (options.excludeCredentials) options.excludeCredentials = list(options.excludeCredentials);
  return { publicKey: options };
}

/** What the browser gave, as JSON. */
function spoken(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
    if (response.getTransports) answer.transports = response.getTransports();
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    if (response.userHandle) answer.userHandle = text(response.userHandle);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer,
    authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: {},
  });
}

/** Offers a passkey where the browser knows them. */
function offerPasskey(form) {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const said = form.querySelector('[data-said]');
  const button = form.querySelector('button');
  let ready = false;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    if (ready) return;
    event.preventDefault();
    button.disabled = true;
    said.textContent = '';
    try {
      const wish = await fetch(form.dataset.begin, {
        method: 'POST', body: new URLSearchParams(), credentials: 'same-origin', redirect: 'error',
      });
      if (!wish.ok) throw new Error(String(wish.status));
      const credential = await navigator.credentials[form.dataset.passkey](understood(await wish.json()));
      form.elements.passkey.value = spoken(credential);
      ready = true;
      form.requestSubmit ? form.requestSubmit() : form.submit();
    } catch {
      said.textContent = form.dataset.failed;
    }
    button.disabled = false;
  });
}

document.addEventListener('keydown', press);
document.querySelectorAll('[data-keys-switch]').forEach(offerSwitch);
document.querySelectorAll('[data-passkey]').forEach(offerPasskey);
const onward = document.querySelector('form[data-onward]');
if (onward) onward.submit();
