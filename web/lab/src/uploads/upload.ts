// What page and lab say to each other about uploads: docs/uploads.md.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';

export type Piece = Partial<Contents.IModel> & { chunk: number; content: string };

interface Begun {
  block: number;
  /** Of each whole block that the lab has. */
  sha256: string[];
}

const longestPause = 5000;

/** A file on its way to the lab. */
export class Upload {
  private readonly id = UUID.uuid4();
  private offset = 0;
  /** What the lab has from an earlier try, as long as it is the same as what comes. */
  private there: Begun = { block: 0, sha256: [] };

  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly path: string,
    private readonly save: Contents.IDrive['save'],
    /** The upload waits for the lab, or no more. */
    private readonly onWaiting: (waits: boolean) => void,
  ) {}

  /** Sends the next piece, until it has arrived. */
  async send(piece: Piece): Promise<Contents.IModel> {
    if (piece.chunk === 1) this.there = await this.persevere(() => this.begin());
    const { offset } = this;
    const { content } = piece;
    const length = (content.length / 4) * 3 - (content.endsWith('==') ? 2 : content.endsWith('=') ? 1 : 0);
    this.offset += length;
    if (piece.chunk !== -1 && (await this.isThere(offset, length, content))) return piece as Contents.IModel;
    this.there.sha256 = [];
    return this.persevere(() => this.save(this.path, { ...piece, holdfast: { upload: this.id, offset } } as Piece));
  }

  private async begin(): Promise<Begun> {
    const url = URLExt.join(this.settings.baseUrl, 'api/uploads');
    const body = JSON.stringify({ path: this.path, upload: this.id });
    const response = await ServerConnection.makeRequest(url, { method: 'POST', body }, this.settings);
    if (!response.ok) throw await ServerConnection.ResponseError.create(response);
    return response.json() as Promise<Begun>;
  }

  private async isThere(offset: number, length: number, content: string): Promise<boolean> {
    const { block, sha256 } = this.there;
    const known = sha256[offset / block];
    // Browsers hash only on pages that came over TLS or from this machine; on others all is sent again.
    if (known === undefined || length !== block || !globalThis.crypto.subtle) return false;
    const bytes = Uint8Array.from(atob(content), character => character.charCodeAt(0));
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return btoa(String.fromCharCode(...hash)) === known;
  }

  /** Does it again as long as the lab cannot be reached. */
  private async persevere<T>(act: () => Promise<T>): Promise<T> {
    try {
      for (let pause = 500; ; pause = Math.min(2 * pause, longestPause)) {
        try {
          return await act();
        } catch (reason) {
          if (!isPassing(reason)) throw reason;
          this.onWaiting(true);
          await new Promise(resolve => setTimeout(resolve, pause));
        }
      }
    } finally {
      this.onWaiting(false);
    }
  }
}

/** A cut is a TypeError, whether before the answer or in the middle of it. */
const isPassing = (reason: unknown): boolean =>
  reason instanceof TypeError || (reason instanceof ServerConnection.ResponseError && [502, 503, 504].includes(reason.response.status));
