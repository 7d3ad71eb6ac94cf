/** The rules of the repository: one file, so that its sources are read and parsed once. */
import './code.js';
import './cycles.js';
import './dependencies.js';
import './docs.js';
import './imports.js';
import './threat-model.js';
