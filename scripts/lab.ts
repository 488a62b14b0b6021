import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {fillBigLab} from '../source/lab/big.ts';
import {startHosts} from '../source/lab/hosts.ts';
import {sweepLabs} from '../source/lab/keeper.ts';
import {type Lab, startEmptyLab, startLab} from '../source/lab/lab.ts';
import {labDomains, recipes} from '../source/lab/recipes/recipes.ts';

const usage = `npm run lab -- up [DOMAIN …]   real domains with snapshots of every kind, until Ctrl-C
npm run lab -- big             304 domains with 3,009 snapshots, until Ctrl-C
npm run lab -- hosts [N]       N hosts behind ssh, three if not said, until Ctrl-C; needs sshd and a build (npm run build)
npm run lab -- sweep           remove the files of killed labs

Domains:
${Object.entries(recipes)
	.map(([name, recipe]) => `  ${name}: ${recipe.shows}`)
	.join('\n')}
`;

const log = (line: string) => process.stderr.write(`lab: ${line}\n`);

const [command, ...args] = process.argv.slice(2).filter(argument => argument !== '--kvm');
const kvm = process.argv.includes('--kvm');

if (command === 'up') {
	await hold(() => startLab({domains: args.length > 0 ? labDomains(args) : undefined, kvm, log}));
} else if (command === 'big') {
	await hold(async () => {
		const lab = await startEmptyLab({kvm});
		await fillBigLab(lab, {log});
		return lab;
	});
} else if (command === 'hosts') {
	const count = Number(args[0] ?? 3);
	const launcher = fileURLToPath(new URL('../cli.js', import.meta.url));
	await hold(async () => {
		const several = await startHosts(count, {virsnap: [process.execPath, launcher], kvm, log});
		for (const {name, uri} of several.hosts) log(`${name}: node cli.js -c '${uri}'`);
		return several;
	});
} else if (command === 'sweep') {
	for (const folder of await sweepLabs()) log(`removed ${folder}`);
} else {
	process.stderr.write(usage);
	process.exitCode = 2;
}

/** Keep a lab up until a signal ends it. A second Ctrl-C does not wait: the lab's keeper cleans up all the same. */
async function hold(begin: () => Promise<Pick<Lab, 'stop'> & Partial<Lab>>): Promise<void> {
	const told = new Promise<void>(resolve => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
	});
	const started = performance.now();
	const lab = await Promise.race([begin(), told]);
	if (!lab) process.exit(130);
	log(`up in ${((performance.now() - started) / 1000).toFixed(1)} s; Ctrl-C ends it`);
	if (lab.uri) process.stdout.write(`# ${lab.folder}\nexport LIBVIRT_DEFAULT_URI='${lab.uri}'\n`);
	const stayAlive = setInterval(() => {}, 1 << 30);
	await told;
	clearInterval(stayAlive);
	await lab.stop();
}
