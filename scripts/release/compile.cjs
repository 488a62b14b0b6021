// `node compile.cjs PROGRAM COMPILED [WORD …]`: runs the program as start.cjs does, and writes what V8 has compiled of it by its end.
const {readFileSync, writeFileSync} = require('node:fs');
const {Script} = require('node:vm');

const [file, compiled] = process.argv.splice(2, 2);
const program = new Script(readFileSync(file, 'latin1'), {filename: 'virsnap'});
process.on('exit', () => writeFileSync(compiled, program.createCachedData()));
program.runInThisContext()(require, module);
