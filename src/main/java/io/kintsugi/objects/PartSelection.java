package io.kintsugi.objects;

import io.kintsugi.base.Checksum;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.catalog.Catalog;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The parts that a client lists, matched with those that were uploaded. Both are in ascending order: one walk along
 * both.
 */
final class PartSelection {
    private static final int PAGE = 1000;

    private PartSelection() {}

    /** @throws io.kintsugi.base.StoreException.Invalid {@code PART_ORDER}, or {@code REQUEST} when there is none */
    static void requireOrder(List<CompleteUpload.Part> listed) {
        if (listed.isEmpty()) {
            throw Refusal.request("You must specify at least one part");
        }
        int last = 0;
        for (CompleteUpload.Part part : listed) {
            if (part.number() < 1 || part.number() > PartUseCase.MAX_NUMBER) {
                throw Refusal.invalid(
                        Kind.ARGUMENT,
                        "PartNumber must be >= 1 and <= " + PartUseCase.MAX_NUMBER + ", not " + part.number());
            }
            if (part.number() <= last) {
                throw Refusal.invalid(
                        Kind.PART_ORDER,
                        "The list of parts was not in ascending order: part " + part.number() + " follows part "
                                + last);
            }
            last = part.number();
        }
    }

    /**
     * @throws io.kintsugi.base.StoreException.Invalid {@code PART} when one is unknown, or not what the client takes it
     *     for
     */
    static List<ObjectPart> of(Catalog catalog, Upload upload, List<CompleteUpload.Part> listed) {
        List<ObjectPart> chosen = new ArrayList<>(listed.size());
        Iterator<UploadedPart> uploaded =
                new Pages(catalog, upload, listed.getFirst().number() - 1);
        for (CompleteUpload.Part part : listed) {
            chosen.add(match(part, uploaded));
        }
        return chosen;
    }

    private static ObjectPart match(CompleteUpload.Part listed, Iterator<UploadedPart> uploaded) {
        while (uploaded.hasNext()) {
            ObjectPart part = uploaded.next().part();
            if (part.number() == listed.number() && agrees(listed, part)) {
                return part;
            }
            if (part.number() >= listed.number()) {
                break;
            }
        }
        throw Refusal.invalid(
                Kind.PART,
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
                        + "specified entity tag or checksum may not match: part " + listed.number());
    }

    private static boolean agrees(CompleteUpload.Part listed, ObjectPart part) {
        return !listed.etag().strip().equals("*")
                && part.etag().matches(listed.etag())
                && agrees(listed.checksum(), part.checksum());
    }

    private static boolean agrees(Optional<Checksum> claimed, Optional<Checksum> ours) {
        if (claimed.isEmpty()) {
            return true;
        }
        return ours.filter(sum -> sum.algorithm() == claimed.get().algorithm())
                .filter(sum -> MessageDigest.isEqual(sum.value(), claimed.get().value()))
                .isPresent();
    }

    /** All parts of an upload, page by page. */
    private static final class Pages implements Iterator<UploadedPart> {
        private final Catalog catalog;
        private final Upload upload;
        private Iterator<UploadedPart> page = List.<UploadedPart>of().iterator();
        private int last;
        private boolean more = true;

        Pages(Catalog catalog, Upload upload, int afterNumber) {
            this.catalog = catalog;
            this.upload = upload;
            this.last = afterNumber;
        }

        @Override
        public boolean hasNext() {
            if (!page.hasNext() && more) {
                List<UploadedPart> next = catalog.listParts(upload, last, PAGE);
                more = next.size() == PAGE;
                page = next.iterator();
            }
            return page.hasNext();
        }

        @Override
        public UploadedPart next() {
            UploadedPart part = page.next();
            last = part.part().number();
            return part;
        }
    }
}
