package io.kintsugi.sim.engine;

import java.lang.constant.ClassDesc;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Classes that are not rewritten, by the names that rewritten code knows them by. */
final class JdkTypes {
    private JdkTypes() {}

    /** Empty for arrays and for what is rewritten. */
    static Optional<Class<?>> find(ClassDesc type) {
        if (!type.isClassOrInterface()) {
            return Optional.empty();
        }
        String name = nameOf(type);
        if (SimLoader.isRewritten(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Class.forName(name, false, JdkTypes.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            throw new SimFailure("the class " + name + " that the code uses is not on the class path", e);
        }
    }

    /** With dots, and {@code $} before nested classes. */
    static String nameOf(ClassDesc type) {
        String descriptor = type.descriptorString();
        return descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
    }

    /** Superclasses and interfaces. */
    static Set<Class<?>> above(Class<?> type) {
        Set<Class<?>> all = new LinkedHashSet<>();
        collect(type, all);
        if (type.isInterface()) {
            all.add(Object.class);
        }
        return all;
    }

    private static void collect(Class<?> type, Set<Class<?>> all) {
        if (type != null && all.add(type)) {
            collect(type.getSuperclass(), all);
            for (Class<?> parent : type.getInterfaces()) {
                collect(parent, all);
            }
        }
    }
}
