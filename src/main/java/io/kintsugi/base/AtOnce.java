package io.kintsugi.base;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An answer that could be given without waiting, or else what is left to do for it. What asks on an event loop takes
 * the answer there if it was {@link Told}, and does the {@link Later rest} on a thread that may wait, from where it is:
 * nothing is done twice. Who may wait anyhow asks {@link #orWait}; so there is one way to an answer, not two.
 *
 * <p>Failures that need no waiting are thrown by whoever makes it; the others by the rest.
 */
public sealed interface AtOnce<T> {
    static <T> AtOnce<T> told(T value) {
        return new Told<>(value);
    }

    /** @param rest called once at most, by a thread that may wait */
    static <T> AtOnce<T> later(Supplier<T> rest) {
        return new Later<>(rest);
    }

    /** The answer, by a thread that may wait. Asked for once. */
    T orWait();

    /** What the answer leads to, which may need no waiting or some; not asked before the answer is there. */
    <U> AtOnce<U> then(Function<? super T, AtOnce<U>> next);

    /** What a computation that never waits makes of the answer. */
    <U> AtOnce<U> map(Function<? super T, ? extends U> change);

    /** The answer. */
    record Told<T>(T value) implements AtOnce<T> {
        @Override
        public T orWait() {
            return value;
        }

        @Override
        public <U> AtOnce<U> then(Function<? super T, AtOnce<U>> next) {
            return next.apply(value);
        }

        @Override
        public <U> AtOnce<U> map(Function<? super T, ? extends U> change) {
            return new Told<>(change.apply(value));
        }
    }

    /** What is left to do, which may wait. */
    record Later<T>(Supplier<T> rest) implements AtOnce<T> {
        @Override
        public T orWait() {
            assert NoWait.mayWait() : NoWait.COMPLAINT;
            return rest.get();
        }

        @Override
        public <U> AtOnce<U> then(Function<? super T, AtOnce<U>> next) {
            return new Later<>(() -> next.apply(rest.get()).orWait());
        }

        @Override
        public <U> AtOnce<U> map(Function<? super T, ? extends U> change) {
            return new Later<>(() -> change.apply(rest.get()));
        }
    }
}
