package io.kintsugi.sim.engine;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Makes the deliberate mistakes. */
final class Mutations {
    private static final ClassDesc FUTURE =
            CompletableFuture.class.describeConstable().orElseThrow();
    private static final ClassDesc OPTIONAL = Optional.class.describeConstable().orElseThrow();

    private final List<Mutation> all;
    private final Set<Mutation> applied;

    Mutations(List<Mutation> all, Set<Mutation> applied) {
        this.all = all;
        this.applied = applied;
    }

    static String className(Mutation mutation) {
        int hash = mutation.method().indexOf('#');
        if (hash <= 0) {
            throw new IllegalArgumentException("a method is named package.Class#method, not " + mutation.method());
        }
        return mutation.method().substring(0, hash);
    }

    /** The body that a method gets instead of its own. */
    Optional<Mutation.Returns> body(String className, String method) {
        for (Mutation mutation : all) {
            if (mutation instanceof Mutation.Returns returns && returns.method().equals(className + "#" + method)) {
                applied.add(mutation);
                return Optional.of(returns);
            }
        }
        return Optional.empty();
    }

    /** What is done instead of a call in that method. */
    Optional<Mutation.CallReturns> call(String className, String method, String callee) {
        for (Mutation mutation : all) {
            if (mutation instanceof Mutation.CallReturns wanted
                    && isIn(wanted.method(), className, method)
                    && isCalled(wanted.callee(), callee)) {
                applied.add(mutation);
                return Optional.of(wanted);
            }
        }
        return Optional.empty();
    }

    /** The name of the method that is called there instead. */
    Optional<String> called(String className, String method, String callee) {
        for (Mutation mutation : all) {
            if (mutation instanceof Mutation.CallsInstead wanted
                    && isIn(wanted.method(), className, method)
                    && isCalled(wanted.callee(), callee)) {
                applied.add(mutation);
                return Optional.of(wanted.name());
            }
        }
        return Optional.empty();
    }

    private static boolean isCalled(String wanted, String callee) {
        return callee.equals(wanted) || wanted.startsWith("#") && callee.endsWith(wanted);
    }

    /** Lambdas are compiled into methods {@code lambda$method$number}. */
    private static boolean isIn(String wanted, String className, String method) {
        String plain = method.startsWith("lambda$") ? method.substring(7, method.lastIndexOf('$')) : method;
        return wanted.equals(className + "#" + plain);
    }

    /** Takes arguments (and the object, unless the call is static) from the stack and leaves the result there. */
    static void replaceCall(CodeBuilder code, boolean isStatic, MethodTypeDesc type, Optional<Object> value) {
        for (ClassDesc parameter : type.parameterList().reversed()) {
            if (TypeKind.from(parameter).slotSize() == 2) {
                code.pop2();
            } else {
                code.pop();
            }
        }
        if (!isStatic) {
            code.pop();
        }
        push(code, type.returnType(), value);
    }

    static void push(CodeBuilder code, ClassDesc type, Optional<Object> value) {
        switch (TypeKind.from(type)) {
            case VOID -> {}
            case BOOLEAN ->
                code.loadConstant(value.map(v -> (Boolean) v ? 1 : 0).orElse(0));
            case BYTE, CHAR, SHORT, INT ->
                code.loadConstant(value.map(v -> ((Number) v).intValue()).orElse(0));
            case LONG ->
                code.loadConstant(value.map(v -> ((Number) v).longValue()).orElse(0L));
            case FLOAT ->
                code.loadConstant(value.map(v -> ((Number) v).floatValue()).orElse(0f));
            case DOUBLE ->
                code.loadConstant(value.map(v -> ((Number) v).doubleValue()).orElse(0d));
            case REFERENCE -> pushReference(code, type, value);
        }
    }

    private static void pushReference(CodeBuilder code, ClassDesc type, Optional<Object> value) {
        if (value.isPresent()) {
            code.loadConstant((String) value.get());
        } else if (type.equals(FUTURE)) {
            code.aconst_null()
                    .invokestatic(FUTURE, "completedFuture", MethodTypeDesc.of(FUTURE, ConstantDescs.CD_Object));
        } else if (type.equals(OPTIONAL)) {
            code.invokestatic(OPTIONAL, "empty", MethodTypeDesc.of(OPTIONAL));
        } else {
            code.aconst_null();
        }
    }
}
