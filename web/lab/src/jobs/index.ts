import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { CommandToolbarButton, ICommandPalette } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { INotebookTracker, type INotebookModel, type NotebookPanel } from '@jupyterlab/notebook';
import { LabIcon } from '@jupyterlab/ui-components';

const command = 'holdfast:send-to-job';

const icon = new LabIcon({
  name: 'holdfast:send-to-job',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M2.5 20.5v-6.6l8.4-1.9-8.4-1.9V3.5l20 8.5z"/></svg>`,
});

/**
 * Leads to the hub's form for the notebook in front: src/Hub/Pages/NewJobPage.cs. The hub's own page submits, not this one: an output could press any button here.
 */
const jobs: JupyterFrontEndPlugin<void> = {
  id: 'holdfast:send-to-job',
  description: 'Sends the notebook in front to a job of the hub.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, palette: ICommandPalette | null) => {
    const address = PageConfig.getOption('jobAddress');
    if (address === '') return;

    app.commands.addCommand(command, {
      label: 'Send to job',
      caption: 'Run this notebook as a job, which goes on without this machine',
      icon,
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        const context = tracker.currentWidget?.context;
        if (context === undefined) return;
        // At once: a browser opens no tab for a click that is over.
        const tab = window.open('', '_blank');
        // What is in the file is what the job runs.
        if (context.model.dirty) await context.save();
        const target = `${address}?notebook=${encodeURIComponent(context.path)}`;
        if (tab === null) window.location.assign(target);
        else tab.location.assign(target);
      },
    });
    palette?.addItem({ command, category: 'Notebook Operations' });
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel: NotebookPanel, context: DocumentRegistry.IContext<INotebookModel>) => {
        const button = new CommandToolbarButton({ commands: app.commands, id: command, label: 'Send to job' });
        // The toolbar's own items are read from settings, and come after this.
        void context.ready.then(() => {
          if (!panel.isDisposed && !panel.toolbar.insertBefore('spacer', 'send-to-job', button)) panel.toolbar.addItem('send-to-job', button);
        });
        return button;
      },
    });
  },
};

export default [jobs];
