/** How old something is, in one unit: what a column has room for. */
const units: readonly (readonly [seconds: number, name: string])[] = [
	[365 * 86_400, 'y'],
	[7 * 86_400, 'w'],
	[86_400, 'd'],
	[3600, 'h'],
	[60, 'min'],
];

/** "3 d", "5 min"; "-" for no date, "0 min" for one to come: clocks of guest and host differ. */
export function formatAge(createdAt: string | null, now: number): string {
	const seconds = (now - new Date(createdAt ?? Number.NaN).getTime()) / 1000;
	if (Number.isNaN(seconds)) return '-';
	const [size, name] = units.find(([size]) => seconds >= size) ?? [60, 'min'];
	return `${Math.max(0, Math.floor(seconds / size))} ${name}`;
}

/** "3d", "5min": where a column is narrow. */
export const shortAge = (createdAt: string | null, now: number): string => formatAge(createdAt, now).replace(' ', '');

/** How long it is until then, likewise. */
export const timeLeft = (until: string, now: number): string =>
	shortAge(new Date(now).toISOString(), Date.parse(until));
