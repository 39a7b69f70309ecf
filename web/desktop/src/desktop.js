// The page of a machine's desktop: starts it where it does not run, shows it with noVNC, and comes back by itself.
import RFB from '@novnc/novnc';
import { clipboard } from './clipboard.js';
import { keyboard } from './keyboard.js';

const root = '/.holdfast/desktop';
const [state, screen, notice] = ['state', 'screen', 'notice'].map(id => document.getElementById(id));
const firstWait = 500, longestWait = 5000, lookEvery = 10000, patience = 5000, longestSilence = 25000;
// RFC 6143, 7.5.3: the pixel at the top left, whether it has changed or not.
const question = new Uint8Array([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
let link = null, way = null, heard = 0, wait = firstWait, waiting = 0, used = false;

/** What the hub answers; null while it does not. */
async function ask(what, method = 'GET') {
  try {
    const answer = await fetch(`${root}/${what}`, { method, cache: 'no-store', signal: method === 'GET' ? AbortSignal.timeout(patience) : undefined });
    // The login is over, or the machine does not run: the page at this address says so.
    if (answer.status === 401 || (answer.status === 503 && (await answer.clone().json()).state)) location.reload();
    const said = await answer.json();
    return answer.ok ? said : { message: said.message ?? 'The hub does not say why.' };
  } catch {
    return null;
  }
}

/** @param no what the button says that only closes it; none without. */
function tell(title, text, label, act, no) {
  notice.hidden = !title;
  if (!title) return;
  const [heading, words, row] = notice.children, [button, back] = row.children;
  [heading.textContent, words.textContent, button.textContent, back.textContent] = [title, text, label ?? '', no ?? ''];
  row.hidden = !label;
  back.hidden = !no;
  button.onclick = act ?? null;
  back.onclick = () => tell(null);
}

async function begin(mayStart) {
  clearTimeout(waiting);
  let now = await ask('state');
  if (now && !now.running && !now.message) {
    if (!mayStart) {
      state.textContent = 'ended';
      tell('This desktop has ended', 'What ran in it has ended with it. A new one begins empty.', 'Start', () => begin(true));
      return;
    }
    state.textContent = 'starting';
    tell('Starting the desktop', '');
    const size = `${clamp(screen.clientWidth)}x${clamp(screen.clientHeight)}`;
    now = await ask(`start?size=${size}`, 'POST');
  }
  if (now?.message) {
    state.textContent = 'not there';
    tell('There is no desktop', now.message, 'Try again', () => begin(true));
  } else if (now) connect();
  else later();
}

const clamp = pixels => Math.min(8192, Math.max(320, Math.round(pixels)));

/** The hub or the network is away: again and again, less and less often. */
function later() {
  state.textContent = 'connecting';
  if (!link) tell('No connection', 'The desktop goes on. This page comes back to it by itself.', 'Try now', () => begin(false));
  clearTimeout(waiting);
  waiting = setTimeout(() => begin(false), wait);
  wait = Math.min(wait * 2, longestWait);
}

function connect() {
  link?.disconnect();
  way = new WebSocket(`${location.origin.replace('http', 'ws')}${root}/socket`);
  way.binaryType = 'arraybuffer';
  way.addEventListener('message', () => { heard = performance.now(); });
  const rfb = new RFB(screen, way, { shared: true });
  let isOpen = false;
  link = rfb;
  Object.assign(rfb, { resizeSession: true, scaleViewport: true, focusOnClick: true, background: 'transparent', showDotCursor: true });
  rfb.addEventListener('connect', () => {
    [wait, heard, isOpen] = [firstWait, performance.now(), true];
    state.textContent = 'running';
    tell(null);
    rfb.focus({ preventScroll: true });
  });
  rfb.addEventListener('disconnect', () => {
    if (link !== rfb) return;
    link = null;
    if (isOpen) begin(false);
    else later();
  });
  board.follow(rfb);
}

// A way that is cut without a word, as by a train tunnel, is found by looking now and then.
setInterval(async () => {
  if (!link || document.hidden) return;
  const rfb = link, now = await ask('state');
  // Who works in the desktop uses the machine.
  if (used) fetch(`${root}/input`, { method: 'POST' }).then(() => { used = false; }).catch(() => {});
  if (link !== rfb || state.textContent !== 'running') return;
  // The hub may answer on another connection than the one that has gone.
  way.send(question);
  if (now === null || performance.now() - heard > longestSilence) {
    link = null;
    rfb.disconnect();
    later();
  }
}, lookEvery);
for (const kind of ['keydown', 'pointerdown', 'wheel']) addEventListener(kind, () => { used = true; }, { capture: true, passive: true });
addEventListener('online', () => { if (!link) begin(false); });
document.addEventListener('visibilitychange', () => {
  heard = performance.now();
  if (!document.hidden && !link && notice.hidden === false && state.textContent === 'connecting') begin(false);
});

const on = (id, act) => document.getElementById(id).addEventListener('click', act);
const panels = [['keys', 'more'], ['clip', 'board']].map(([button, panel]) => [button, panel].map(id => document.getElementById(id)));
for (const [button, panel] of panels) {
  button.addEventListener('click', () => {
    for (const [other, shown] of panels) {
      shown.hidden = shown === panel ? !shown.hidden : true;
      other.setAttribute('aria-expanded', String(!shown.hidden));
    }
    if (panel.hidden) link?.focus();
  });
}
const board = clipboard();
keyboard(() => link);
on('full', () => {
  const whole = document.documentElement;
  if (document.fullscreenElement ?? document.webkitFullscreenElement) (document.exitFullscreen ?? document.webkitExitFullscreen).call(document);
  else (whole.requestFullscreen ?? whole.webkitRequestFullscreen)?.call(whole);
});
on('end', () => {
  tell('End this desktop?', 'The programs in it end with it, with what they have not saved.', 'End it', async () => {
    const said = await ask('stop', 'POST');
    if (said?.message) tell('It did not end', said.message, 'Back', () => tell(null));
  }, 'Let it run');
});
// An on-screen keyboard covers the lower half of some devices' pages: the desktop is what is left above it.
visualViewport?.addEventListener('resize', () => {
  document.body.style.height = `${visualViewport.height}px`;
  scrollTo(0, 0);
});
if (!(document.documentElement.requestFullscreen ?? document.documentElement.webkitRequestFullscreen)) document.getElementById('full').hidden = true;
begin(true);
