import type { IOutput } from '@jupyterlab/nbformat';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/** One version of a notebook. */
export interface Version {
  version: number;
  time: string;
  kind: 'save' | 'run' | 'outside' | 'before restore' | 'restore' | 'rename';
  size: number;
  cells: number | null;
  change: string;
}

/** A cell that differs: its places counted from 0, null where it is not there; lines begin with ' ', '-', '+' or '@' (some are left out). */
export interface CellDifference {
  before: number | null;
  after: number | null;
  type: string;
  title: string;
  source: string[];
  outputs: 'same' | 'cleared' | 'changed';
  outputs_before: IOutput[];
  outputs_after: IOutput[];
}

export interface Difference {
  notebook: boolean;
  change: string;
  cells: CellDifference[];
}

export interface Versions {
  kept: boolean;
  versions: Version[];
}

const settings = ServerConnection.makeSettings();

async function ask<T>(route: string, query: Record<string, string>, init: RequestInit = {}): Promise<T> {
  const url = URLExt.join(settings.baseUrl, 'api/history', route) + URLExt.objectToQueryString(query);
  const response = await ServerConnection.makeRequest(url, init, settings);
  if (!response.ok) throw await ServerConnection.ResponseError.create(response);
  return (await response.json()) as T;
}

export const list = (path: string) => ask<Versions>('', { path });

/** How a version differs from another one, or for null from the file as it is. */
export const compare = (path: string, from: number, to: number | null) =>
  ask<Difference>('diff', { path, from: `${from}`, ...(to === null ? {} : { to: `${to}` }) });

/** Puts a version, or the cells at these places of it, into the file; what was there before is the version `kept`. */
export const restore = (path: string, version: number, cells?: number[]) =>
  ask<{ changed: boolean; kept?: number }>('restore', {}, {
    method: 'POST',
    body: JSON.stringify({ path, version, ...(cells ? { cells: cells.map(cell => `#${cell + 1}`) } : {}) }),
  });
