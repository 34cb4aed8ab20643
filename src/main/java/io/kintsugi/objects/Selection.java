package io.kintsugi.objects;

import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException.Invalid;
import io.kintsugi.base.StoreException.Invalid.Kind;

/**
 * The bytes of a version that a request asks for.
 *
 * @param partial whether a range or part was asked for. An empty part is not partial: no {@code Content-Range} can name
 *     it
 */
record Selection(ByteRange range, boolean partial) {
    /** @throws Invalid {@code RANGE} or {@code PART_NUMBER} when nothing of the object is asked for */
    static Selection of(RangeSpec spec, ObjectVersion version) {
        long size = version.size();
        return switch (spec) {
            case RangeSpec.Whole whole -> new Selection(new ByteRange(0, size), false);
            case RangeSpec.FromTo(long first, long last) -> fromTo(first, Math.min(last, size - 1), size);
            case RangeSpec.From(long first) -> fromTo(first, size - 1, size);
            case RangeSpec.Suffix(long count) -> fromTo(Math.max(0, size - count), size - 1, size);
            case RangeSpec.Part(int number) -> part(number, version);
        };
    }

    private static Selection fromTo(long first, long last, long size) {
        if (first < 0 || first >= size || last < first) {
            throw Refusal.invalid(
                    Kind.RANGE, "The requested range is not satisfiable: the object has " + size + " bytes");
        }
        return new Selection(new ByteRange(first, last - first + 1), true);
    }

    private static Selection part(int number, ObjectVersion version) {
        long offset = 0;
        for (ObjectPart part : version.parts()) {
            if (part.number() == number) {
                return new Selection(new ByteRange(offset, part.size()), part.size() > 0);
            }
            offset += part.size();
        }
        throw Refusal.invalid(
                Kind.PART_NUMBER,
                "The requested part number " + number + " is not satisfiable: the object has "
                        + version.parts().size() + " parts");
    }
}
