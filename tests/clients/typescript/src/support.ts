import assert from 'node:assert/strict';
import type { Problem } from '../client/index.js';

/** What was read, with its version for `If-Match`. */
export type Versioned<T> = { data: T; etag: string };

type Result<T> = ({ data: T; error: undefined } | { data: undefined; error: Problem }) & { response: Response };

/** One sentence for each thing done and checked. */
export function say(sentence: string): void {
  console.log(`  ${sentence}`);
}

/** The answer of a request that must succeed, with its version for `If-Match`. */
export function answered<T>(result: Result<T>): Versioned<T> & { headers: Headers } {
  const { data, error, response } = result;
  if (error !== undefined) throw new Error(JSON.stringify(error, null, 2));
  return { data, etag: response.headers.get('ETag') ?? '', headers: response.headers };
}

/** The problem that a request must meet. */
export function refused(result: Result<unknown>, code: string): Problem {
  assert.equal(result.error?.code, code);
  return result.error;
}

type Page<T> = { items: T[]; next_cursor: string | null };

/** Every item of a list, page after page. */
export async function* everyItem<T>(read: (at: { cursor?: string }) => Promise<Result<Page<T>>>): AsyncGenerator<T> {
  let page: Page<T> = answered(await read({})).data;
  yield* page.items;
  while (page.next_cursor !== null) {
    page = answered(await read({ cursor: page.next_cursor })).data;
    yield* page.items;
  }
}
