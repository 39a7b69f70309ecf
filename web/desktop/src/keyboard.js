// Keys that a device without a keyboard has: its on-screen keyboard, and those that it lacks.
import Keyboard from '../node_modules/@novnc/novnc/core/input/keyboard.js';
import KeyTable from '../node_modules/@novnc/novnc/core/input/keysym.js';
import keysyms from '../node_modules/@novnc/novnc/core/input/keysymdef.js';

/** So that there is always something to delete. */
const padding = '_'.repeat(64);

/** @param link gives the connection; null for none. */
export function keyboard(link) {
  const typing = document.getElementById('typing'), button = document.getElementById('keyboard');
  const held = [...document.querySelectorAll('[data-key]')];

  function once(keysym) {
    link()?.sendKey(keysym, null);
    for (const key of held.filter(key => key.getAttribute('aria-pressed') === 'true')) press(key, false);
  }

  function press(key, down) {
    link()?.sendKey(KeyTable[`XK_${key.dataset.key}`], null, down);
    key.setAttribute('aria-pressed', String(down));
  }

  const keys = new Keyboard(typing);
  keys.onkeyevent = (keysym, code, down) => link()?.sendKey(keysym, code, down);
  keys.grab();
  // What such keyboards do is often no key that is pressed, but text that has changed.
  typing.value = padding;
  let before = padding;
  typing.addEventListener('input', () => {
    const now = typing.value;
    let same = 0;
    while (same < before.length && before[same] === now[same]) same++;
    for (let left = before.length - same; left > 0; left--) once(KeyTable.XK_BackSpace);
    for (const letter of now.slice(same)) once(letter === '\n' ? KeyTable.XK_Return : keysyms.lookup(letter.codePointAt(0)));
    before = now;
    if (now.length < padding.length / 2 || now.length > padding.length * 4) typing.value = before = padding;
  });

  // The focus must not leave the text before it is known which way to go.
  button.addEventListener('pointerdown', event => event.preventDefault());
  button.addEventListener('click', () => {
    if (document.activeElement === typing) typing.blur();
    else {
      typing.focus();
      typing.setSelectionRange(typing.value.length, typing.value.length);
    }
  });
  typing.addEventListener('focus', () => button.setAttribute('aria-pressed', 'true'));
  typing.addEventListener('blur', () => button.setAttribute('aria-pressed', 'false'));
  for (const key of held) key.addEventListener('click', () => press(key, key.getAttribute('aria-pressed') !== 'true'));
  for (const key of document.querySelectorAll('[data-once]')) key.addEventListener('click', () => once(KeyTable[`XK_${key.dataset.once}`]));
}
