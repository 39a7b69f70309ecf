import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel } from '@jupyterlab/notebook';

/** How long after a run it is saved: a "run all" is one save. */
const runDelay = 300;

/**
 * The saves of one notebook, one after another: JupyterLab compares the file's hash before a save, and two saves at once would each
 * take the other for a stranger's.
 */
export class Saving {
  /** Whether the save that runs is one that nobody asked for: it fails in silence. */
  quiet = false;
  /** Whether the save that runs has been written. */
  isWritten = false;
  /** The page's cell ids, in the order of the cells in the save that runs. */
  cells: string[] = [];
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private nextIsQuiet = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly save: () => Promise<void>;

  constructor(private readonly context: DocumentRegistry.IContext<INotebookModel>) {
    this.save = context.save.bind(context);
    context.save = () => this.queue(false);
    context.saveState.connect((_, state) => {
      if (state === 'started') this.cells = [...context.model.cells].map(cell => cell.id);
    });
    context.disposed.connect(() => clearTimeout(this.timer));
  }

  /** Saves in a moment, without a word when that fails. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { context } = this;
      if (context.isDisposed || context.model.readOnly || !context.model.dirty || context.canSave === false) return;
      this.queue(true).catch(() => {});
    }, runDelay);
  }

  private queue(quiet: boolean): Promise<void> {
    this.nextIsQuiet = quiet && (this.next === undefined || this.nextIsQuiet);
    this.next ??= this.running.then(() => {
      this.next = undefined;
      [this.quiet, this.isWritten] = [this.nextIsQuiet, false];
      const saved = this.save();
      this.running = saved.catch(() => {});
      return saved;
    });
    return this.next;
  }
}
