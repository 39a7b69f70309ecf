import { CodeCell } from '@jupyterlab/cells';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { KernelMessage, type ConnectionStatus, type Contents, type Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { Asking } from './asking.ts';
import { tellPlaces } from './cells.ts';
import { Comeback } from './comeback.ts';
import { Common } from './common.ts';
import { askForFold, askForProblem, foldType, type Fold, type Folded, type SaveNote } from './protocol.ts';
import { ShownRecord } from './record.ts';
import { Saving } from './saving.ts';

/** A fold that was asked for and has not come by then went with a socket that has gone. */
const patience = 10_000;
const outputTypes = new Set(['stream', 'display_data', 'update_display_data', 'execute_result', 'error']);

/** One open notebook and the kernel it is connected to. */
export class NotebookPage {
  readonly changed = new Signal<this, void>(this);
  readonly saving: Saving;
  readonly common = new Common();
  /** Why the lab cannot write the file; null when it can, undefined before it has said. */
  problem: string | null | undefined;
  /** When an output was last made, in ms since 1970. */
  lastOutput = 0;
  private readonly asking: Asking;
  private kernel: Kernel.IKernelConnection | null = null;
  private record: ShownRecord | null = null;
  private comeback: Comeback | null = null;
  private folded: Folded | undefined;
  /** What the page shows is true up to here, but for what the lab has kept of a save. */
  private number = 0;
  private isPartlyStale = false;
  /** Whether the fold that was asked for has come. */
  private settle: (arrived: boolean) => void = () => {};

  constructor(
    readonly panel: NotebookPanel,
    private readonly status: ConnectionStatus | null,
  ) {
    const { context, sessionContext } = panel;
    this.saving = new Saving(context);
    this.asking = new Asking(
      () => this.ask(),
      () => this.isReady,
    );
    sessionContext.kernelChanged.connect(() => this.follow());
    sessionContext.connectionStatusChanged.connect(() => {
      this.settle(false);
      this.refresh();
    });
    void Promise.all([context.ready, sessionContext.ready]).then(() => {
      if (panel.isDisposed) return;
      // A cell that was moved is a new one on the page.
      panel.content.model?.cells.changed.connect(() => {
        if (this.running > 0) this.refresh();
      });
      this.follow();
    });
  }

  get contentsModel(): Contents.IModel | null {
    return this.panel.context.contentsModel as Contents.IModel | null;
  }

  get hasKernel(): boolean {
    return this.kernel !== null;
  }

  get isConnected(): boolean {
    return this.kernel?.connectionStatus === 'connected';
  }

  /** How many cells run or wait for their turn. */
  get running(): number {
    return this.panel.content.widgets.filter(cell => cell instanceof CodeCell && cell.model.executionState === 'running').length;
  }

  /** The view has gone; the kernel may go on in another view. */
  dispose(): void {
    this.comeback?.dispose();
    this.kernel?.anyMessage.disconnect(this.onAny);
    this.kernel?.iopubMessage.disconnect(this.onIOPub);
    Signal.clearData(this);
  }

  /** What a save says about this page. */
  note(): SaveNote {
    return { cells: this.saving.cells, known: this.record?.known ?? [], cleared: this.record?.cleared ?? {} };
  }

  /** The lab has not taken the outputs of these cells of a save. */
  kept(places: number[]): void {
    const cells = places.map(place => this.panel.content.widgets.find(({ model }) => model.id === this.saving.cells[place]));
    if (cells.some(cell => cell instanceof CodeCell && !this.record?.isLive(cell))) {
      this.isPartlyStale = true;
      this.refresh();
    }
  }

  /** The notebook has come from the lab, for the first time or again: its cells are new. */
  loaded(content: INotebookContent, folded: Folded | undefined): void {
    this.common.note(content);
    this.folded = folded;
    // Once the model has it.
    setTimeout(() => this.refresh(this.start));
  }

  /** The user has cleared a cell's outputs. */
  cleared(cellId: string): void {
    this.record?.clear(cellId);
  }

  /** Asks why the file cannot be written, if it cannot. */
  async look(): Promise<void> {
    if (!this.kernel || !this.isReady || this.problem === undefined) return;
    this.problem = await askForProblem(this.kernel.serverSettings, this.panel.context.localPath).catch(() => this.problem);
  }

  private get isReady(): boolean {
    return !this.panel.isDisposed && this.panel.context.isReady && this.isConnected;
  }

  private follow(): void {
    this.settle(false);
    const kernel = this.panel.isDisposed ? null : (this.panel.sessionContext.session?.kernel ?? null);
    if (kernel === this.kernel) return this.refresh();
    this.keepClean(() => this.record?.end());
    this.comeback?.dispose();
    [this.kernel, this.record, this.comeback, this.problem] = [kernel, null, null, undefined];
    if (kernel) {
      this.record = new ShownRecord(this.panel.content, kernel, () => this.refresh());
      this.comeback = new Comeback(kernel, this.status);
      tellPlaces(kernel, this.panel.context.model);
      kernel.anyMessage.connect(this.onAny);
      kernel.iopubMessage.connect(this.onIOPub);
    }
    this.refresh(this.start);
  }

  /** Up to where what was loaded is true for this kernel. */
  private get start(): number {
    return this.folded && this.folded.kernel === this.kernel?.id ? this.folded.number : 0;
  }

  /** Asks for what has changed since the page was last true. */
  private refresh(since = this.number): void {
    this.number = since;
    this.changed.emit();
    this.asking.start();
  }

  private async ask(): Promise<boolean> {
    const { kernel } = this;
    if (!kernel) return false;
    const { localPath: path } = this.panel.context;
    const since = this.isPartlyStale ? 0 : this.number;
    const request = { kernel: kernel.id, session: kernel.clientId, path, since };
    const arrival = new Promise<boolean>(resolve => {
      this.settle = resolve;
    });
    if (since === 0) this.isPartlyStale = false;
    const timer = setTimeout(() => this.settle(false), patience);
    const arrived = (await askForFold(kernel.serverSettings, request).catch(() => false)) && (await arrival);
    clearTimeout(timer);
    if (!arrived && since === 0) this.isPartlyStale = true;
    return arrived;
  }

  private readonly onAny = (kernel: Kernel.IKernelConnection, { msg, direction }: Kernel.IAnyMessageArgs): void => {
    if (kernel !== this.kernel) return;
    const { cellId } = msg.metadata;
    if (direction === 'send' && msg.header.msg_type === 'execute_request' && typeof cellId === 'string') this.record?.sent(msg.header.msg_id, cellId);
    if (direction === 'recv' && KernelMessage.isInputRequestMsg(msg)) this.record?.prompt(msg);
  };

  /** In the order of the socket, each after JupyterLab has done with it. */
  private readonly onIOPub = (kernel: Kernel.IKernelConnection, message: KernelMessage.IIOPubMessage): void => {
    if (kernel !== this.kernel || !this.record || this.panel.isDisposed) return;
    const { msg_type } = message.header as { msg_type: string };
    const parent = message.parent_header as { msg_id?: string; session?: string };
    if (msg_type === foldType) return this.apply(message.content as unknown as Fold);
    if (outputTypes.has(msg_type)) this.lastOutput = Date.now();
    // Another page has run a cell, or a cell that is not connected has changed.
    const isOthers = msg_type === 'execute_input' && parent.session !== kernel.clientId && !this.record.has(parent.msg_id ?? '');
    if (isOthers || this.record.isNewUpdate(message)) this.refresh();
    this.keepClean(() => this.record?.route(message));
    if (msg_type === 'status') this.changed.emit();
  };

  private apply(fold: Fold): void {
    this.keepClean(() => this.record?.apply(fold));
    this.settle(true);
    this.number = fold.number;
    this.problem = fold.problem;
    const outputs = fold.executions.map(({ last_output }) => Date.parse(last_output ?? '') || 0);
    this.lastOutput = Math.min(Date.now(), Math.max(this.lastOutput, ...outputs));
    this.changed.emit();
  }

  /** What comes from the lab's record is in its file: a page that only looks has nothing to save. */
  private keepClean(change: () => void): void {
    const { model } = this.panel.context;
    const wasClean = !model.isDisposed && !model.dirty;
    change();
    if (wasClean && model.dirty) model.dirty = false;
  }
}
