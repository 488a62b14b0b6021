/** Snapshots to be taken: of a tag that is free, unless a test says otherwise. */
import type {CreateIntent} from '../../../source/core/model/intent.ts';
import {asked} from '../../facts/plan.ts';

export type Wish = Partial<Omit<CreateIntent, 'verb'>>;

export const {planned, refused} = asked<CreateIntent>({verb: 'create', tag: 'fresh'});
