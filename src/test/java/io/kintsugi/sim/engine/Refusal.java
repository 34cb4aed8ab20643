package io.kintsugi.sim.engine;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.BaseStream;

/**
 * Which calls would let real time, real threads or real chance into a run, and are not replaced: judged by their shape,
 * so that also calls that nobody thought of are refused.
 */
final class Refusal {
    private static final Set<String> THREAD_METHODS = Set.of(
            "currentThread",
            "interrupted",
            "interrupt",
            "isInterrupted",
            "getName",
            "setName",
            "isAlive",
            "isVirtual",
            "isDaemon",
            "start",
            "getState",
            "getStackTrace",
            "run",
            "toString",
            "equals");
    private static final Set<String> RANDOM_SOURCES =
            Set.of("java.security.SecureRandom", "java.util.SplittableRandom");
    private static final Set<String> KNOWN = Set.of(
            "org.junit.",
            "org.opentest4j.",
            "net.jqwik.",
            "com.backblaze.",
            "java.",
            "javax.crypto.",
            "org.jboss.logging.",
            "io.kintsugi.sim.engine.");
    private static final List<Class<?>> NEVER = List.of(
            Executors.class,
            ForkJoinPool.class,
            ForkJoinTask.class,
            ScheduledExecutorService.class,
            ThreadLocalRandom.class,
            Reference.class,
            WeakHashMap.class,
            Thread.Builder.class,
            java.util.IdentityHashMap.class,
            java.util.Timer.class,
            java.util.TimerTask.class,
            java.lang.ref.Cleaner.class,
            java.lang.ref.ReferenceQueue.class,
            ProcessHandle.class,
            ProcessBuilder.class,
            Process.class,
            java.lang.management.ManagementFactory.class,
            java.net.Socket.class,
            java.net.ServerSocket.class,
            java.util.concurrent.Phaser.class,
            java.util.concurrent.Exchanger.class,
            java.util.concurrent.SubmissionPublisher.class);
    private static final Set<String> RUNTIME =
            Set.of("freeMemory", "totalMemory", "maxMemory", "gc", "addShutdownHook", "exec", "exit", "halt");

    private Refusal() {}

    /** Whether no object of this class, or of one derived from it, can be in a run. */
    static boolean isNever(Class<?> type) {
        return NEVER.stream().anyMatch(never -> never.isAssignableFrom(type));
    }

    /** Why a call (that no hook replaces) can't be simulated; empty when it can. */
    static Optional<String> of(Class<?> owner, String name, MethodTypeDesc type) {
        if (KNOWN.stream().noneMatch(owner.getName()::startsWith)) {
            return Optional.of("is code that is not rewritten, and nobody knows what it does");
        }
        if (isNever(owner) && !name.equals("reachabilityFence")) {
            return Optional.of("has threads, time, chance or garbage collection of its own");
        }
        if (name.equals("<init>")) {
            return constructor(owner, type);
        }
        return waits(owner, name, type)
                .or(() -> machine(owner, name))
                .or(() -> chance(owner, name, type))
                .or(() -> clock(owner, name, type));
    }

    private static Optional<String> constructor(Class<?> owner, MethodTypeDesc type) {
        if (Hooks.makes(owner)) {
            return Optional.of("makes an object that has to be a simulated one, in a way that is not replaced");
        }
        boolean unseeded = type.parameterCount() == 0 && owner == Random.class;
        if (unseeded || RANDOM_SOURCES.contains(owner.getName()) && type.parameterCount() == 0) {
            return Optional.of("draws real chance");
        }
        return hasTime(owner, type) ? Optional.of("takes a time") : Optional.empty();
    }

