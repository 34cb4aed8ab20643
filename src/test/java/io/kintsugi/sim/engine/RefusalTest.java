package io.kintsugi.sim.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shapes of calls that let the real world in, and of some that look alike and do not. */
class RefusalTest {
    private static final List<String> REFUSED = List.of(
            "java.util.concurrent.locks.Lock tryLock (JLjava/util/concurrent/TimeUnit;)Z",
            "java.util.concurrent.locks.ReentrantLock tryLock (JLjava/util/concurrent/TimeUnit;)Z",
            "java.util.concurrent.locks.Condition awaitUntil (Ljava/util/Date;)Z",
            "java.util.concurrent.locks.LockSupport parkUntil (J)V",
            "java.util.concurrent.BlockingQueue offer (Ljava/lang/Object;JLjava/util/concurrent/TimeUnit;)Z",
            "java.util.concurrent.CompletableFuture thenApplyAsync "
                    + "(Ljava/util/function/Function;)Ljava/util/concurrent/CompletableFuture;",
            "java.util.concurrent.Executors newCachedThreadPool ()Ljava/util/concurrent/ExecutorService;",
            "java.util.concurrent.ForkJoinPool commonPool ()Ljava/util/concurrent/ForkJoinPool;",
            "java.util.concurrent.ScheduledExecutorService schedule "
                    + "(Ljava/lang/Runnable;JLjava/util/concurrent/TimeUnit;)Ljava/util/concurrent/ScheduledFuture;",
            "java.util.concurrent.TimeUnit timedJoin (Ljava/lang/Thread;J)V",
            "java.util.concurrent.ThreadPoolExecutor <init> (IIJLjava/util/concurrent/TimeUnit;"
                    + "Ljava/util/concurrent/BlockingQueue;)V",
            "java.util.concurrent.ArrayBlockingQueue <init> (IZ)V",
            "java.lang.Thread <init> (Ljava/lang/String;)V",
            "java.lang.Thread sleep (JI)V",
            "java.lang.Thread threadId ()J",
            "java.lang.Object wait (JI)V",
            "java.lang.System identityHashCode (Ljava/lang/Object;)I",
            "java.lang.Runtime freeMemory ()J",
            "java.lang.ref.WeakReference <init> (Ljava/lang/Object;)V",
            "java.time.LocalDate now ()Ljava/time/LocalDate;",
            "java.time.Clock systemUTC ()Ljava/time/Clock;",
            "java.util.concurrent.ThreadLocalRandom nextInt (I)I",
            "java.util.concurrent.ThreadLocalRandom nextLong (JJ)J",
            "java.util.concurrent.ThreadLocalRandom nextBytes ([B)V",
            "java.util.Timer <init> ()V",
            "java.util.Random <init> ()V",
            "java.util.Collections shuffle (Ljava/util/List;)V",
            "java.util.List parallelStream ()Ljava/util/stream/Stream;",
            "java.util.stream.IntStream parallel ()Ljava/util/stream/IntStream;",
            "java.util.stream.Collectors groupingByConcurrent "
                    + "(Ljava/util/function/Function;)Ljava/util/stream/Collector;",
            "org.rocksdb.RocksDB get ([B)[B");

    private static final List<String> ALLOWED = List.of(
            "java.util.concurrent.TimeUnit toNanos (J)J",
            "java.util.concurrent.TimeUnit convert (JLjava/util/concurrent/TimeUnit;)J",
            "java.util.concurrent.CompletableFuture thenApplyAsync (Ljava/util/function/Function;"
                    + "Ljava/util/concurrent/Executor;)Ljava/util/concurrent/CompletableFuture;",
            "java.util.concurrent.CompletableFuture join ()Ljava/lang/Object;",
            "java.util.concurrent.locks.ReentrantLock lock ()V",
            "java.lang.Thread currentThread ()Ljava/lang/Thread;",
            "java.lang.Thread join ()V",
            "java.lang.ref.Reference reachabilityFence (Ljava/lang/Object;)V",
            "java.time.Duration plus (Ljava/time/Duration;)Ljava/time/Duration;",
            "java.util.Random <init> (J)V",
            "java.util.List of ()Ljava/util/List;",
            "java.nio.file.attribute.FileTime from "
                    + "(JLjava/util/concurrent/TimeUnit;)Ljava/nio/file/attribute/FileTime;");

    @Test
    void theRealWorldStaysOutside() throws Exception {
        List<String> passed = new ArrayList<>();
        for (String call : REFUSED) {
            if (!isRefused(call)) {
                passed.add(call);
            }
        }
        assertEquals(List.of(), passed);
    }

    @Test
    void whatIsPureMayBeCalled() throws Exception {
        List<String> refused = new ArrayList<>();
        for (String call : ALLOWED) {
            if (isRefused(call)) {
                refused.add(call);
            }
        }
        assertEquals(List.of(), refused);
    }

    private static boolean isRefused(String call) throws ClassNotFoundException {
        String[] words = call.split(" ");
        Class<?> owner = Class.forName(words[0], false, RefusalTest.class.getClassLoader());
        MethodTypeDesc type = MethodTypeDesc.ofDescriptor(words[2]);
        return Hooks.instead(owner, words[1], type).isEmpty()
                && Refusal.of(owner, words[1], type).isPresent();
    }
}
