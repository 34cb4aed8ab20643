/** Small scenarios for the tests of the engine. */
package io.kintsugi.sim.engine.toys;
