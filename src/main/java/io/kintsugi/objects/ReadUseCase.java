package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.shards.BlobStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finding a version, and what of it may be read. */
final class ReadUseCase {
    /** Overwrites that may come between finding an inline object and reading its bytes, in one request. */
    private static final int MAX_ATTEMPTS = 16;

    private final Catalog catalog;
    private final BlobStore blobs;
    private final ReadPins pins;

    ReadUseCase(Catalog catalog, BlobStore blobs, ReadPins pins) {
        this.catalog = catalog;
        this.blobs = blobs;
        this.pins = pins;
    }

    ObjectRead head(GetObject request) {
        ObjectVersion version = find(request);
        ReadVerdict.of(request.condition(), version).requireForRead(version);
        return new VersionRead(version, Selection.of(request.range(), version), List.of(), blobs, pins);
    }

    ObjectRead get(GetObject request) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            ObjectVersion version = find(request);
            ReadVerdict.of(request.condition(), version).requireForRead(version);
            Optional<ObjectRead> read = open(version, Selection.of(request.range(), version));
            if (read.isPresent()) {
                return read.get();
            }
        }
        throw vanishing(request);
    }

    /** For a copy: conditions are those of its source, and a range must lie within it. */
    ObjectRead source(GetObject request) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            ObjectVersion version = findSource(request);
            ReadVerdict.of(request.condition(), version).requireForCopy();
            requireWithin(request.range(), version);
            Optional<ObjectRead> read = open(version, Selection.of(request.range(), version));
            if (read.isPresent()) {
                return read.get();
            }
        }
        throw vanishing(request);
    }

    private ObjectVersion find(GetObject request) {
        ObjectVersion version =
                catalog.find(request.bucket(), request.key(), request.version()).orElseThrow(() -> absent(request));
        if (version.deleteMarker()) {
            boolean named = request.version().isPresent();
            throw new StoreException.DeleteMarker(version.id(), named, version.lastModified());
        }
        return version;
    }

    private ObjectVersion findSource(GetObject request) {
        try {
            return find(request);
        } catch (StoreException.DeleteMarker marker) {
            if (marker.named()) {
                throw Refusal.request(
                        "The source of a copy request may not specifically refer to a delete marker by version id");
            }
            throw new StoreException.NotFound(
                    StoreException.NotFound.Kind.KEY, request.key().value());
        }
    }

    private static StoreException absent(GetObject request) {
        return request.version()
                .map(id -> new StoreException.NotFound(StoreException.NotFound.Kind.VERSION, id.toString()))
                .orElseGet(() -> new StoreException.NotFound(
                        StoreException.NotFound.Kind.KEY, request.key().value()));
    }

    private static void requireWithin(RangeSpec range, ObjectVersion version) {
        if (range instanceof RangeSpec.FromTo(long first, long last) && last >= version.size()) {
            throw Refusal.invalid(
                    StoreException.Invalid.Kind.RANGE,
                    "Range " + first + "-" + last + " is not valid for source object of size: " + version.size());
        }
    }

    private static StoreException vanishing(GetObject request) {
        return new StoreException.Unavailable(
                StoreException.Unavailable.Kind.SLOW_DOWN,
                "The object " + request.key() + " was replaced " + MAX_ATTEMPTS
                        + " times while it was read: try again");
    }

    /** Empty when bytes that ride in the catalog are gone: the version was replaced since it was found. */
    private Optional<ObjectRead> open(ObjectVersion version, Selection selection) {
        ByteRange wanted = selection.range();
        List<VersionRead.Piece> pieces = new ArrayList<>(1);
        long offset = 0;
        for (ObjectPart part : version.parts()) {
            long from = Math.max(wanted.offset(), offset);
            long to = Math.min(wanted.end(), offset + part.size());
            if (from < to) {
                Optional<VersionRead.Piece> piece = piece(part.blob(), new ByteRange(from - offset, to - from));
                if (piece.isEmpty()) {
                    return Optional.empty();
                }
                pieces.add(piece.get());
            }
            offset += part.size();
        }
        return Optional.of(new VersionRead(version, selection, pieces, blobs, pins));
    }

    private Optional<VersionRead.Piece> piece(BlobRef blob, ByteRange range) {
        return switch (blob.form()) {
            case INLINE -> catalog.inline(blob.id()).map(bytes -> new VersionRead.Inline(bytes, range));
            case PACKED, FILES -> Optional.of(new VersionRead.OnDrives(blob, range));
        };
    }
}
