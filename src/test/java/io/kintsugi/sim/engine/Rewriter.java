package io.kintsugi.sim.engine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/** The rewritten form of each class, made once. Threads: any. */
final class Rewriter {
    private static final ClassLoader ORIGINALS = Rewriter.class.getClassLoader();
    private static final ClassFile FILES = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing(ORIGINALS).cached(ConcurrentHashMap::new)));
    private static final int MAX_IDLE = 8;
    private static final Rewriter PLAIN = new Rewriter(List.of());
    private static final Map<List<Mutation>, Rewriter> MUTATED = new ConcurrentHashMap<>();

    private final List<Mutation> mutations;
    private final Map<String, Optional<byte[]>> done = new ConcurrentHashMap<>();

    private final Queue<SimLoader> idle = new ArrayBlockingQueue<>(MAX_IDLE);

    private Rewriter(List<Mutation> mutations) {
        this.mutations = mutations;
    }

    /** Fails when one of the mutations finds nothing to change. */
    static Rewriter of(List<Mutation> mutations) {
        return mutations.isEmpty() ? PLAIN : MUTATED.computeIfAbsent(mutations, Rewriter::mutated);
    }

    private static Rewriter mutated(List<Mutation> mutations) {
        Rewriter made = new Rewriter(mutations);
        Set<Mutation> applied = new HashSet<>();
        for (Mutation mutation : mutations) {
            String name = Mutations.className(mutation);
            byte[] original = original(name)
                    .orElseThrow(() -> new IllegalArgumentException("there is no class " + name + " for " + mutation));
            made.done.put(name, Optional.of(made.rewrite(original, applied)));
        }
        Set<Mutation> idle = new HashSet<>(mutations);
        idle.removeAll(applied);
        if (!idle.isEmpty()) {
            throw new IllegalArgumentException("found nothing to change for " + idle);
        }
        return made;
    }

    /** A loader whose classes are as new. */
    SimLoader take() {
        SimLoader used = idle.poll();
        if (used == null) {
            return new SimLoader(this);
        }
        used.statics().restore();
        return used;
    }

    /** After a run. */
    void giveBack(SimLoader loader) {
        if (loader.statics().unclear().isEmpty()) {
            idle.offer(loader);
        }
    }

    /** Empty when there is no such class. */
    Optional<byte[]> rewritten(String className) {
        Optional<byte[]> known = done.get(className);
        if (known != null) {
            return known;
        }
        Optional<byte[]> made = this == PLAIN
                ? original(className).map(bytes -> rewrite(bytes, new HashSet<>()))
                : PLAIN.rewritten(className);
        done.put(className, made);
        return made;
    }

    private byte[] rewrite(byte[] original, Set<Mutation> applied) {
        ClassModel model = FILES.parse(original);
        return FILES.transformClass(model, new ClassRewrite(model, new Mutations(mutations, applied)).transform());
    }

    /** The class as it was compiled. */
    static Optional<ClassModel> model(String className) {
        return original(className).map(FILES::parse);
    }

    private static Optional<byte[]> original(String className) {
        try (InputStream in = ORIGINALS.getResourceAsStream(className.replace('.', '/') + ".class")) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new SimFailure("the class file of " + className + " can't be read", e);
        }
    }
}
