/** Where the UEFI variables of a domain are, where its definition does not say. */
import path from 'node:path';
import type {Domain, Firmware} from '../../core/model/domain.ts';
import type {Sources} from '../sources.ts';

/**
 * With `<os firmware='efi'>` libvirt 9.0 chooses an NVRAM at each start, and the inactive definition names none: it is
 * `NAME_VARS.fd` in a folder of its own. Left out where there is no such file, or where it cannot be looked at from here.
 */
export async function readFirmware({images, driverFolder}: Sources, {firmware, name}: Domain): Promise<Firmware> {
	if (firmware.kind !== 'uefi' || firmware.nvram) return firmware;
	const folder = driverFolder('nvram');
	const file = `${name}_VARS.fd`;
	const found = (await images.directory(folder))?.entries.includes(file);
	return found ? {...firmware, nvram: {file: path.join(folder, file), format: 'raw'}} : firmware;
}
