import type { INotebookContent } from '@jupyterlab/nbformat';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';

/** A notebook without what the lab writes by itself: outputs and counts. */
interface Written {
  cells: PartialJSONValue;
  metadata: Record<string, PartialJSONValue>;
}

function written({ cells, metadata }: INotebookContent): Written {
  return {
    cells: cells.map(({ cell_type, source, metadata: { trusted, ...kept }, attachments }) => ({
      cell_type,
      source: Array.isArray(source) ? source.join('') : source,
      metadata: kept,
      attachments: attachments ?? null,
    })) as PartialJSONValue,
    metadata: metadata as Record<string, PartialJSONValue>,
  };
}

const same = (a: PartialJSONValue | undefined, b: PartialJSONValue | undefined) => JSONExt.deepEqual(a ?? null, b ?? null);

/**
 * What a page and its notebook's file had in common last. Two pages that show one notebook both write the kernel's language into it:
 * the second must not be asked "overwrite or revert?" for that.
 */
export class Common {
  private last: Written | undefined;

  /** Page and file are the same now. */
  note(content: INotebookContent): void {
    this.last = written(content);
  }

  /** Whether a save of the page would undo nothing of what somebody else has written into the file. */
  allows(page: INotebookContent, file: INotebookContent): boolean {
    const { last } = this;
    if (!last) return false;
    const [mine, theirs] = [written(page), written(file)];
    const fits = (before?: PartialJSONValue, now?: PartialJSONValue, there?: PartialJSONValue) => same(there, before) || same(there, now);
    const keys = Object.keys({ ...last.metadata, ...theirs.metadata });
    return fits(last.cells, mine.cells, theirs.cells) && keys.every(key => fits(last.metadata[key], mine.metadata[key], theirs.metadata[key]));
  }
}
