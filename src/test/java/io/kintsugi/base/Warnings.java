package io.kintsugi.base;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** The warnings that a class logs while this is open. Any thread. */
public final class Warnings implements AutoCloseable {
    private final List<String> lines = new ArrayList<>();
    private final Logger logger;
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                add(new SimpleFormatter().formatMessage(record));
            }
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is held
        }
    };

    public Warnings(Class<?> of) {
        // kept, as the logging of the JDK keeps none that nobody refers to
        logger = Logger.getLogger(of.getName());
        logger.addHandler(handler);
    }

    private synchronized void add(String line) {
        lines.add(line);
    }

    /** So far, as they are printed. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
