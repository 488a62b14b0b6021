import type {Hypervisor} from '../core/model/hypervisor.ts';

/** Begins to watch, so that the first answer comes while the UI is still being loaded. Resolves when there is one, or libvirt cannot be asked. */
export async function firstAnswer(hypervisor: Hypervisor): Promise<void> {
	const {promise, resolve} = Promise.withResolvers<void>();
	const look = () => {
		const {inventory, connection} = hypervisor.view();
		if (inventory !== null || connection.status !== 'connecting') resolve();
	};
	const stop = hypervisor.subscribe(look);
	look();
	await promise;
	stop();
}
