package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** Collections whose order would differ from one virtual machine to the next keep that of insertion instead. */
public final class HookCollections {
    private HookCollections() {}

    @Instead(of = HashMap.class, kind = Kind.NEW)
    public static <K, V> HashMap<K, V> create() {
        return new LinkedHashMap<>();
    }

    @Instead(of = HashMap.class, kind = Kind.NEW)
    public static <K, V> HashMap<K, V> create(int capacity) {
        return new LinkedHashMap<>(capacity);
    }

    @Instead(of = HashMap.class, kind = Kind.NEW)
    public static <K, V> HashMap<K, V> create(Map<? extends K, ? extends V> from) {
        return new LinkedHashMap<>(from);
    }

    @Instead(of = HashSet.class, kind = Kind.NEW)
    public static <E> HashSet<E> createSet() {
        return new LinkedHashSet<>();
    }

    @Instead(of = HashSet.class, kind = Kind.NEW)
    public static <E> HashSet<E> createSet(int capacity) {
        return new LinkedHashSet<>(capacity);
    }

    @Instead(of = HashSet.class, kind = Kind.NEW)
    public static <E> HashSet<E> create(Collection<? extends E> from) {
        return new LinkedHashSet<>(from);
    }

    @Instead(of = Collectors.class, kind = Kind.STATIC)
    public static <T> Collector<T, ?, Set<T>> toSet() {
        return Collectors.toCollection(LinkedHashSet::new);
    }

    @Instead(of = Collectors.class, kind = Kind.STATIC)
    public static <T> Collector<T, ?, Set<T>> toUnmodifiableSet() {
        return Collectors.collectingAndThen(Collectors.toCollection(LinkedHashSet::new), HookCollections::copyOf);
    }

    @Instead(of = Collectors.class, kind = Kind.STATIC)
    public static <T, K, V> Collector<T, ?, Map<K, V>> toMap(
            Function<? super T, ? extends K> key, Function<? super T, ? extends V> value) {
        return Collectors.toMap(key, value, HookCollections::twice, LinkedHashMap::new);
    }

    @Instead(of = Collectors.class, kind = Kind.STATIC)
    public static <T, K, V> Collector<T, ?, Map<K, V>> toUnmodifiableMap(
            Function<? super T, ? extends K> key, Function<? super T, ? extends V> value) {
        return Collectors.collectingAndThen(toMap(key, value), HookCollections::copyOf);
    }

    private static <V> V twice(V first, V second) {
        throw new IllegalStateException("one key has both " + first + " and " + second);
    }

    @Instead(of = Collectors.class, kind = Kind.STATIC)
    public static <T, K> Collector<T, ?, Map<K, List<T>>> groupingBy(Function<? super T, ? extends K> key) {
        return Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList());
    }

    @Instead(of = Collectors.class, kind = Kind.STATIC)
    public static <T, K, A, D> Collector<T, ?, Map<K, D>> groupingBy(
            Function<? super T, ? extends K> key, Collector<? super T, A, D> inner) {
        return Collectors.groupingBy(key, LinkedHashMap::new, inner);
    }

    @Instead(of = Set.class, kind = Kind.STATIC)
    public static <E> Set<E> copyOf(Collection<? extends E> from) {
        Set<E> copy = new LinkedHashSet<>();
        from.forEach(e -> copy.add(Objects.requireNonNull(e)));
        return Collections.unmodifiableSet(copy);
    }

    @Instead(of = Map.class, kind = Kind.STATIC)
    public static <K, V> Map<K, V> copyOf(Map<? extends K, ? extends V> from) {
        Map<K, V> copy = new LinkedHashMap<>();
        from.forEach((k, v) -> copy.put(Objects.requireNonNull(k), Objects.requireNonNull(v)));
        return Collections.unmodifiableMap(copy);
    }

    /** {@code Set.of} of any number of elements. */
    @SuppressWarnings("unchecked")
    public static <E> Set<E> setOf(Object... elements) {
        Set<E> set = (Set<E>) copyOf(Arrays.asList(elements));
        if (set.size() != elements.length) {
            throw new IllegalArgumentException("an element stands twice in " + Arrays.toString(elements));
        }
        return set;
    }

    /** {@code Map.of} and {@code Map.ofEntries} of any number of keys and values, which alternate. */
    @SuppressWarnings("unchecked")
    public static <K, V> Map<K, V> mapOf(Object... pairs) {
        Map<K, V> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            K key = (K) Objects.requireNonNull(pairs[i]);
            if (map.put(key, (V) Objects.requireNonNull(pairs[i + 1])) != null) {
                throw new IllegalArgumentException("the key " + key + " stands twice");
            }
        }
        return Collections.unmodifiableMap(map);
    }

    @Instead(of = Map.class, kind = Kind.STATIC)
    public static <K, V> Map<K, V> ofEntries(Map.Entry<?, ?>[] entries) {
        return mapOf(Arrays.stream(entries)
                .flatMap(e -> java.util.stream.Stream.of(e.getKey(), e.getValue()))
                .toArray());
    }

    // A thread that gave way while it computes a value would keep others out of the map in a way that can't be ordered.

    @Instead(of = Map.class, meets = true)
    public static <K, V> V computeIfAbsent(Map<K, V> map, K key, Function<? super K, ? extends V> function) {
        Task me = Task.current();
        me.enterAtomic();
        try {
            return map.computeIfAbsent(key, function);
        } finally {
            me.leaveAtomic();
        }
    }

    @Instead(of = Map.class, meets = true)
    public static <K, V> V computeIfPresent(Map<K, V> map, K key, BiFunction<? super K, ? super V, ? extends V> f) {
        Task me = Task.current();
        me.enterAtomic();
        try {
            return map.computeIfPresent(key, f);
        } finally {
            me.leaveAtomic();
        }
    }

    @Instead(of = Map.class, meets = true)
    public static <K, V> V compute(Map<K, V> map, K key, BiFunction<? super K, ? super V, ? extends V> f) {
        Task me = Task.current();
        me.enterAtomic();
        try {
            return map.compute(key, f);
        } finally {
            me.leaveAtomic();
        }
    }

    @Instead(of = Map.class, meets = true)
    public static <K, V> V merge(Map<K, V> map, K key, V value, BiFunction<? super V, ? super V, ? extends V> f) {
        Task me = Task.current();
        me.enterAtomic();
        try {
            return map.merge(key, value, f);
        } finally {
            me.leaveAtomic();
        }
    }
}
