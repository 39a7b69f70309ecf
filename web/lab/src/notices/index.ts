import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection, type Event } from '@jupyterlab/services';

/** The lab says so when its hub warns that the machine is about to be stopped, and when it is not any more: src/Lab/Activity/StopWarning.cs. */
const schema = 'https://holdfast.dev/events/stop_warning/v1';

const notices: JupyterFrontEndPlugin<void> = {
  id: 'holdfast:stop-warning',
  description: 'Shows when this machine is about to be stopped.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    let shown: string | undefined;

    function show(text: unknown) {
      if (shown !== undefined) Notification.dismiss(shown);
      shown = typeof text === 'string' ? Notification.warning(text, { autoClose: false }) : undefined;
    }

    const { events, serverSettings } = app.serviceManager;
    events.stream.connect((_sender, event: Event.Emission) => {
      if (event.schema_id === schema) show(event.text);
    });
    // A page that is opened after the warning; of a lab without kernels there is none.
    void ServerConnection.makeRequest(URLExt.join(serverSettings.baseUrl, 'api/activity'), {}, serverSettings).then(async response => {
      if (response.ok && shown === undefined) show((await response.json()).warning?.text);
    }, () => undefined);
  },
};

export default [notices];
