package io.kintsugi.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** What a recorded process says about itself, in the same order as what it does: steps that begin and are done. */
public final class Marks implements AutoCloseable {
    private static final String BEGUN = "B";
    private static final String DONE = "D";

    private final FileChannel channel;

    public Marks(Path path) throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.WRITE);
    }

    public void begun(int writer, int step) {
        say(BEGUN, writer, step);
    }

    public void done(int writer, int step) {
        say(DONE, writer, step);
    }

    private void say(String what, int writer, int step) {
        try {
            channel.write(ByteBuffer.wrap((what + " " + writer + " " + step).getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** How far each writer has come, by the marks that were heard. */
    public static final class Heard {
        private final Map<Integer, Integer> begun = new HashMap<>();
        private final Map<Integer, Integer> done = new HashMap<>();

        void hear(Trace.Entry mark) {
            String[] words = mark.text().split(" ");
            Map<Integer, Integer> last = words[0].equals(BEGUN) ? begun : done;
            last.merge(Integer.valueOf(words[1]), Integer.parseInt(words[2]) + 1, Math::max);
        }

        /** The first so many steps of this writer have begun. */
        public int begun(int writer) {
            return begun.getOrDefault(writer, 0);
        }

        /** The first so many steps of this writer were acknowledged; at most one fewer than have begun. */
        public int done(int writer) {
            return done.getOrDefault(writer, 0);
        }

        @Override
        public String toString() {
            return "begun " + begun + ", done " + done;
        }
    }
}
