/** What `virsnap help` tells beside the commands: each topic from the table that the program itself goes by. */
import {methods} from '../../core/create/methods.ts';
import {snapshotMethods} from '../../core/model/intent.ts';
import {healthMeanings} from '../../core/snapshots/health/meanings.ts';
import {type Context, exitMeanings} from '../context.ts';
import {rows, summarySentence, widest, wrapped} from './text.ts';

type Topic = {
	readonly name: string;
	readonly summary: string;
	/** Its lines: headings, and rows of two columns. */
	readonly sections: (context: Pick<Context, 'adapters'>) => Promise<readonly Section[]>;
};

export type Section = {
	/** Null where the topic has but one. */
	readonly title: string | null;
	/** A word, and what it means. */
	readonly rows: readonly (readonly [string, string])[];
};

export const topics: readonly Topic[] = [
	{
		name: 'keys',
		summary: 'keys of the terminal UI',
		sections: async ({adapters}) => {
			const sections = await adapters.keys();
			return sections.map(({title, keys}) => ({title, rows: keys.map(({names, does}) => [names.join(' '), does])}));
		},
	},
	{
		name: 'methods',
		summary: 'ways to take a snapshot: what each needs, holds and costs',
		sections: async () =>
			methods
				.filter(({id}) => snapshotMethods.some(known => known === id))
				.map(({id, label, needs, captures, costs}) => ({
					title: `${id} (${label})`,
					rows: [
						['needs', needs],
						['holds', captures],
						['costs', costs],
					],
				})),
	},
	{
		name: 'health',
		summary: 'health of a snapshot: what each word means, and what is safe',
		sections: async () => [
			{
				title: null,
				rows: Object.entries(healthMeanings).map(([health, {meaning, safe}]) => [health, `${meaning} ${safe}`]),
			},
		],
	},
	{
		name: 'exit',
		summary: 'exit statuses, for scripts',
		sections: async () => [
			{
				title: null,
				rows: Object.entries(exitMeanings).map(([status, {short, more}]) => [
					status,
					more === '' ? short : `${short}: ${more}`,
				]),
			},
		],
	},
];

/** The topic as text for a terminal. */
export async function topicText(topic: Topic, context: Context): Promise<string> {
	const sections = await topic.sections(context);
	const width = widest(sections.flatMap(({rows: cells}) => cells.map(([word]) => word)));
	return [
		...wrapped(summarySentence(topic.summary), ''),
		...sections.flatMap(({title, rows: cells}) => ['', ...(title === null ? [] : [title]), ...rows(cells, width)]),
	].join('\n');
}
