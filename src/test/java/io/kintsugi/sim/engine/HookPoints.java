package io.kintsugi.sim.engine;

import java.lang.reflect.Field;

/** What rewritten code calls in addition. */
public final class HookPoints {
    private HookPoints() {}

    /** Another thread may come first here. */
    public static void point() {
        Task task = Task.currentOrNull();
        if (task != null) {
            task.point();
        }
    }

    /** Identity, as a number that is the same in each run. */
    public static int nextHash() {
        Task task = Task.current();
        task.requireNoInitialiser("hashes an object by its identity");
        return task.run().nextHash();
    }

    /** A static initialiser begins. The classes outlive the run, so nothing of the run may go into them. */
    public static void initialiserBegins() {
        Task task = Task.current();
        task.enterAtomic();
        task.run().loader().statics().begin();
    }

    /** A static initialiser has ended well. */
    public static void initialiserEnds(Class<?> type) {
        Task task = Task.current();
        task.run().loader().statics().end(type);
        task.leaveAtomic();
    }

    /** An enum's constants get hash codes that are the same in each virtual machine. */
    public static void enumReady(Class<?> type) {
        try {
            Field hash = Enum.class.getDeclaredField("hash");
            hash.setAccessible(true);
            for (Object constant : type.getEnumConstants()) {
                Enum<?> value = (Enum<?>) constant;
                hash.setInt(value, (type.getName() + "." + value.name()).hashCode() | 1);
            }
        } catch (ReflectiveOperationException e) {
            throw new SimFailure("the hash codes of " + type + " can't be set", e);
        }
    }
}
