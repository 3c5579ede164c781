// SPDX-License-Identifier: MIT
/**
 * The walks: what a person does in the workbench and sees there, written once for both kinds of extension host. They know the page by
 * its labels only and nothing of the extension's code.
 */
import './sourceDebugging.js';
import './values.js';
import './disassembly.js';
import './breakpoints.js';
import './debugRegisters.js';
import './dataAndExceptions.js';
import './start.js';
import './vcpus.js';
import './keyboard.js';
import './machine.js';
import './newUser.js';
import './power.js';
import './stepAnatomy.js';
import './walkthrough.js';

export { SCENES, type Scene } from './scenes.js';
export { SUITE_FOLDER } from './suiteFolder.js';
export { allWalks, type Folder, folderOf, idOf, type Walk } from './walk.js';
