import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { historyIcon } from '@jupyterlab/ui-components';
import { HistoryPanel } from './panel.ts';
import './style.css';

const history: JupyterFrontEndPlugin<void> = {
  id: 'holdfast:history',
  description: 'The versions of the notebook in front: what changed, and a way back.',
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, rendermime: IRenderMimeRegistry, restorer: ILayoutRestorer | null) => {
    const panel = new HistoryPanel(rendermime);
    panel.id = 'hf-history';
    panel.title.icon = historyIcon;
    panel.title.caption = 'History of the notebook';
    const follow = () => panel.follow(tracker.currentWidget?.context ?? null);
    tracker.currentChanged.connect(follow);
    follow();
    app.shell.add(panel, 'right', { rank: 800, type: 'History' });
    restorer?.add(panel, panel.id);
  },
};

export default [history];
