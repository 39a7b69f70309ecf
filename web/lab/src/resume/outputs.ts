import type { CodeCell } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import { KernelMessage } from '@jupyterlab/services';
import { JSONExt, type JSONObject } from '@lumino/coreutils';
import { ResumedFuture, type ExecutionFuture } from './future.ts';
import type { Execution } from './protocol.ts';

const displayId = (output: IOutput): unknown => (output['transient'] as JSONObject | undefined)?.['display_id'];

function comparable({ transient, ...output }: IOutput): JSONObject {
  return (Array.isArray(output['text']) ? { ...output, text: output['text'].join('') } : output) as JSONObject;
}

/** Whether a cell shows just these outputs. */
export function shows(cell: CodeCell, outputs: IOutput[]): boolean {
  const shown = cell.model.outputs.toJSON();
  return shown.length === outputs.length && shown.every((output, i) => JSONExt.deepEqual(comparable(output), comparable(outputs[i])));
}

/** Whether later executions can change one of these outputs. */
export const hasDisplays = (outputs: IOutput[]): boolean => outputs.some(displayId);

/** The display that a message makes or changes. */
export function displayOf({ content }: KernelMessage.IIOPubMessage): string | undefined {
  return (content as { transient?: { display_id?: string } }).transient?.display_id;
}

/** A message of the execution that this page makes up. */
export function iopub(future: ExecutionFuture, msgType: string, content: object): KernelMessage.IIOPubMessage {
  const { session } = future.msg.header;
  const made = { msgType, channel: 'iopub', session, content, parentHeader: future.msg.header };
  return KernelMessage.createMessage(made as KernelMessage.IOptions<KernelMessage.IStreamMsg>);
}

/** Shows an execution's outputs in place of what a cell shows, through the future, so that the output area knows its displays. */
export function replay(cell: CodeCell, future: ExecutionFuture, { outputs, clear_next }: Execution): void {
  // The height stays while outputs are gone: nothing on the page moves.
  cell.outputArea.node.style.minHeight = `${cell.outputArea.node.getBoundingClientRect().height}px`;
  cell.model.trusted = true;
  void future.onIOPub(iopub(future, 'clear_output', { wait: false }));
  for (const { output_type, ...content } of outputs) {
    if (Array.isArray(content['text'])) content['text'] = content['text'].join('');
    void future.onIOPub(iopub(future, output_type, content));
  }
  if (clear_next) void future.onIOPub(iopub(future, 'clear_output', { wait: true }));
}

/** The prompts of a cell that wait for an answer. */
function prompts(cell: CodeCell) {
  return cell.outputArea.widgets.filter(
    widget => widget.hasClass('jp-OutputArea-stdin-item') && !widget.hasClass('jp-OutputArea-stdin-hiding'),
  );
}

/** Shows the prompt that the kernel waits at, once, where JupyterLab does not: it shows those of its own futures. Takes away those that it does not wait at any more, and says whether there were any. */
export function settlePrompt(cell: CodeCell, future: ExecutionFuture, request: Execution['input_request']): boolean {
  const waiting = prompts(cell);
  const stale = request ? waiting.slice(0, -1) : waiting;
  for (const prompt of stale) prompt.dispose();
  if (request && waiting.length === 0 && future instanceof ResumedFuture) void future.onStdin({ ...request, channel: 'stdin' });
  return stale.length > 0;
}
