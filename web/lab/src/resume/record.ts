import type { CodeCell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import { cellById, cellOf } from './cells.ts';
import { count, finish } from './ending.ts';
import { ResumedFuture, type ExecutionFuture } from './future.ts';
import { displayOf, hasDisplays, iopub, replay, settlePrompt, shows } from './outputs.ts';
import { isOver, type Execution, type Fold } from './protocol.ts';

/** What a notebook shows of one kernel's executions: brought up to date by folds, kept so by the kernel's messages. */
export class ShownRecord {
  /** Each cell's latest execution that this page has sent or shown. */
  private readonly latest = new Map<string, string>();
  /** Cells whose outputs the user has cleared, with the execution that was cleared. */
  private readonly clearedCells = new Map<string, string | null>();
  /** Executions that JupyterLab does not route everything of. */
  private readonly futures = new Map<string, ExecutionFuture>();
  /** Displays that the page has heard of. */
  private readonly displays = new Set<string>();

  constructor(
    private readonly notebook: Notebook,
    private readonly kernel: Kernel.IKernelConnection,
    private readonly askAgain: () => void,
  ) {}

  get known(): string[] {
    return [...this.latest.values()];
  }

  get cleared(): Record<string, string | null> {
    return Object.fromEntries(this.clearedCells);
  }

  /** Whether messages of this execution reach their cell. */
  has(msgId: string): boolean {
    return this.futures.has(msgId);
  }

  /** The page has sent an execution of a cell. */
  sent(msgId: string, cellId: string): void {
    const before = this.latest.get(cellId);
    if (before !== undefined && before !== msgId) this.futures.delete(before);
    this.latest.set(cellId, msgId);
    this.clearedCells.delete(cellId);
  }

  /** The user has cleared a cell's outputs. */
  clear(cellId: string): void {
    this.clearedCells.set(cellId, this.latest.get(cellId) ?? null);
  }

  /** Whether what a cell shows comes in by itself. */
  isLive(cell: CodeCell): boolean {
    return cell.model.executionState === 'running' && cell.outputArea.future?.isDisposed === false;
  }

  apply({ executions }: Fold): void {
    const taken = new Set<CodeCell>();
    for (const execution of executions) {
      const cell = cellOf(this.notebook, execution, taken);
      if (!cell) continue;
      taken.add(cell);
      this.show(cell, execution);
    }
  }

  /** Whether this changes a display that the page has not heard of: it was loaded with its notebook. */
  isNewUpdate(message: KernelMessage.IIOPubMessage): boolean {
    const id = displayOf(message);
    if (id === undefined || this.displays.has(id)) return false;
    this.displays.add(id);
    return message.header.msg_type === 'update_display_data';
  }

  /** Takes a message of the kernel to the cells that JupyterLab does not take it to. */
  route(message: KernelMessage.IIOPubMessage): void {
    const type = message.header.msg_type;
    if (displayOf(message) !== undefined)
      for (const future of this.futures.values()) void future.onIOPub(iopub(future, 'update_display_data', message.content));
    const future = this.futures.get((message.parent_header as { msg_id?: string }).msg_id ?? '');
    if (!(future instanceof ResumedFuture) || type === 'update_display_data') return;
    if (KernelMessage.isExecuteInputMsg(message)) future.count = message.content.execution_count;
    future.handle(message);
    if (KernelMessage.isStatusMsg(message) && message.content.execution_state === 'idle') this.ended(future);
  }

  /** Shows a prompt of an execution that JupyterLab does not know. */
  prompt(request: KernelMessage.IInputRequestMsg): void {
    const future = this.futures.get((request.parent_header as { msg_id?: string }).msg_id ?? '');
    if (!(future instanceof ResumedFuture)) return;
    const cell = cellById(this.notebook, future.cellId);
    if (cell) this.settle(cell, future, request);
  }

  /** The kernel is no longer this notebook's. */
  end(): void {
    for (const future of this.futures.values()) if (future instanceof ResumedFuture) this.ended(future);
    this.futures.clear();
  }

  private show(cell: CodeCell, execution: Execution): void {
    const { msg_id, outputs } = execution;
    const { id } = cell.model;
    const there = cell.outputArea.future?.isDisposed === false ? cell.outputArea.future : undefined;
    const own = there?.msg.header.msg_id === msg_id ? there : undefined;
    if (there && !own && !(there instanceof ResumedFuture) && this.isLive(cell)) {
      // This page has run the cell since the fold was made, or another page is to run it next.
      if (!isOver(execution)) there.done.catch(() => {}).finally(this.askAgain);
      return;
    }
    if (isOver(execution) && this.clearedCells.get(id) === msg_id) return;
    this.sent(msg_id, id);
    const live = own !== undefined && this.isLive(cell);
    const same = shows(cell, outputs);
    const future = own ?? (!isOver(execution) || hasDisplays(outputs) || !same ? this.attach(cell, msg_id) : undefined);
    if (future && (!same || (!own && hasDisplays(outputs)))) {
      this.futures.set(msg_id, future);
      replay(cell, future, execution);
    }
    if (future) this.settle(cell, future, execution.input_request);
    if (future instanceof ResumedFuture) future.count = execution.execution_count;
    if (!isOver(execution)) {
      if (live) return;
      cell.model.executionCount = null;
      cell.model.executionState = 'running';
    } else if (live && future && !(future instanceof ResumedFuture)) {
      finish(future, execution);
    } else {
      count(cell, execution.execution_count);
      if (future instanceof ResumedFuture) future.end();
    }
  }

  private attach(cell: CodeCell, msgId: string): ResumedFuture {
    this.futures.get(msgId)?.dispose();
    const future = new ResumedFuture(this.kernel, msgId, cell.model.id, gone => {
      if (this.futures.get(gone.id) === (gone as ExecutionFuture)) this.futures.delete(gone.id);
    });
    this.futures.set(msgId, future);
    cell.outputArea.reattachFuture(future);
    return future;
  }

  private settle(cell: CodeCell, future: ExecutionFuture, request: Execution['input_request']): void {
    const gone = settlePrompt(cell, future, request);
    // As with JupyterLab's own futures, nothing else is run before the answer.
    if (request || gone) this.kernel.hasPendingInput = Boolean(request);
  }

  private ended(future: ResumedFuture): void {
    future.end();
    const cell = cellById(this.notebook, future.cellId);
    if (!cell || !future.isIn(cell)) return;
    this.settle(cell, future, null);
    count(cell, future.count);
  }
}
