import type { CodeCell } from '@jupyterlab/cells';
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';

type Hook = (message: KernelMessage.IIOPubMessage) => boolean | PromiseLike<boolean>;
type Handler<T> = (message: T) => void | PromiseLike<void>;

/** What an output area has for an execution. */
export type ExecutionFuture = Kernel.IShellFuture<KernelMessage.IExecuteRequestMsg, KernelMessage.IExecuteReplyMsg>;

/**
 * Stands in an output area for an execution that this page did not send, or sent before it was reloaded. JupyterLab makes a future only
 * for a request that it sends; this one gets its messages from the page, by the id of their parent.
 */
export class ResumedFuture implements ExecutionFuture {
  onReply: Handler<KernelMessage.IExecuteReplyMsg> = () => {};
  onIOPub: Handler<KernelMessage.IIOPubMessage> = () => {};
  onStdin: Handler<KernelMessage.IStdinMessage> = () => {};
  readonly msg: KernelMessage.IExecuteRequestMsg;
  /** The count that the kernel gave the execution; null until it is known. */
  count: number | null = null;
  private readonly ended = new PromiseDelegate<KernelMessage.IExecuteReplyMsg>();
  private hooks: Hook[] = [];
  private disposed = false;

  constructor(
    private readonly kernel: Kernel.IKernelConnection,
    msgId: string,
    readonly cellId: string,
    private readonly onDispose: (future: ResumedFuture) => void,
  ) {
    this.msg = KernelMessage.createMessage<KernelMessage.IExecuteRequestMsg>({
      msgType: 'execute_request',
      channel: 'shell',
      session: kernel.clientId,
      msgId,
      content: { code: '' },
    });
    // Nobody may wait for it.
    this.ended.promise.catch(() => {});
  }

  get id(): string {
    return this.msg.header.msg_id;
  }

  get done(): Promise<KernelMessage.IExecuteReplyMsg> {
    return this.ended.promise;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Whether the output area of this cell has it. */
  isIn(cell: CodeCell): boolean {
    return cell.outputArea.future === (this as ExecutionFuture);
  }

  /** Passes on a message of the execution, as JupyterLab's own futures do. */
  handle(message: KernelMessage.IIOPubMessage): void {
    if (this.disposed) return;
    if ([...this.hooks].reverse().some(hook => hook(message) === false)) return;
    void this.onIOPub(message);
  }

  /** The execution is over. */
  end(): void {
    this.ended.reject(new Error('Canceled: a resumed execution has no reply.'));
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.onReply = this.onIOPub = this.onStdin = () => {};
    this.end();
    this.onDispose(this);
  }

  registerMessageHook(hook: Hook): void {
    this.hooks.push(hook);
  }

  removeMessageHook(hook: Hook): void {
    this.hooks = this.hooks.filter(other => other !== hook);
  }

  sendInputReply(content: KernelMessage.IInputReplyMsg['content'], parent: KernelMessage.IInputReplyMsg['parent_header']): void {
    this.kernel.sendInputReply(content, parent);
  }
}
