/**
 * The top of the house: roles, wiring, start-up order.
 *
 * <p>Duty: what a person sees of the process (command line, settings, banner, exit codes), and the one place where the
 * rooms are put together.
 *
 * <p>Invariants: imports everything, and nobody imports it; what is opened is closed in the reverse order, on every
 * path.
 */
package io.kintsugi;
