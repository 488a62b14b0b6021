import type {Lab} from '../lab.ts';

/** How one domain of the lab comes to be. */
export type Recipe = {
	/** What one finds in it, in a few words. */
	shows: string;
	/** Domains that have to be there first. */
	needs?: readonly string[];
	/** Why it cannot be had on this machine, if so. */
	missing?: () => Promise<string | undefined>;
	prepare: (lab: Lab, name: string) => Promise<void>;
};
