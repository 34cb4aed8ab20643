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
        return Task.current().run().nextHash();
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
