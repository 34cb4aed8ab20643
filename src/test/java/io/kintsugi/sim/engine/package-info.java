/**
 * The store, simulated as it is: real classes, real threads of control, one number decides everything.
 *
 * <p>{@link io.kintsugi.sim.engine.SimEngine#run} loads a {@link io.kintsugi.sim.engine.SimScenario} and all classes of
 * {@code io.kintsugi} that it uses, main and test, into a class loader that rewrites their calls, and runs them on
 * virtual threads that one carrier takes up one at a time:
 *
 * <ul>
 *   <li>Each thread that the code starts is a simulated thread. Which of those that can go on goes on is drawn from the
 *       seed. A thread gives way where it waits, and, as the seed decides, before each use of
 *       {@code java.util.concurrent}, each monitor and each volatile field. Not in classes that are
 *       {@link io.kintsugi.sim.engine.OneStep}, not in {@link io.kintsugi.sim.engine.SimContext#atomically}, and not in
 *       the function given to a map's {@code compute…} or {@code merge}.
 *   <li>Time is simulated. It goes on by up to 2 µs a step, and when all threads wait, to the next time-out. All timed
 *       waits, {@code System.nanoTime}, {@code currentTimeMillis} and {@code Instant.now} follow it; the latter two can
 *       be set ({@link io.kintsugi.sim.engine.SimContext#setClock}), as a machine's clock can. When nothing waits for a
 *       time either, that is a deadlock: the run fails with the stacks of all threads.
 *   <li>Chance ({@code ThreadLocalRandom}, {@code SecureRandom}, {@code UUID}) comes from the seed. Hash codes by
 *       identity are the same in each run, and {@code Set.of} and the like keep the order of insertion.
 *   <li>Log lines of the code go to the history, from INFO on.
 *   <li>Exceptions that a thread ends with fail the run, unless a handler was given to its builder.
 * </ul>
 *
 * <p>A call that starts threads, takes a time, tells the time or draws chance, and that is not replaced, fails the run
 * when its class is loaded, with class, method and call ({@code Refusal} has the rules, {@code Hook…} what is
 * replaced).
 *
 * <p><b>Processes.</b> Threads belong to the {@link io.kintsugi.sim.engine.SimProcess} of who started them;
 * {@link io.kintsugi.sim.engine.SimContext#kill} ends one as {@code kill -9} does. A crash of the store: run it in a
 * process of its own, kill that, crash the drives, open it again in another. A drive that answers later than at once
 * completes its futures by {@code process.spawn} in the process that asked, so that nothing runs for the dead.
 *
 * <p><b>Canaries.</b> {@link io.kintsugi.sim.engine.SimOptions#mutate} changes the real code for a run.
 *
 * <p>This package is loaded once, for both sides, so a scenario can't be in it. The carrier must be a platform thread,
 * and the JVM needs {@code --add-opens java.base/java.lang=ALL-UNNAMED} and {@code -Djdk.trackAllThreads=false}. C
 * kernels are not used. Direct memory is lent to a run and serves the next one when it has ended.
 */
package io.kintsugi.sim.engine;
