package io.kintsugi.catalog;

import io.kintsugi.base.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** What the sequencer does, one thing after the other. */
sealed interface Work {
    /** Ends it without effect. */
    void refuse(StoreException reason);

    /**
     * Done between two commits, when nothing is under way. Whoever asked for it goes on only when it is done, or will
     * never be: else a replica that joins late could be one that was given up, and is made anew meanwhile.
     */
    final class Control implements Work {
        private static final String WHAT = "a change of its replicas";

        private final Runnable task;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final AtomicBoolean claimed = new AtomicBoolean();

        Control(Runnable task) {
            this.task = task;
        }

        void run() {
            if (!claimed.compareAndSet(false, true)) {
                return;
            }
            try {
                task.run();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        }

        /** @param deadline for its beginning; what it waits for has deadlines of its own */
        void await(Duration deadline) {
            while (true) {
                try {
                    Futures.await(done, deadline, WHAT);
                    return;
                } catch (StoreException.Unavailable late) {
                    if (done.isDone()) {
                        // what it came to, which may be just this
                        Futures.await(done, deadline, WHAT);
                        return;
                    }
                    if (claimed.compareAndSet(false, true)) {
                        refuse(new StoreException.Unavailable(
                                StoreException.Unavailable.Kind.SLOW_DOWN,
                                "The catalog did not begin " + WHAT + " within " + deadline.toMillis()
                                        + " ms: it is left out, and tried again later"));
                    } else if (Thread.currentThread().isInterrupted()) {
                        throw late;
                    }
                }
            }
        }

        @Override
        public void refuse(StoreException reason) {
            done.completeExceptionally(reason);
        }
    }

    /**
     * A change of a caller: evaluated on the view of the commit that it becomes a part of, answered when that is
     * durable. A refusal too: it may rest on another change of the same commit.
     */
    final class Change<T> implements Work {
        private final Function<View, T> evaluation;
        private final Known known;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final AtomicBoolean claimed = new AtomicBoolean();
        private Runnable answer = () -> {};

        Change(Function<View, T> evaluation, Known known) {
            this.evaluation = evaluation;
            this.known = known;
        }

        /** Whether whoever calls it first may go on: the sequencer to evaluate it, or the caller to give it up. */
        boolean claim() {
            return claimed.compareAndSet(false, true);
        }

        void evaluate(View view) {
            view.begin(known);
            try {
                T value = evaluation.apply(view);
                answer = () -> result.complete(value);
            } catch (RuntimeException | Error e) {
                view.rollback();
                StoreException reason = Futures.asStore(e, "the evaluation of a change");
                answer = () -> result.completeExceptionally(reason);
            }
        }

        void answer() {
            answer.run();
        }

        @Override
        public void refuse(StoreException reason) {
            result.completeExceptionally(reason);
        }

        T await(Duration deadline) {
            try {
                return Futures.await(result, deadline, "a change");
            } catch (StoreException.Unavailable late) {
                if (late.kind() == StoreException.Unavailable.Kind.TIMEOUT && !result.isDone() && claim()) {
                    throw new StoreException.Unavailable(
                            StoreException.Unavailable.Kind.SLOW_DOWN,
                            "The change waited longer than " + deadline.toMillis()
                                    + " ms and was not begun: try again later");
                }
                throw late;
            }
        }
    }
}
