import { CodeCell } from '@jupyterlab/cells';
import type { INotebookModel, Notebook } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { Execution } from './protocol.ts';

/** From now on each execution of a cell says its place: where the file has no ids, nothing else tells cells of the same source apart. */
export function tellPlaces(kernel: Kernel.IKernelConnection, model: INotebookModel): void {
  const request = kernel.requestExecute.bind(kernel);
  kernel.requestExecute = (content, disposeOnDone, metadata) => {
    const cellIndex = model.isDisposed ? -1 : [...model.cells].findIndex(({ id }) => id === metadata?.['cellId']);
    return request(content, disposeOnDone, cellIndex < 0 ? metadata : { ...metadata, cellIndex });
  };
}

/** The cell with this id, when it is a code cell. */
export function cellById(notebook: Notebook, id: string): CodeCell | undefined {
  const cell = notebook.widgets.find(({ model }) => model.id === id);
  return cell instanceof CodeCell ? cell : undefined;
}

/**
 * The cell of an execution: the one whose id it was sent with; else by place and source, since a page that reloads a notebook
 * without ids gives its cells new ones.
 */
export function cellOf(notebook: Notebook, { cell, index, source }: Execution, taken: ReadonlySet<CodeCell>): CodeCell | undefined {
  const byId = cell === null ? undefined : cellById(notebook, cell);
  if (byId) return byId;
  const at = notebook.widgets[index];
  const there = at instanceof CodeCell && !taken.has(at) ? at : undefined;
  if (source === undefined) return there;
  const same = notebook.widgets
    .map((widget, i) => ({ widget, distance: Math.abs(i - index) }))
    .filter(({ widget }) => widget instanceof CodeCell && !taken.has(widget) && widget.model.sharedModel.getSource() === source)
    .sort((a, b) => a.distance - b.distance);
  // When it was edited while it ran, only its place is left.
  return (same[0]?.widget as CodeCell | undefined) ?? there;
}
