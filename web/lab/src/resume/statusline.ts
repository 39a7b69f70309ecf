import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { NotebookPage } from './page.ts';

const recordedTitle =
  'Everything the kernel prints is recorded by the lab as it comes, with or without a page: this one can be closed at any time, and shows all of it when it is opened again.';
const reconnectingTitle = 'The lab cannot be reached. The kernel goes on and is recorded; this page comes back by itself.';

function age(since: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - since) / 1000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

interface Line {
  text: string;
  /** Said where there is room. */
  more?: string;
  title: string;
}

/** What the status bar says of a notebook, and what that means; nothing where there is nothing to say. */
function describe(page: NotebookPage): Line | undefined {
  if (!page.hasKernel) return undefined;
  if (!page.isConnected) {
    const unsaved = page.panel.context.model.dirty ? ' · not saved yet' : '';
    return { text: `reconnecting…${unsaved}`, title: reconnectingTitle };
  }
  if (page.problem === undefined) return undefined;
  if (page.problem !== null) {
    const title = `The lab keeps what the kernel prints, but cannot write it into the notebook's file: ${page.problem}`;
    return { text: `not recorded: ${page.problem}`, title };
  }
  const { running } = page;
  if (running === 0) return { text: 'recorded', title: recordedTitle };
  const more = page.lastOutput > 0 ? ` · last output ${age(page.lastOutput)} ago` : '';
  return { text: `recorded · ${running} ${running === 1 ? 'cell' : 'cells'} running`, more, title: recordedTitle };
}

/** A quiet line in the status bar about the notebook in front. */
export class StatusLine extends Widget {
  readonly activeChanged = new Signal<this, void>(this);
  private readonly text = document.createTextNode('');
  private readonly more = document.createElement('span');
  private ticks = 0;

  constructor(private readonly front: () => NotebookPage | undefined) {
    super({ node: document.createElement('span') });
    this.addClass('jp-StatusBar-TextItem');
    this.addClass('hf-StatusLine');
    this.more.className = 'hf-StatusLine-more';
    this.node.append(this.text, this.more);
    setInterval(() => {
      if (document.hidden) return;
      // A full disk is not announced.
      if (++this.ticks % 10 === 0) void this.front()?.look();
      this.say();
    }, 1000);
  }

  get isActive(): boolean {
    return this.text.data !== '';
  }

  /** Follows a notebook's changes. */
  watch(page: NotebookPage): void {
    page.changed.connect(() => this.say());
  }

  /** Says what is so now. */
  say(): void {
    const page = this.front();
    const { text, more = '', title }: Line = (page && describe(page)) ?? { text: '', title: '' };
    const wasActive = this.isActive;
    set(this.text, 'data', text);
    set(this.more, 'textContent', more);
    set(this.node, 'title', title);
    if (wasActive !== this.isActive) this.activeChanged.emit();
  }
}

/** Leaves the page alone where nothing has changed. */
function set<K extends string>(node: Record<K, string | null>, key: K, value: string): void {
  if (node[key] !== value) node[key] = value;
}
