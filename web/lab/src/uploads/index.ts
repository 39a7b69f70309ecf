import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDefaultDrive, type Contents } from '@jupyterlab/services';
import { IStatusBar } from '@jupyterlab/statusbar';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { Upload, type Piece } from './upload.ts';

/** JupyterLab sends a large file in pieces, in order, and gives up at the first that fails. */
const uploads: JupyterFrontEndPlugin<void> = {
  id: 'holdfast:uploads',
  description: 'Uploads that go on after a cut, and from where they were when the same file is chosen again.',
  autoStart: true,
  requires: [IDefaultDrive],
  optional: [IStatusBar],
  activate: (_: JupyterFrontEnd, drive: Contents.IDrive, statusBar: IStatusBar | null) => {
    const running = new Map<string, Upload>();
    const waiting = new Set<string>();
    const item = new Widget({ node: document.createElement('span') });
    item.addClass('jp-StatusBar-TextItem');
    item.node.textContent = 'waits for the lab, goes on by itself';
    const activeStateChanged = new Signal<Widget, void>(item);
    // Beside JupyterLab's own progress bar.
    statusBar?.registerStatusItem(uploads.id, { item, align: 'middle', isActive: () => waiting.size > 0, activeStateChanged });
    const save = drive.save.bind(drive);
    const make = (path: string) =>
      new Upload(drive.serverSettings, path, save, waits => {
        if (waiting.has(path) === waits) return;
        if (waits) waiting.add(path);
        else waiting.delete(path);
        activeStateChanged.emit();
      });
    drive.save = async (path, options) => {
      if (options?.chunk === undefined || options.format !== 'base64') return save(path, options);
      const piece = options as Piece;
      const upload = piece.chunk === 1 ? make(path) : running.get(path);
      if (!upload) return save(path, options);
      running.set(path, upload);
      try {
        const model = await upload.send(piece);
        if (piece.chunk === -1) running.delete(path);
        return model;
      } catch (reason) {
        running.delete(path);
        throw reason;
      }
    };
  },
};

export default [uploads];
