package io.kintsugi.sim.engine;

import java.util.Optional;

/**
 * A canary: one deliberate mistake in the real code. A method is named {@code package.Class#method}, all its overloads
 * and the lambdas in it included; loading fails when there is nothing there to change.
 */
public sealed interface Mutation {
    String method();

    /** Leaves calls out of a method; what they would have returned is 0, false, empty, done, or else null. */
    static Mutation dropCall(String method, String callee) {
        return new CallReturns(method, callee, Optional.empty());
    }

    /** The same, and instead of what they would have returned there is this Boolean, Integer, Long or String. */
    static Mutation callReturns(String method, String callee, Object value) {
        return new CallReturns(method, callee, Optional.of(value));
    }

    /** Calls another method of that class and shape instead; the object is the same, and so are the arguments. */
    static Mutation callsInstead(String method, String callee, String name) {
        return new CallsInstead(method, callee, name);
    }

    /** The method does nothing. */
    static Mutation empty(String method) {
        return new Returns(method, Optional.empty());
    }

    /** The method does nothing but return this Boolean, Integer, Long or String. */
    static Mutation returns(String method, Object value) {
        return new Returns(method, Optional.of(value));
    }

    /** @param callee {@code package.Class#method} as the call names it, or {@code #method} whatever the class */
    record CallReturns(String method, String callee, Optional<Object> value) implements Mutation {}

    /** @param name of the method that is called instead of {@code callee} */
    record CallsInstead(String method, String callee, String name) implements Mutation {}

    /** The whole body is replaced. */
    record Returns(String method, Optional<Object> value) implements Mutation {}
}
