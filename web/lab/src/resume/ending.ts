import type { CodeCell } from '@jupyterlab/cells';
import { KernelMessage } from '@jupyterlab/services';
import type { ExecutionFuture } from './future.ts';
import { iopub } from './outputs.ts';
import type { Execution } from './protocol.ts';

/** The cell runs no more. */
export function count(cell: CodeCell, value: number | null): void {
  cell.model.executionCount = value;
  cell.model.executionState = 'idle';
}

/** Ends an execution of this page whose last messages were lost on the way. */
export function finish(future: ExecutionFuture, { state, execution_count, outputs }: Execution): void {
  if (state === 'lost') {
    future.dispose();
    return;
  }
  const error = outputs.findLast(output => output.output_type === 'error');
  const made = {
    msgType: 'execute_reply',
    channel: 'shell',
    session: future.msg.header.session,
    parentHeader: future.msg.header,
    content: { ...(state === 'done' ? { status: 'ok', payload: [], user_expressions: {} } : { ename: '', evalue: '', traceback: [], ...error, status: 'error' }), execution_count },
  };
  const { handleMsg } = future as ExecutionFuture & { handleMsg(message: KernelMessage.IMessage): Promise<void> };
  void handleMsg.call(future, KernelMessage.createMessage(made as unknown as KernelMessage.IOptions<KernelMessage.IExecuteReplyMsg>));
  void handleMsg.call(future, iopub(future, 'status', { execution_state: 'idle' }));
}
