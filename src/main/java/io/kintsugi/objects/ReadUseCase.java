package io.kintsugi.objects;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finding a version, and what of it may be read. */
final class ReadUseCase {
    /** Overwrites that may come between finding an inline object and reading its bytes, in one request. */
    private static final int MAX_ATTEMPTS = 16;

    private final Catalog catalog;
    private final VersionRead.Hands hands;

    ReadUseCase(Catalog catalog, VersionRead.Hands hands) {
        this.catalog = catalog;
        this.hands = hands;
    }

    AtOnce<ObjectRead> head(GetObject request) {
        return find(request).map(version -> {
            ReadVerdict.of(request.condition(), version).requireForRead(version);
            return new VersionRead(version, Selection.of(request.range(), version), List.of(), hands);
        });
    }

    AtOnce<ObjectRead> get(GetObject request) {
        return get(request, MAX_ATTEMPTS);
    }

    private AtOnce<ObjectRead> get(GetObject request, int attempts) {
        if (attempts == 0) {
            throw vanishing(request);
        }
        return find(request)
                .then(version -> {
                    ReadVerdict.of(request.condition(), version).requireForRead(version);
                    return open(version, request.range());
                })
                .then(read -> read.isPresent() ? AtOnce.told(read.get()) : get(request, attempts - 1));
    }

    /** For a copy, which needs no parts: conditions are those of its source, and a range must lie within it. */
    ObjectRead source(GetObject request) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            ObjectVersion version = findSource(request);
            ReadVerdict.of(request.condition(), version).requireForCopy();
            requireWithin(request.range(), version);
            Optional<ObjectRead> read = open(version, request.range()).orWait();
            if (read.isPresent()) {
                return read.get().withoutParts();
            }
        }
        throw vanishing(request);
    }

    private AtOnce<ObjectVersion> find(GetObject request) {
        return catalog.findAtOnce(request.bucket(), request.key(), request.version())
                .map(found -> objectOf(found, request));
    }

    private static ObjectVersion objectOf(Optional<ObjectVersion> found, GetObject request) {
        ObjectVersion version = found.orElseThrow(() -> absent(request));
        if (version.deleteMarker()) {
            boolean named = request.version().isPresent();
            throw new StoreException.DeleteMarker(version.id(), named, version.lastModified());
        }
        return version;
    }

    private ObjectVersion findSource(GetObject request) {
        try {
            return find(request).orWait();
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
    private AtOnce<Optional<ObjectRead>> open(ObjectVersion version, RangeSpec range) {
        Selection selection = Selection.of(range, version);
        List<VersionRead.OnDrives> wanted = touched(version, selection.range());
        boolean byPart = range instanceof RangeSpec.Part;
        // a client may take long for its bytes: where 10,000 other parts lie is not kept so long
        ObjectVersion kept = byPart || wanted.size() == version.parts().size() ? version : version.with(List.of());
        if (wanted.size() == 1) {
            return piece(wanted.getFirst()).map(found -> found.map(piece -> read(kept, selection, List.of(piece))));
        }
        return wanted.isEmpty()
                ? AtOnce.told(Optional.of(read(kept, selection, List.of())))
                : AtOnce.later(() -> pieces(wanted).map(pieces -> read(kept, selection, pieces)));
    }

    private ObjectRead read(ObjectVersion version, Selection selection, List<VersionRead.Piece> pieces) {
        return new VersionRead(version, selection, pieces, hands);
    }

    /** The parts that the range touches, and what of each. */
    private static List<VersionRead.OnDrives> touched(ObjectVersion version, ByteRange range) {
        List<VersionRead.OnDrives> touched = new ArrayList<>(1);
        long offset = 0;
        for (ObjectPart part : version.parts()) {
            long from = Math.max(range.offset(), offset);
            long to = Math.min(range.end(), offset + part.size());
            if (from < to) {
                touched.add(new VersionRead.OnDrives(part.blob(), new ByteRange(from - offset, to - from)));
            }
            offset += part.size();
        }
        return touched;
    }

    private Optional<List<VersionRead.Piece>> pieces(List<VersionRead.OnDrives> wanted) {
        List<VersionRead.Piece> pieces = new ArrayList<>(wanted.size());
        for (VersionRead.OnDrives part : wanted) {
            Optional<VersionRead.Piece> piece = piece(part).orWait();
            if (piece.isEmpty()) {
                return Optional.empty();
            }
            pieces.add(piece.get());
        }
        return Optional.of(pieces);
    }

    private AtOnce<Optional<VersionRead.Piece>> piece(VersionRead.OnDrives part) {
        return switch (part.blob().form()) {
            case INLINE ->
                catalog.inlineAtOnce(part.blob().id())
                        .map(found -> found.map(bytes -> new VersionRead.Inline(bytes, part.range())));
            case PACKED, FILES -> AtOnce.told(Optional.of(part));
        };
    }
}
