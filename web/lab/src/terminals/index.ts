import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITerminalTracker } from '@jupyterlab/terminal';

/** How long after a gesture a change of place counts as made by it. */
const PATIENCE_MS = 1000;
const PULL_MS = 100;
/** So many times it is pulled after the last sign of movement: xterm.js places what has grown a frame or two later. */
const PULLS = 3;
const PAGING = ['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown'];

/**
 * Keeps a terminal at its end. xterm.js 5.5 takes a scroll event that a flood has overtaken for a person who scrolls up, and stays there: a log that
 * somebody watches would stand still. Only a gesture leads away from the end: wheel, finger, pointer, paging keys, and what is typed elsewhere,
 * into the search.
 */
function follow(node: HTMLElement): () => void {
  const stop = new AbortController();
  const listen = { capture: true, passive: true, signal: stop.signal };
  let gesture = -PATIENCE_MS;
  let atEnd = true;
  let quiet = 0;
  let pulling: ReturnType<typeof setInterval> | undefined;
  let own = false;
  const byHand = () => performance.now() - gesture < PATIENCE_MS;
  const note = () => {
    gesture = performance.now();
  };

  function settle(viewport: HTMLElement) {
    quiet = 0;
    pulling ??= setInterval(() => {
      // Hidden, it has no place.
      if (++quiet > PULLS || !atEnd || byHand() || viewport.offsetParent === null) {
        clearInterval(pulling);
        pulling = undefined;
        return;
      }
      viewport.scrollTop = viewport.scrollHeight;
      // Says it again: what xterm.js believes and where the page stands may differ without an event.
      own = true;
      viewport.dispatchEvent(new Event('scroll'));
      own = false;
    }, PULL_MS);
  }

  for (const name of ['wheel', 'touchmove', 'pointerdown']) document.addEventListener(name, note, listen);
  document.addEventListener(
    'keydown',
    event => {
      if (!node.contains(event.target as Node) || PAGING.includes(event.key)) note();
    },
    listen,
  );
  const observed = new WeakSet<Element>();
  node.addEventListener(
    'scroll',
    event => {
      const viewport = event.target as HTMLElement;
      if (own || !viewport.classList.contains('xterm-viewport') || viewport.offsetParent === null) return;
      const isAtEnd = viewport.scrollHeight - viewport.scrollTop - viewport.clientHeight < 2;
      if (isAtEnd) atEnd = true;
      else if (byHand()) atEnd = false;
      if (atEnd) settle(viewport);
      const area = viewport.firstElementChild;
      if (!area || observed.has(area)) return;
      observed.add(area);
      const growth = new ResizeObserver(() => settle(viewport));
      growth.observe(area);
      stop.signal.addEventListener('abort', () => growth.disconnect());
    },
    listen,
  );
  return () => stop.abort();
}

const following: JupyterFrontEndPlugin<void> = {
  id: 'holdfast:terminal-end',
  description: 'A terminal that is at its end stays there, however fast it prints.',
  autoStart: true,
  requires: [ITerminalTracker],
  activate: (_app: JupyterFrontEnd, tracker: ITerminalTracker) => {
    tracker.widgetAdded.connect((_sender, widget) => {
      widget.disposed.connect(follow(widget.node));
    });
  },
};

export default [following];
