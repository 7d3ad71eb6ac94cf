// What asks for no settings of its own shares one running product (product.ts); each test has environments of its own.
import './adopt.js';
import './drift.js';
import './main-job.js';
import './review.js';
import './tenants.js';
