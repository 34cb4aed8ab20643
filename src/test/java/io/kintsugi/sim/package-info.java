/**
 * The store on simulated parts: drives in memory that can be made to fail in every way that the ports speak of, from
 * one seed.
 */
package io.kintsugi.sim;
