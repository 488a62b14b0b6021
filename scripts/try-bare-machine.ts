/**
 * `npm run test:bare [-- [--debian=12|13] [--current-npm] [COMMAND …]]`: the README's commands in Debians where nothing is installed
 * but their own nodejs and npm packages (and a current npm beside, where asked for). Clones HEAD, so commit first.
 */
import path from 'node:path';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {debianFolder, enter, throwAwayCopy} from './debian-folder.ts';

const debians = [
	{version: '12', suite: 'bookworm', currentNpm: 'npm@10'},
	{version: '13', suite: 'trixie', currentNpm: 'npm@latest'},
];
const {values, positionals} = parseArgs({
	allowPositionals: true,
	options: {debian: {type: 'string'}, 'current-npm': {type: 'boolean', default: false}},
});
const commands =
	positionals.length > 0
		? positionals
		: [
				'npm ci && npm run demo',
				// What the demo lacks is installed by the very words in which it says so.
				`npm ci && npm pack && npm install -g ./virsnap-*.tgz && cd / && virsnap doctor; virsnap demo && exit 1
					$(virsnap demo 2>&1 | sed -n 's/^Install them: \\(.*\\) (Debian.*/\\1 -y -q/p') && virsnap demo`,
				'npm ci && npm test',
			];
const project = path.dirname(import.meta.dirname);

for (const debian of debians.filter(({version}) => values.debian === undefined || values.debian === version)) {
	const base = await debianFolder(debian.suite, {name: 'npm', packages: ['nodejs', 'npm']});
	for (const command of commands) {
		const machine = await throwAwayCopy(base);
		try {
			const env = {NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt'};
			if (values['current-npm']) await enter(machine, ['npm', 'install', '-g', debian.currentNpm], {env});
			await execa('git', ['clone', '-q', project, path.join(machine.path, 'virsnap')]);
			const versions = 'echo "Node $(node --version), npm $(npm --version)"';
			console.error(`\n== On a bare Debian ${debian.version}: ${command}`);
			const started = performance.now();
			const output = await enter(machine, ['sh', '-c', `${versions}; ${command}`], {cwd: '/virsnap', env});
			// Words that a newcomer takes for a failure.
			if (output.includes('EBADENGINE')) throw new Error('npm warns of a Node that is too old');
			console.error(`== Done in ${Math.round((performance.now() - started) / 1000)} s: ${command}`);
		} finally {
			await machine.remove();
		}
	}
}
