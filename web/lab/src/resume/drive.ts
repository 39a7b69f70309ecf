import type { INotebookContent } from '@jupyterlab/nbformat';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import type { NotebookPage } from './page.ts';
import type { Folded, SaveAnswer } from './protocol.ts';

/** An error of this name ends a save without a dialog: it is what JupyterLab has when the user cancels one. */
const silently = (message: string): Error => Object.assign(new Error(message), { name: 'ModalCancelError' });

/** Saves of notebooks say what their page knows, and refresh what the lab has kept; a load says up to where the record is in it. */
export function speakFor(drive: Contents.IDrive, pageOf: (path: string) => NotebookPage | undefined): void {
  const get = drive.get.bind(drive);
  const save = drive.save.bind(drive);

  drive.get = async (path, options) => {
    const page = pageOf(path);
    if (page && options?.hash && !options.content) return comparedWith(page, path, options);
    const model = await get(path, options);
    // The page is there only after its notebook was asked for, the first time.
    const opened = pageOf(path);
    if (opened && options?.content && model.type === 'notebook') opened.loaded(model.content, (model as { holdfast?: Folded }).holdfast);
    return model;
  };

  drive.save = async (path, options) => {
    const page = pageOf(path);
    if (!page || options?.type !== 'notebook') return save(path, options);
    const request = { ...options, holdfast: page.note() };
    const { holdfast, ...model } = (await save(path, request).catch(failing(page))) as Contents.IModel & { holdfast?: SaveAnswer };
    page.saving.isWritten = true;
    page.common.note(options.content);
    if (holdfast) page.kept(holdfast.kept);
    return model;
  };

  /** The answer to JupyterLab's question before a save, whether somebody else has changed the file; it asks after it too. */
  async function comparedWith(page: NotebookPage, path: string, options: Contents.IFetchOptions): Promise<Contents.IModel> {
    const model = await get(path, options).catch(failing(page));
    const known = page.contentsModel;
    if (!known?.hash || model.hash === known.hash || page.saving.isWritten) return model;
    const { content } = await get(path, { type: 'notebook', content: true }).catch(failing(page));
    if (page.common.allows(page.panel.context.model.toJSON() as INotebookContent, content)) return { ...model, hash: known.hash };
    // "Overwrite or revert?" is asked at the user's own save.
    if (page.saving.quiet) throw silently('The file has changed on disk.');
    return model;
  }
}

/** Nobody asked for the save, or the status bar says already that the lab cannot be reached; the next autosave tries again. */
function failing(page: NotebookPage): (reason: Error) => never {
  return reason => {
    throw page.saving.quiet || reason instanceof ServerConnection.NetworkError ? silently(reason.message) : reason;
  };
}
