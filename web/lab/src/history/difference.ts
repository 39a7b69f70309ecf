import type { IOutput } from '@jupyterlab/nbformat';
import { OutputArea, OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';
import { compare, type CellDifference, type Version } from './api.ts';
import { button, element } from './elements.ts';
import { clock, dayName } from './list.ts';

interface Options {
  path: string;
  version: Version;
  /** The version before it; null for the oldest. */
  before: number | null;
  rendermime: IRenderMimeRegistry;
  back: () => void;
  /** Restores cells by their places, or for nothing the notebook. */
  restore: (cells?: number[]) => Promise<void>;
}

const signs: Record<string, string> = { '-': 'hf-mod-gone', '+': 'hf-mod-new', '@': 'hf-mod-skipped' };

/** One version: how it differs from the notebook now, or what it changed. */
export class DifferenceView extends Panel {
  private readonly choice = element('select', 'hf-History-choice');
  private readonly words = element('p', 'hf-History-note');
  private readonly cells = new Panel();
  private shown = '';

  constructor(private readonly options: Options) {
    super();
    this.addClass('hf-History-difference');
    const { version, before } = options;
    const title = element('h3', 'hf-History-day', `${dayName(new Date(version.time))}, ${clock(version)}`, element('span', 'hf-History-kind', version.kind));
    const restore = button('Restore notebook', 'Puts all of this version into the notebook. What it holds now stays a version.', () => void options.restore());
    restore.classList.add('jp-mod-accept');
    this.choice.append(new Option('now, against this version', 'now'));
    if (before !== null) this.choice.append(new Option('this version, against the one before', 'before'));
    this.choice.hidden = before === null;
    this.choice.title = 'What is compared';
    this.choice.onchange = () => void this.load();
    const back = button('‹ All versions', 'Back to the list', options.back);
    const head = element('div', 'hf-History-head', back, title, element('div', 'hf-History-actions', restore), this.choice, this.words);
    this.addWidget(new Widget({ node: head }));
    this.addWidget(this.cells);
  }

  /** Compares, and shows it when it is not what is shown. */
  async load(): Promise<void> {
    const { path, version, before } = this.options;
    const toNow = this.choice.value === 'now' || before === null;
    const difference = await (toNow ? compare(path, version.version, null) : compare(path, before, version.version));
    const found = `${this.choice.value} ${JSON.stringify(difference)}`;
    if (this.isDisposed || found === this.shown) return;
    this.shown = found;
    this.words.textContent = difference.notebook ? difference.change : `${difference.change}: only all of it can be restored.`;
    for (const old of [...this.cells.widgets]) old.dispose();
    for (const cell of difference.cells) this.cells.addWidget(this.card(cell, toNow));
  }

  private card(cell: CellDifference, toNow: boolean): Widget {
    const card = new Panel();
    card.addClass('hf-History-cell');
    const { before, after } = cell;
    const state = after === null ? 'gone' : before === null ? 'new' : cell.outputs === 'cleared' && cell.source.length === 0 ? 'outputs cleared' : 'changed';
    const head = element('div', 'hf-History-cellHead', element('span', '', `Cell ${(after ?? before)! + 1}`), element('span', 'hf-History-kind', state));
    if (toNow && before !== null) {
      head.append(button('Restore this cell', 'Puts this cell back as it was in this version.', () => void this.options.restore([before])));
    }
    const node = element('div', '', head);
    if (cell.source.length > 0) node.append(this.source(cell));
    else if (cell.title) node.append(element('pre', 'hf-History-source', element('div', 'hf-mod-context', cell.title)));
    card.addWidget(new Widget({ node }));
    this.addOutputs(card, cell.outputs_before, toNow ? 'Outputs in this version' : 'Outputs before');
    this.addOutputs(card, cell.outputs_after, toNow ? 'Outputs now' : 'Outputs in this version');
    if (cell.outputs === 'cleared') card.addWidget(new Widget({ node: element('p', 'hf-History-label', toNow ? 'No outputs now' : 'No outputs in this version') }));
    return card;
  }

  private source(cell: CellDifference): HTMLElement {
    return element('pre', 'hf-History-source', ...cell.source.map(line => element('div', signs[line[0]] ?? 'hf-mod-context', line[0] === '@' ? '⋯' : line.slice(1) || ' ')));
  }

  /** Rendered as outputs of somebody else's notebook are: HTML is sanitised, no script runs. */
  private addOutputs(card: Panel, values: IOutput[], label: string): void {
    if (values.length === 0) return;
    card.addWidget(new Widget({ node: element('p', 'hf-History-label', label) }));
    const area = new SimplifiedOutputArea({
      model: new OutputAreaModel({ values, trusted: false }),
      rendermime: this.options.rendermime,
      contentFactory: OutputArea.defaultContentFactory,
    });
    area.addClass('hf-History-outputs');
    area.disposed.connect(() => area.model.dispose());
    card.addWidget(area);
  }
}
