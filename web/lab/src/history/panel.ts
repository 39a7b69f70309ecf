import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { refreshIcon } from '@jupyterlab/ui-components';
import { Debouncer } from '@lumino/polling';
import { Panel, Widget } from '@lumino/widgets';
import * as api from './api.ts';
import { DifferenceView } from './difference.ts';
import { button, element } from './elements.ts';
import { VersionList } from './list.ts';

type Context = DocumentRegistry.IContext<INotebookModel>;

/** The versions of one notebook: a list, and behind each what differs. */
export class HistoryPanel extends Panel {
  private readonly list = new VersionList(version => this.open(version));
  private readonly heading = element('span', 'hf-History-notebook');
  private readonly refreshing = new Debouncer(() => this.load(), 500);
  private context: Context | null = null;
  private versions: api.Version[] = [];
  private view: DifferenceView | undefined;

  constructor(private readonly rendermime: IRenderMimeRegistry) {
    super();
    this.addClass('hf-History');
    const header = element('header', 'hf-History-header', element('h2', '', 'History'), this.heading);
    const refresh = button('', 'Refresh', () => void this.load());
    refreshIcon.element({ container: refresh, stylesheet: 'toolbarButton' });
    header.append(refresh);
    this.addWidget(new Widget({ node: header }));
    this.addWidget(this.list);
  }

  /** Shows another notebook; null for none. */
  follow(context: Context | null): void {
    if (context === this.context) return;
    this.context?.saveState.disconnect(this.saved, this);
    this.context?.pathChanged.disconnect(this.refresh, this);
    this.context?.sessionContext.statusChanged.disconnect(this.ran, this);
    this.context = context;
    context?.saveState.connect(this.saved, this);
    context?.pathChanged.connect(this.refresh, this);
    context?.sessionContext.statusChanged.connect(this.ran, this);
    this.toList();
    void this.load();
  }

  protected override onAfterShow(): void {
    void this.load();
  }

  private get path(): string | undefined {
    return this.context && !this.context.path.includes(':') ? this.context.path : undefined;
  }

  private saved(_: Context, state: DocumentRegistry.SaveState): void {
    if (state === 'completed') this.refresh();
  }

  private ran(_: unknown, status: string): void {
    if (status === 'idle') this.refresh();
  }

  private refresh(): void {
    void this.refreshing.invoke();
  }

  private async load(): Promise<void> {
    if (!this.isVisible) return;
    const { context, path } = this;
    this.heading.textContent = path?.split('/').pop() ?? '';
    this.heading.title = path ?? '';
    if (path === undefined) return this.list.say(context ? 'Notebooks of this drive have no history here.' : 'Open a notebook to see its versions.');
    try {
      const { kept, versions } = await api.list(path);
      if (this.path !== path) return;
      this.versions = versions;
      if (versions.length > 0) this.list.fill(versions);
      else this.list.say(kept ? 'No version yet. One is kept at each save and each run.' : 'No history is kept: HOLDFAST_HISTORY_LIMIT is 0.');
      await this.view?.load();
    } catch (problem) {
      this.list.say(`The history cannot be read: ${(problem as Error).message}`);
    }
  }

  private open(version: api.Version): void {
    const { path } = this;
    if (path === undefined) return;
    this.toList();
    const before = this.versions[this.versions.indexOf(version) + 1]?.version ?? null;
    this.view = new DifferenceView({
      path,
      version,
      before,
      rendermime: this.rendermime,
      back: () => this.toList(),
      restore: cells => this.restore(version.version, cells),
    });
    this.list.hide();
    this.addWidget(this.view);
    void this.view.load();
  }

  private toList(): void {
    this.view?.dispose();
    this.view = undefined;
    this.list.show();
  }

  /** The lab writes the file, and the page shows it. What the page has not saved is saved first, so that it is a version too. */
  private async restore(version: number, cells?: number[]): Promise<void> {
    const { context, path } = this;
    if (!context || path === undefined) return;
    try {
      if (context.model.dirty) await context.save();
      const { changed, kept } = await api.restore(path, version, cells);
      if (changed) await context.revert();
      const what = cells ? 'The cell is' : `Version ${version} is`;
      const undo = kept === undefined ? [] : [{ label: 'Undo', callback: () => void this.restore(kept) }];
      Notification.success(changed ? `${what} restored.` : `${what} what the notebook holds already.`, { autoClose: 8000, actions: changed ? undo : [] });
      await this.load();
    } catch (problem) {
      await showErrorMessage('Not restored', problem as Error);
    }
  }
}
