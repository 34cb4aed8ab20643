package io.kintsugi.sim.engine;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The table of all {@link Instead}: which call of rewritten code goes where. */
final class Hooks {
    /**
     * The static method that is called instead.
     *
     * @param meets as {@link Instead#meets}
     */
    record Target(ClassDesc owner, String name, MethodTypeDesc type, boolean meets) {
        /** Whether it takes the arguments of a call of that type in one array. */
        boolean packs(MethodTypeDesc called) {
            return type.parameterCount() == 1 && type.parameterType(0).isArray() && called.parameterCount() > 1;
        }
    }

    private record Key(String owner, String name, String parameters) {}

    static final ClassDesc LOCKS = HookLocks.class.describeConstable().orElseThrow();
    static final ClassDesc POINTS = HookPoints.class.describeConstable().orElseThrow();
    static final ClassDesc COLLECTIONS =
            HookCollections.class.describeConstable().orElseThrow();
    private static final List<Class<?>> ALL = List.of(
            HookThreads.class,
            HookTime.class,
            HookFutures.class,
            HookLocks.class,
            HookQueues.class,
            HookExecutors.class,
            HookCollections.class,
            HookMemory.class,
            HookLogs.class);
    private static final Map<Key, Target> TABLE = table();
    private static final Map<Key, Optional<Target>> FOUND = new ConcurrentHashMap<>();

    private Hooks() {}

    private static Map<Key, Target> table() {
        Map<Key, Target> table = new HashMap<>();
        for (Class<?> hooks : ALL) {
            for (Method method : hooks.getDeclaredMethods()) {
                Instead instead = method.getAnnotation(Instead.class);
                if (instead != null) {
                    table.put(key(instead, method), target(instead, method));
                }
            }
        }
        return table;
    }

    private static Key key(Instead instead, Method method) {
        MethodTypeDesc type = target(instead, method).type();
        String own = instead.name().isEmpty() ? method.getName() : instead.name();
        String name = instead.kind() == Instead.Kind.NEW ? "<init>" : own;
        if (instead.kind() == Instead.Kind.INSTANCE) {
            type = type.dropParameterTypes(0, 1);
        }
        String parameters = instead.packed().isEmpty() ? parameters(type) : instead.packed();
        return new Key(instead.of().getName(), name, parameters);
    }

    private static Target target(Instead instead, Method method) {
        ClassDesc owner = method.getDeclaringClass().describeConstable().orElseThrow();
        List<ClassDesc> parameters = Arrays.stream(method.getParameterTypes())
                .map(p -> p.describeConstable().orElseThrow())
                .toList();
        ClassDesc result = method.getReturnType().describeConstable().orElseThrow();
        return new Target(owner, method.getName(), MethodTypeDesc.of(result, parameters), instead.meets());
    }

    private static String parameters(MethodTypeDesc type) {
        String all = type.descriptorString();
        return all.substring(0, all.indexOf(')') + 1);
    }

    /** What is called instead of a method of the JDK; of a constructor too, which gives the object back. */
    static Optional<Target> instead(Class<?> owner, String name, MethodTypeDesc type) {
        return FOUND.computeIfAbsent(
                new Key(owner.getName(), name, parameters(type)), key -> find(owner, name, key.parameters()));
    }

    private static Optional<Target> find(Class<?> owner, String name, String parameters) {
        Target own = TABLE.get(new Key(owner.getName(), name, parameters));
        if (own != null || name.equals("<init>")) {
            return Optional.ofNullable(own);
        }
        for (Class<?> above : JdkTypes.above(owner)) {
            Target found = TABLE.get(new Key(above.getName(), name, parameters));
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /** Whether constructors of this class are called in another way, so that no others may be. */
    static boolean makes(Class<?> type) {
        return TABLE.keySet().stream()
                .anyMatch(key -> key.name().equals("<init>") && key.owner().equals(type.getName()));
    }
}
