// The first script of the executable: runs the program that lies in it, with what V8 compiled of it when the executable was built.
const {getAsset, getAssetKeys, getRawAsset} = require('node:sea');
const {Script} = require('node:vm');

const cachedData = getAssetKeys().includes('compiled') ? new Uint8Array(getRawAsset('compiled')) : undefined;
const program = new Script(getAsset('program', 'latin1'), {filename: 'virsnap', cachedData});
program.runInThisContext()(require, module);
