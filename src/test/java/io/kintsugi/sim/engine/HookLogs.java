package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.text.MessageFormat;
import java.util.Arrays;
import java.util.ResourceBundle;
import org.jboss.logging.Logger;

/** What the code logs is part of the history, from INFO on. */
public final class HookLogs {
    private HookLogs() {}

    @Instead(of = System.class, kind = Kind.STATIC)
    public static System.Logger getLogger(String name) {
        return new SystemLog(name);
    }

    @Instead(of = Logger.class, kind = Kind.STATIC)
    public static Logger getLogger(Class<?> type) {
        return new BossLog(type.getName());
    }

    @Instead(of = Logger.class, name = "getLogger", kind = Kind.STATIC)
    public static Logger getBossLogger(String name) {
        return new BossLog(name);
    }

    private static void write(String level, String name, String text, Throwable thrown) {
        Task task = Task.currentOrNull();
        if (task != null) {
            task.run().log(level + " " + name + ": " + text + (thrown == null ? "" : ": " + thrown));
        }
    }

    private record SystemLog(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= Level.INFO.getSeverity();
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {
            if (isLoggable(level)) {
                write(level.name(), name, text, thrown);
            }
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... params) {
            boolean plain = params == null || params.length == 0;
            log(level, bundle, plain ? format : MessageFormat.format(format, params), (Throwable) null);
        }
    }

    private static final class BossLog extends Logger {
        private static final long serialVersionUID = 1;

        BossLog(String name) {
            super(name);
        }

        @Override
        public boolean isEnabled(Level level) {
            return level.compareTo(Level.INFO) <= 0;
        }

        @Override
        protected void doLog(Level level, String by, Object message, Object[] params, Throwable thrown) {
            if (isEnabled(level)) {
                write(level.name(), getName(), message + (params == null ? "" : Arrays.toString(params)), thrown);
            }
        }

        @Override
        protected void doLogf(Level level, String by, String format, Object[] params, Throwable thrown) {
            if (isEnabled(level)) {
                write(level.name(), getName(), String.format(format, params), thrown);
            }
        }
    }
}
