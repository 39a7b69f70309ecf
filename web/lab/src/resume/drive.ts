import { ServerConnection, type Contents } from '@jupyterlab/services';
import type { NotebookPage } from './page.ts';
import type { SaveAnswer } from './protocol.ts';

/** An error of this name ends a save without a dialog: it is what JupyterLab has when the user cancels one. */
const silently = (message: string): Error => Object.assign(new Error(message), { name: 'ModalCancelError' });

/** Saves of notebooks say what their page knows, and refresh what the lab has kept; a page that was loaded again asks for its record. */
export function speakFor(drive: Contents.IDrive, pageOf: (path: string) => NotebookPage | undefined): void {
  const get = drive.get.bind(drive);
  const save = drive.save.bind(drive);

  drive.get = async (path, options) => {
    const page = pageOf(path);
    if (!page) return get(path, options);
    if (options?.content) {
      const model = await get(path, options);
      page.reloaded();
      return model;
    }
    const model = await get(path, options).catch(reason => {
      throw isOurs(page, reason) ? silently(reason.message) : reason;
    });
    // The question "overwrite or revert?" is for the user's own save.
    if (page.saving.quiet && options?.hash && model.hash !== page.contentsModel?.hash) throw silently('The file has changed on disk.');
    return model;
  };

  drive.save = async (path, options) => {
    const page = pageOf(path);
    if (!page || options?.type !== 'notebook') return save(path, options);
    const request = { ...options, holdfast: page.note() };
    const answer = await save(path, request).catch(reason => {
      throw isOurs(page, reason) ? silently(reason.message) : reason;
    });
    const { holdfast, ...model } = answer as Contents.IModel & { holdfast?: SaveAnswer };
    if (holdfast) page.kept(holdfast.kept);
    return model;
  };
}

/** Nobody asked for the save, or the status bar says already that the lab cannot be reached; the next autosave tries again. */
const isOurs = (page: NotebookPage, reason: unknown): boolean => page.saving.quiet || reason instanceof ServerConnection.NetworkError;