    private static Optional<String> waits(Class<?> owner, String name, MethodTypeDesc type) {
        if (owner == Thread.class && !THREAD_METHODS.contains(name) && !isPlainJoin(name, type)) {
            return Optional.of("is about real threads");
        }
        if (CompletionStage.class.isAssignableFrom(owner) && name.endsWith("Async") && !takesExecutor(type)) {
            return Optional.of("runs on threads of the JDK");
        }
        if (CompletionStage.class.isAssignableFrom(owner) && name.equals("delayedExecutor")) {
            return Optional.of("waits in real time");
        }
        if (owner == TimeUnit.class && name.startsWith("timed")) {
            return Optional.of("waits in real time");
        }
        boolean pure = owner == TimeUnit.class
                || owner.getName().startsWith("java.nio.file.attribute.")
                || owner.getName().startsWith("java.time.");
        if (!pure && hasTime(owner, type)) {
            return Optional.of("waits in real time");
        }
        boolean parallel = BaseStream.class.isAssignableFrom(owner) && name.equals("parallel")
                || name.equals("parallelStream")
                || name.startsWith("parallel") && owner == java.util.Arrays.class;
        return parallel ? Optional.of("runs on threads of the JDK") : Optional.empty();
    }

    private static boolean isPlainJoin(String name, MethodTypeDesc type) {
        return name.equals("join") && type.parameterCount() == 0;
    }

    private static boolean takesExecutor(MethodTypeDesc type) {
        return type.parameterList().stream()
                .anyMatch(p -> p.descriptorString().equals("Ljava/util/concurrent/Executor;"));
    }

    /** A unit of time, a duration or a date among the parameters of something that may wait. */
    private static boolean hasTime(Class<?> owner, MethodTypeDesc type) {
        if (type.parameterList().stream()
                .map(ClassDesc::descriptorString)
                .anyMatch("Ljava/util/concurrent/TimeUnit;"::equals)) {
            return true;
        }
        boolean waiting = owner.getName().startsWith("java.util.concurrent.") || owner == Thread.class;
        return waiting
                && type.parameterList().stream()
                        .map(ClassDesc::descriptorString)
                        .anyMatch(p -> p.equals("Ljava/time/Duration;") || p.equals("Ljava/util/Date;"));
    }

    private static Optional<String> machine(Class<?> owner, String name) {
        boolean park = owner.getName().equals("java.util.concurrent.locks.LockSupport")
                && (name.equals("parkNanos") || name.equals("parkUntil"));
        if (park || name.equals("awaitNanos") || name.equals("awaitUntil")) {
            return Optional.of("waits in real time");
        }
        boolean changing = owner == Runtime.class && RUNTIME.contains(name)
                || owner == System.class && (name.equals("gc") || name.equals("exit"))
                || owner == System.class && name.equals("identityHashCode");
        return changing ? Optional.of("is different on each machine") : Optional.empty();
    }

    private static Optional<String> chance(Class<?> owner, String name, MethodTypeDesc type) {
        boolean drawn = owner == java.util.Collections.class && name.equals("shuffle") && type.parameterCount() == 1
                || owner.getName().equals("java.security.SecureRandom") && name.startsWith("getInstance")
                || owner == Math.class && name.equals("random")
                || owner == java.util.UUID.class && name.equals("randomUUID")
                || owner.getName().equals("java.util.random.RandomGenerator") && name.equals("getDefault");
        boolean salted = (owner == Set.class || owner == java.util.Map.class)
                && (name.equals("of") || name.equals("copyOf") || name.equals("ofEntries"));
        boolean unordered = owner == java.util.stream.Collectors.class
                && (name.equals("toSet")
                        || name.startsWith("toUnmodifiableSet")
                        || name.startsWith("toUnmodifiableMap")
                        || name.equals("toConcurrentMap")
                        || name.equals("groupingByConcurrent"));
        return drawn || salted || unordered ? Optional.of("is different in each run") : Optional.empty();
    }

    private static Optional<String> clock(Class<?> owner, String name, MethodTypeDesc type) {
        boolean now = owner.getName().startsWith("java.time.") && name.equals("now")
                || owner == java.time.Clock.class && (name.startsWith("system") || name.startsWith("tick"))
                || owner == java.time.InstantSource.class && name.equals("system")
                || owner == System.class && (name.equals("nanoTime") || name.equals("currentTimeMillis"))
                || owner == Object.class && name.equals("wait") && type.parameterCount() > 0;
        return now ? Optional.of("tells the real time") : Optional.empty();
    }
}
