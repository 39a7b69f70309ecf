import { ServerConnection, type ConnectionStatus, type Kernel } from '@jupyterlab/services';
import { hasKernel } from './protocol.ts';

const usual = 5_000;
const longest = 60_000;
/** How long a new socket may take to open. */
const patience = 15_000;

const after = (delay: number) => new Promise<void>(resolve => setTimeout(resolve, delay));

/**
 * Brings a kernel's socket back, for ever: JupyterLab gives up after some tries. It looks first whether the lab is there, because
 * every socket that JupyterLab tries in vain leaves a timer behind that disturbs the connection later.
 */
export class Comeback {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private trying = false;
  private pause = usual;

  constructor(
    private readonly kernel: Kernel.IKernelConnection,
    private readonly status: ConnectionStatus | null,
  ) {
    kernel.connectionStatusChanged.connect(this.follow);
    kernel.disposed.connect(this.dispose);
    document.addEventListener('visibilitychange', this.now);
    window.addEventListener('online', this.now);
    if (kernel.connectionStatus !== 'connected') this.later();
  }

  readonly dispose = (): void => {
    clearTimeout(this.timer);
    this.kernel.connectionStatusChanged.disconnect(this.follow);
    this.kernel.disposed.disconnect(this.dispose);
    document.removeEventListener('visibilitychange', this.now);
    window.removeEventListener('online', this.now);
  };

  private readonly follow = (): void => {
    clearTimeout(this.timer);
    this.pause = usual;
    if (this.connected) return this.reached(true);
    void this.look();
    this.later();
  };

  private readonly now = (): void => {
    if (!document.hidden && !this.connected) void this.try();
  };

  private get connected(): boolean {
    return this.kernel.connectionStatus === 'connected';
  }

  /** Without a lab nothing is polled and saved: JupyterLab would show a dialog for each. */
  private reached(yes: boolean): void {
    if (this.status) this.status.isConnected = yes;
  }

  /** Whether the lab has the kernel; undefined when it cannot be reached. */
  private async look(): Promise<boolean | undefined> {
    this.reached(false);
    try {
      const there = await hasKernel(this.kernel.serverSettings, this.kernel.id);
      this.reached(true);
      return there;
    } catch (reason) {
      if (!(reason instanceof ServerConnection.NetworkError)) this.reached(true);
      return undefined;
    }
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.try(), this.pause);
  }

  private async try(): Promise<void> {
    if (this.trying || this.kernel.isDisposed || this.connected) return;
    this.trying = true;
    const there = await this.look();
    // A lab that does not know the kernel is asked less and less often.
    this.pause = there === false ? Math.min(2 * this.pause, longest) : usual;
    if (there && !this.connected && !this.kernel.isDisposed) await Promise.race([this.kernel.reconnect().catch(() => {}), after(patience)]);
    this.trying = false;
    if (!this.connected && !this.kernel.isDisposed) this.later();
  }
}
