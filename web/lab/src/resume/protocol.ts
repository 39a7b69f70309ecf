// What page and lab say to each other about recorded outputs: docs/recording.md.
import type { IOutput } from '@jupyterlab/nbformat';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection, type KernelMessage } from '@jupyterlab/services';

/** The type of the message that carries a fold, on the page's own WebSocket. */
export const foldType = 'holdfast_fold';

/** The latest execution of a cell, with everything that it has shown so far. */
export interface Execution {
  msg_id: string;
  /** The id that the page sent with the request; null when the client sent none. */
  cell: string | null;
  /** The cell's place in the file, -1 when it is not there. */
  index: number;
  /** What was executed; only where the file has no cell ids. */
  source?: string;
  state: 'queued' | 'running' | 'done' | 'error' | 'lost';
  execution_count: number | null;
  last_output?: string;
  /** A `clear_output(wait=True)` waits for the next output. */
  clear_next: boolean;
  outputs: IOutput[];
  /** Only while the kernel waits for an answer. */
  input_request?: Omit<KernelMessage.IInputRequestMsg, 'channel'> | null;
}

export interface Fold {
  path: string;
  number: number;
  executions: Execution[];
  /** Why the lab cannot write the file right now, for people. */
  problem: string | null;
}

/** Up to where the notebook that the lab gave is folded; absent for one without a running kernel. */
export interface Folded {
  number: number;
  kernel: string;
}

/** What a save says beside the notebook. */
export interface SaveNote {
  cells: string[];
  known: string[];
  cleared: Record<string, string | null>;
}

export interface SaveAnswer {
  number: number;
  /** Places of cells whose outputs the lab did not take. */
  kept: number[];
}

export const isOver = ({ state }: Execution): boolean => state !== 'queued' && state !== 'running';

/** Asks the lab to send the record of a notebook on the page's WebSocket; true when it will. */
export async function askForFold(
  settings: ServerConnection.ISettings,
  body: { kernel: string; session: string; path: string; since: number },
): Promise<boolean> {
  const url = URLExt.join(settings.baseUrl, 'api/recording/fold');
  const response = await ServerConnection.makeRequest(url, { method: 'POST', body: JSON.stringify(body) }, settings);
  return response.status === 202;
}

/** Why the lab cannot write the notebook's file right now; null when it can, or has not been asked to. */
export async function askForProblem(settings: ServerConnection.ISettings, path: string): Promise<string | null> {
  const url = URLExt.join(settings.baseUrl, 'api/recording/status') + URLExt.objectToQueryString({ path });
  const response = await ServerConnection.makeRequest(url, {}, settings);
  return response.ok ? ((await response.json()) as { problem: string | null }).problem : null;
}

/** Whether the lab has the kernel; throws when the lab cannot be reached. */
export async function hasKernel(settings: ServerConnection.ISettings, id: string): Promise<boolean> {
  const url = URLExt.join(settings.baseUrl, 'api/kernels', encodeURIComponent(id));
  return (await ServerConnection.makeRequest(url, {}, settings)).ok;
}
