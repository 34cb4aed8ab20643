package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.StoreException.Invalid;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Cuts a source into stripes, read straight to where they are coded. With a known length every byte goes to its place
 * at once; without one, only a last, short stripe is moved, since its chunks turn out to be shorter than those that it
 * was read into. One thread.
 */
final class StripeFiller {
    /** Blobs up to this size are packed. */
    static final int PACKED_BYTES = 256 * 1024;

    private final BlobContext context;
    private final WritePlan plan;
    private final OptionalLong length;
    private final ByteSource source;
    private long taken;
    private boolean ended;

    StripeFiller(BlobContext context, WritePlan plan, OptionalLong length, ByteSource source) {
        this.context = context;
        this.plan = plan;
        this.length = length;
        this.source = source;
    }

    /**
     * A stripe, whose memory the receiver owns.
     *
     * @param form in which the rows are shaped
     * @param last whether it is known that nothing follows
     */
    record Filled(StripeImage image, int plainBytes, BlobRef.Form form, boolean last) {
        /** Whether it is a whole blob in the packed shape. */
        boolean packed() {
            return form == BlobRef.Form.PACKED;
        }
    }

    /** Bytes read so far. */
    long taken() {
        return taken;
    }

    /** The next stripe; empty at the end. An empty blob has one empty stripe, packed. */
    Optional<Filled> next() {
        if (ended) {
            return Optional.empty();
        }
        boolean first = taken == 0;
        Optional<Filled> filled = length.isPresent() ? sized(length.getAsLong() - taken, first) : unsized(first);
        filled.ifPresent(f -> taken += f.plainBytes());
        return filled;
    }

    private Optional<Filled> sized(long left, boolean first) {
        int plain = (int) Math.min(left, plan.stripeBytes());
        boolean packed = first && left <= PACKED_BYTES;
        boolean last = plain == left;
        StripeImage image =
                context.image(packed ? plan.packedShape(plain) : shape(plan, taken, plain, last), plan.shards());
        return guarded(image, () -> {
            if (image.fill(source, plain) < plain) {
                throw new Invalid(
                        Invalid.Kind.INCOMPLETE_BODY,
                        "The body ended before the number of bytes that its header states: " + length.getAsLong());
            }
            ended = last;
            if (ended && source.read(ByteBuffer.allocate(1)) >= 0) {
                throw new Invalid(
                        Invalid.Kind.REQUEST,
                        "The body has more than the " + length.getAsLong() + " bytes that were stated");
            }
            return Optional.of(new Filled(image, plain, form(packed), last));
        });
    }

    private Optional<Filled> unsized(boolean first) {
        StripeImage image = context.image(shape(plan, taken, plan.stripeBytes(), false), plan.shards());
        return guarded(image, () -> {
            int plain = image.fill(source, plan.stripeBytes());
            ended = plain < plan.stripeBytes();
            if (!ended) {
                return Optional.of(new Filled(image, plain, BlobRef.Form.FILES, false));
            }
            Filled last = new Filled(image, plain, form(first && plain <= PACKED_BYTES), true);
            Optional<Filled> moved =
                    plain > 0 || first ? Optional.of(moved(context, plan, last, taken)) : Optional.empty();
            image.memory().release();
            return moved;
        });
    }

    private static BlobRef.Form form(boolean packed) {
        return packed ? BlobRef.Form.PACKED : BlobRef.Form.FILES;
    }

    /** The same last stripe as a plan of perhaps another code cuts it. @param begin where it begins in the blob */
    static Filled moved(BlobContext context, WritePlan plan, Filled stripe, long begin) {
        int plain = stripe.plainBytes();
        StripeImage image = context.image(
                stripe.packed() ? plan.packedShape(plain) : shape(plan, begin, plain, true), plan.shards());
        image.fill(stripe.image().plain(plain), plain);
        return new Filled(image, plain, stripe.form(), true);
    }

    private static StripeImage.Shape shape(WritePlan plan, long begin, int plainBytes, boolean last) {
        BlobLayout layout = plan.layout(Long.MAX_VALUE);
        return FileRows.shape(layout, layout.stripeOf(begin), plainBytes, last ? FileRows.FOOTER_ROOM : 0);
    }

    private static Optional<Filled> guarded(StripeImage image, Supplier<Optional<Filled>> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            image.memory().release();
            throw e;
        }
    }
}
