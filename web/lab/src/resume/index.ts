import { ConnectionLost, IConnectionLost, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, NotebookActions, type Notebook, type NotebookPanel } from '@jupyterlab/notebook';
import { IConnectionStatus, IDefaultDrive, type ConnectionStatus, type Contents } from '@jupyterlab/services';
import { IStatusBar } from '@jupyterlab/statusbar';
import { speakFor } from './drive.ts';
import { NotebookPage } from './page.ts';
import { StatusLine } from './statusline.ts';
import './style.css';

const resume: JupyterFrontEndPlugin<void> = {
  id: 'holdfast:resume',
  description: 'Shows what the lab has recorded, in every page, and goes on live.',
  autoStart: true,
  requires: [INotebookTracker, IDefaultDrive],
  optional: [IConnectionStatus, IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    drive: Contents.IDrive,
    connection: ConnectionStatus | null,
    statusBar: IStatusBar | null,
  ) => {
    const pages = new Set<NotebookPage>();
    const find = (condition: (page: NotebookPage) => boolean) => [...pages].find(condition);
    const pageOf = (panel: NotebookPanel | null) => find(page => page.panel.context === panel?.context);
    const withNotebook = (notebook: Notebook) => pageOf(tracker.find(panel => panel.content === notebook) ?? null);

    const line = new StatusLine(() => (app.shell.currentWidget === tracker.currentWidget ? pageOf(tracker.currentWidget) : undefined));

    /** Two views of a notebook share its model and kernel: one of them is enough. */
    const take = (panel: NotebookPanel) => {
      if (pageOf(panel)) return;
      const page = new NotebookPage(panel, connection);
      pages.add(page);
      line.watch(page);
      panel.disposed.connect(() => {
        pages.delete(page);
        page.dispose();
        const view = tracker.find(other => other !== panel && other.context === page.panel.context);
        if (view) take(view);
      });
    };
    tracker.widgetAdded.connect((_, panel) => take(panel));
    tracker.forEach(take);
    tracker.currentChanged.connect(() => line.say());
    app.shell.currentChanged?.connect(() => line.say());

    speakFor(drive, path => find(page => page.panel.context.localPath === path));
    NotebookActions.executionScheduled.connect((_, { notebook }) => withNotebook(notebook)?.saving.soon());
    NotebookActions.outputCleared.connect((_, { notebook, cell }) => withNotebook(notebook)?.cleared(cell.model.id));

    statusBar?.registerStatusItem(resume.id, {
      item: line,
      align: 'left',
      rank: 4,
      isActive: () => line.isActive,
      activeStateChanged: line.activeChanged,
    });
  },
};

/** JupyterLab shows a dialog when the lab cannot be reached; beside a notebook the status bar says it. */
const connectionLost: JupyterFrontEndPlugin<IConnectionLost> = {
  id: 'holdfast:connection-lost',
  description: 'No dialog for a lost connection that comes back by itself.',
  autoStart: true,
  requires: [INotebookTracker],
  provides: IConnectionLost,
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker): IConnectionLost => {
    return async (manager, error, translator) => {
      if (tracker.size === 0) await ConnectionLost(manager, error, translator);
    };
  },
};

export default [resume, connectionLost];
