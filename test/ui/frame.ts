/** Golden frames: what is missing is written, what differs fails, `npm run frames` writes all anew. */
import {expect} from 'vitest';

export const golden = (screen: string, name: string): Promise<void> =>
	expect(`${screen}\n`).toMatchFileSnapshot(`frames/${name}.txt`);
