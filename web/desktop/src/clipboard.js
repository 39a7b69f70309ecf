// The clipboards of the desktop and of this device. Where the browser lets a page read and write its own, nothing has to be done; the box is there everywhere.
export function clipboard() {
  const [text, paste, copy] = ['text', 'paste', 'copy'].map(id => document.getElementById(id));
  let link = null, last = '';

  function give(words) {
    if (!link || words === last) return;
    last = words;
    text.value = words;
    link.clipboardPasteFrom(words);
  }

  /** Only where nobody is asked for it: a page that opens with a question is in the way. */
  async function take() {
    try {
      if ((await navigator.permissions.query({ name: 'clipboard-read' })).state === 'granted') give(await navigator.clipboard.readText());
    } catch { /* This browser has no such thing, or the page has no focus. */ }
  }

  text.addEventListener('input', () => give(text.value));
  paste.addEventListener('click', async () => {
    try {
      give(await navigator.clipboard.readText());
    } catch {
      text.focus();
    }
  });
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      text.select();
      document.execCommand('copy');
    }
  });
  // Without a secure origin there is no clipboard to ask: the box alone is left.
  if (!navigator.clipboard) paste.hidden = true;
  addEventListener('focus', take);
  document.getElementById('screen').addEventListener('pointerenter', take);

  return {
    follow(rfb) {
      link = rfb;
      rfb.addEventListener('clipboard', event => {
        text.value = last = event.detail.text;
        navigator.clipboard?.writeText(last).catch(() => { /* Not now: the box has it. */ });
      });
      rfb.addEventListener('connect', take);
    }
  };
}
