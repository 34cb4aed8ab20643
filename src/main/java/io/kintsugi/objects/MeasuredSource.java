package io.kintsugi.objects;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.StoreException.Invalid.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/** A body that must be as long as its client said, and no longer than the limit. Not read again behind its end. */
final class MeasuredSource implements ByteSource {
    private final ByteSource source;
    private final OptionalLong declared;
    private final long limit;
    private long count;
    private boolean ended;

    /** @throws io.kintsugi.base.StoreException.Invalid {@code ENTITY_TOO_LARGE}, before a byte is read */
    MeasuredSource(ByteSource source, OptionalLong declared, long limit) {
        if (declared.isPresent() && declared.getAsLong() > limit) {
            throw Refusal.tooLarge(declared.getAsLong(), limit);
        }
        this.source = source;
        this.declared = declared;
        this.limit = limit;
    }

    @Override
    public int read(ByteBuffer target) {
        int read = ended ? -1 : source.read(target);
        if (read < 0) {
            end();
        } else {
            add(read);
        }
        return read;
    }

    @Override
    public int readFully(List<ByteBuffer> targets) {
        long room = 0;
        for (ByteBuffer target : targets) {
            room += target.remaining();
        }
        int read = ended ? 0 : source.readFully(targets);
        add(read);
        if (read < room) {
            end();
        }
        return read;
    }

    private void end() {
        ended = true;
        if (declared.isPresent() && count != declared.getAsLong()) {
            throw incomplete();
        }
    }

    private void add(int read) {
        count += read;
        if (declared.isPresent() && count > declared.getAsLong()) {
            throw incomplete();
        }
        if (count > limit) {
            throw Refusal.tooLarge(count, limit);
        }
    }

    private RuntimeException incomplete() {
        String more = count > declared.getAsLong() ? " or more" : "";
        return Refusal.invalid(
                Kind.INCOMPLETE_BODY,
                "You did not provide the number of bytes specified: " + declared.getAsLong() + " were announced, "
                        + count + more + " came");
    }
}
