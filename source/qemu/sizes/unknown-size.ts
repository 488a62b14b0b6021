/** Why sizes cannot be told of an image, or of one snapshot in it: a sentence for people. */
export class UnknownSize extends Error {}

/** What to do about tables that contradict each other. */
export const checkIt = 'Run qemu-img check on the image while the domain is shut off.';
