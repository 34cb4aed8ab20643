package io.kintsugi.s3;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Reads a body into some places at a time, as stripes are filled; they are for others afterwards. */
final class TargetReads {
    private TargetReads() {}

    /**
     * All of the body.
     *
     * @param mostTargets at a time, at most
     * @param least bytes of a target
     * @param sizes how many sizes from there on a target may have
     */
    static byte[] whole(WireBody body, Random random, int mostTargets, int least, int sizes) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        int read;
        long room;
        do {
            List<ByteBuffer> targets = new ArrayList<>();
            for (int i = 1 + random.nextInt(mostTargets); i > 0; i--) {
                int size = least + random.nextInt(sizes);
                targets.add(random.nextInt(5) == 0 ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size));
            }
            room = targets.stream().mapToLong(ByteBuffer::remaining).sum();
            read = body.readFully(targets);
            for (ByteBuffer target : targets) {
                byte[] bytes = new byte[target.position()];
                target.flip().get(bytes);
                decoded.writeBytes(bytes);
                target.clear().put(new byte[target.capacity()]);
            }
        } while (read == room);
        return decoded.toByteArray();
    }
}
