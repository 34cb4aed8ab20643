package io.kintsugi.sim.engine;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the static fields of a loader's classes reach, as it was when each class had just been initialised, so that the
 * next run begins as if the classes were new. Where that can't be known, the loader serves one run only.
 */
final class Statics {
    /** Packages of the JDK whose classes, as far as they are kept in static fields, do not change. */
    private static final List<String> CONSTANT = List.of(
            "java.lang.",
            "java.time.",
            "java.math.",
            "java.nio.charset.",
            "java.util.function.",
            "java.util.regex.",
            "java.util.Comparators$",
            "java.util.Collections$ReverseComparator",
            "java.util.Locale",
            "java.util.HexFormat",
            "java.util.Base64$",
            "java.util.OptionalInt",
            "java.util.OptionalLong",
            "java.util.UUID",
            "java.util.concurrent.TimeUnit",
            "sun.nio.cs.",
            "sun.nio.fs.",
            "com.backblaze.erasure.",
            "io.kintsugi.sim.engine.HookLogs$");

    private static final String WORLD = "io.kintsugi.sim.";

    private final ClassLoader loader;
    private final List<Runnable> restorers = new ArrayList<>();
    private final List<Runnable> restorersOfStore = new ArrayList<>();
    private final Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> toLookAt = new ArrayDeque<>();
    private final List<Class<?>> fresh = new ArrayList<>();
    private Optional<String> unclear = Optional.empty();
    private int depth;

    Statics(ClassLoader loader) {
        this.loader = loader;
    }

    /** A class begins to be initialised, maybe because another's initialisation needs it. */
    void begin() {
        depth++;
    }

    /** A class is as its initialisation left it. */
    void end(Class<?> type) {
        fresh.add(type);
        if (--depth == 0) {
            fresh.forEach(this::capture);
            fresh.clear();
        }
    }

    boolean isInitialising() {
        return depth > 0;
    }

    /** Why this loader can't be used again; empty when it can. */
    Optional<String> unclear() {
        return depth > 0 ? Optional.of("the initialisation of a class did not end") : unclear;
    }

    void restore() {
        restorers.forEach(Runnable::run);
    }

    /** The same, but for the static fields of the world around the store. */
    void restoreStore() {
        restorersOfStore.forEach(Runnable::run);
    }

    private void capture(Class<?> type) {
        int before = restorers.size();
        fields(type, null);
        while (!toLookAt.isEmpty()) {
            look(toLookAt.remove());
        }
        if (!type.getName().startsWith(WORLD)) {
            restorersOfStore.addAll(restorers.subList(before, restorers.size()));
        }
    }

    /** The fields of an object that this class declares, or its static ones. */
    private void fields(Class<?> type, Object object) {
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) == (object == null)) {
                field(field, object);
            }
        }
    }

    private void field(Field field, Object object) {
        try {
            field.setAccessible(true);
            Object value = field.get(object);
            if (!Modifier.isFinal(field.getModifiers())) {
                restorers.add(() -> set(field, object, value));
            }
            if (!field.getType().isPrimitive()) {
                see(value);
            }
        } catch (IllegalAccessException | RuntimeException e) {
            unclear = Optional.of(field + " can't be read: " + e);
        }
    }

    private static void set(Field field, Object object, Object value) {
        try {
            field.set(object, value);
        } catch (IllegalAccessException e) {
            throw new SimFailure("a static field can't be restored", e);
        }
    }

    private void see(Object value) {
        if (value != null && known.add(value)) {
            toLookAt.add(value);
        }
    }

    private void look(Object object) {
        Class<?> type = object.getClass();
        if (type.getClassLoader() == loader) {
            for (Class<?> c = type; c.getClassLoader() == loader; c = c.getSuperclass()) {
                fields(c, object);
            }
        } else if (type.isArray()) {
            array(object);
        } else if (!container(object) && !isConstant(type)) {
            unclear = Optional.of("a static field leads to a " + type.getName());
        }
    }

    private static boolean isConstant(Class<?> type) {
        return !Appendable.class.isAssignableFrom(type)
                && (type.isHidden() || CONSTANT.stream().anyMatch(type.getName()::startsWith));
    }

    private void array(Object array) {
        int length = Array.getLength(array);
        Object copy = Array.newInstance(array.getClass().getComponentType(), length);
        System.arraycopy(array, 0, copy, 0, length);
        restorers.add(() -> System.arraycopy(copy, 0, array, 0, length));
        if (array instanceof Object[] elements) {
            for (Object element : elements) {
                see(element);
            }
        }
    }

    /** Whether it is something of the JDK that holds values of ours. */
    private boolean container(Object object) {
        switch (object) {
            case Map<?, ?> map -> map(map);
            case Collection<?> collection -> collection(collection);
            case Optional<?> optional -> optional.ifPresent(this::see);
            case AtomicInteger number -> keep(number.get(), number::set);
            case AtomicLong number -> keep(number.get(), number::set);
            case AtomicBoolean flag -> keep(flag.get(), flag::set);
            case AtomicReference<?> reference -> reference(reference);
            default -> {
                return false;
            }
        }
        return true;
    }

    private <T> void keep(T value, java.util.function.Consumer<T> setter) {
        restorers.add(() -> setter.accept(value));
    }

    private <T> void reference(AtomicReference<T> reference) {
        T value = reference.get();
        see(value);
        restorers.add(() -> reference.set(value));
    }

    private <K, V> void map(Map<K, V> map) {
        List<Map.Entry<K, V>> entries = new ArrayList<>();
        map.forEach((key, value) -> {
            see(key);
            see(value);
            entries.add(new java.util.AbstractMap.SimpleEntry<>(key, value));
        });
        if (!isUnmodifiable(map)) {
            restorers.add(() -> {
                map.clear();
                entries.forEach(e -> map.put(e.getKey(), e.getValue()));
            });
        }
    }

    private <E> void collection(Collection<E> collection) {
        List<E> elements = new ArrayList<>(collection);
        elements.forEach(this::see);
        if (!isUnmodifiable(collection)) {
            restorers.add(() -> {
                collection.clear();
                collection.addAll(elements);
            });
        }
    }

    private static boolean isUnmodifiable(Object collection) {
        String name = collection.getClass().getName();
        return name.startsWith("java.util.ImmutableCollections$")
                || name.startsWith("java.util.Collections$Unmod")
                || name.startsWith("java.util.Collections$Empty")
                || name.startsWith("java.util.Collections$Singleton")
                || name.startsWith("java.util.Arrays$");
    }
}
