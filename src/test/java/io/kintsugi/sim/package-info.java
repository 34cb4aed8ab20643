/**
 * The store on simulated parts: drives in memory that can be made to fail in every way that the ports speak of, from
 * one seed.
 *
 * <p>{@link io.kintsugi.sim.World} is a life, {@link io.kintsugi.sim.Faults} what happens to drives in each,
 * {@link io.kintsugi.sim.Twists} what happens in some: a guard that seldom matters gets lives in which it does. A
 * {@link io.kintsugi.sim.Canary} is the real code without a guard, and must be found; so each new guard of I1 to I8
 * comes with one, or with a word in INVARIANTS about why lives can't see it. Only what a store may do by its promises
 * is simulated: when a life fails, either the code is wrong or the simulation is, and both happened.
 */
package io.kintsugi.sim;
