import { Widget } from '@lumino/widgets';
import type { Version } from './api.ts';
import { element } from './elements.ts';

const dayOf = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const timeOf = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayLength = 86_400_000;

/** The time of a version on its day. */
export const clock = (version: Version) => timeOf.format(new Date(version.time));

/** The day as people say it. */
export function dayName(time: Date): string {
  const name = dayOf.format(time);
  if (name === dayOf.format(new Date())) return 'Today';
  return name === dayOf.format(new Date(Date.now() - dayLength)) ? 'Yesterday' : name;
}

const meanings: Record<Version['kind'], string> = {
  save: 'A page saved it.',
  run: 'Cells ran.',
  outside: 'Found in the file: git, an editor or another program wrote it.',
  'before restore': 'What was there before something was restored.',
  restore: 'Something was restored.',
  rename: 'The notebook got another name.',
};

/** The versions by day, newest first. */
export class VersionList extends Widget {
  constructor(private readonly open: (version: Version) => void) {
    super({ node: element('div', 'hf-History-list') });
  }

  /** Takes these in. */
  fill(versions: Version[]): void {
    const top = this.node.scrollTop;
    this.node.replaceChildren();
    let last = '';
    for (const version of versions) {
      const name = dayName(new Date(version.time));
      if (name !== last) this.node.append(element('h3', 'hf-History-day', name));
      last = name;
      this.node.append(this.row(version));
    }
    this.node.scrollTop = top;
  }

  /** Shows a sentence in their place. */
  say(text: string): void {
    this.node.replaceChildren(element('p', 'hf-History-note', text));
  }

  private row(version: Version): HTMLElement {
    const row = element(
      'button',
      'hf-History-version',
      element('span', 'hf-History-time', clock(version)),
      element('span', 'hf-History-kind', version.kind),
      element('span', 'hf-History-change', version.change),
    );
    row.type = 'button';
    row.dataset.version = `${version.version}`;
    row.title = `Version ${version.version}, ${new Date(version.time).toLocaleString()}. ${meanings[version.kind]}`;
    row.onclick = () => this.open(version);
    return row;
  }
}
