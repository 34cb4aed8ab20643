package io.kintsugi.s3;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.iam.Identity;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.ObjectRead;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.RangeSpec;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What GET and HEAD of an object have in common: what they ask for, and the head of the answer.
 *
 * @param part {@code partNumber}
 * @param overrides content headers that the query sets ({@code response-content-type} and its kin)
 */
record ReadRequest(S3Request request, Optional<VersionId> version, OptionalInt part, Map<String, String> overrides) {
    private static final Map<String, String> OVERRIDES = Map.of(
            "response-content-type", "content-type",
            "response-content-language", "content-language",
            "response-expires", "expires",
            "response-cache-control", "cache-control",
            "response-content-disposition", "content-disposition",
            "response-content-encoding", "content-encoding");

    /** @throws S3Exception when parameters or headers are not valid, alone or together */
    static ReadRequest of(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkRead(request.headers());
        Optional<String> part = request.query("partNumber");
        if (part.isPresent() && request.header("range").isPresent()) {
            throw new S3Exception(
                    S3Error.INVALID_REQUEST, "Cannot specify both Range header and partNumber query parameter");
        }
        OptionalInt number = part.isPresent() ? OptionalInt.of(Numbers.partNumber(part.get())) : OptionalInt.empty();
        return new ReadRequest(request, VersionParam.of(request), number, overrides(exchange));
    }

    private static Map<String, String> overrides(S3Exchange exchange) {
        if (!exchange.request().hasQuery()) {
            return Map.of();
        }
        SortedMap<String, String> overrides = new TreeMap<>();
        OVERRIDES.forEach((parameter, header) -> exchange.request()
                .query(parameter)
                .ifPresent(value -> overrides.put(header, checkedOverride(parameter, value))));
        if (!overrides.isEmpty() && exchange.identity() instanceof Identity.Anonymous) {
            throw new S3Exception(
                    S3Error.INVALID_REQUEST,
                    "Request specific response headers cannot be used for anonymous GET requests.");
        }
        return overrides;
    }

    private static String checkedOverride(String parameter, String value) {
        boolean header = StandardCharsets.ISO_8859_1.newEncoder().canEncode(value)
                && value.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 0x7F);
        if (!header) {
            throw S3Exception.invalidArgument("Header value cannot be represented using ISO-8859-1.", parameter, value);
        }
        return value;
    }

    /**
     * Finds the version.
     *
     * @param reader the store's {@code getAtOnce} or {@code headAtOnce}
     */
    AtOnce<ObjectRead> read(Function<GetObject, AtOnce<ObjectRead>> reader) {
        RangeSpec range =
                part.isPresent() ? new RangeSpec.Part(part.getAsInt()) : RangeHeader.parse(request.header("range"));
        Optional<String> ifRange = request.header("if-range");
        if (ifRange.isEmpty() || range instanceof RangeSpec.Whole) {
            return reader.apply(get(range));
        }
        return AtOnce.later(() -> readIfRange(get -> reader.apply(get).orWait(), range, ifRange.get()));
    }

    /** {@code If-Range}: the range of the version that the client has a piece of, or the whole of any other. */
    private ObjectRead readIfRange(Function<GetObject, ObjectRead> reader, RangeSpec range, String validator) {
        try {
            ObjectRead read = reader.apply(get(range));
            return isSame(read.version(), validator) ? read : reader.apply(get(new RangeSpec.Whole()));
        } catch (StoreException.Invalid notSatisfiable) {
            ObjectRead whole = reader.apply(get(new RangeSpec.Whole()));
            if (isSame(whole.version(), validator)) {
                throw notSatisfiable;
            }
            return whole;
        }
    }

    private static boolean isSame(ObjectVersion version, String validator) {
        if (validator.startsWith("\"")) {
            return validator.equals(version.etag().quoted());
        }
        return HttpDates.parse(validator)
                .filter(version.lastModified().truncatedTo(ChronoUnit.SECONDS)::equals)
                .isPresent();
    }

    private GetObject get(RangeSpec range) {
        return new GetObject(request.bucket(), request.key(), version, range, Conditions.read(request.headers()));
    }

    /** Status and headers, all but {@code Content-Length}. */
    AtOnce<S3Response> head(ObjectRead read, ObjectStore store) {
        return VersionParam.isToldOf(read.version(), version, store).map(told -> head(read, told));
    }

    private S3Response head(ObjectRead read, boolean withVersion) {
        ObjectVersion found = read.version();
        boolean ranged = read.partial() && read.range().length() > 0;
        S3Response response = S3Response.of(ranged ? 206 : 200)
                .header("Last-Modified", HttpDates.header(found.lastModified()))
                .header("ETag", found.etag().quoted())
                .header("Accept-Ranges", "bytes");
        if (ranged) {
            long last = read.range().end() - 1;
            response.header("Content-Range", "bytes " + read.range().offset() + "-" + last + "/" + found.size());
        }
        if (withVersion) {
            response.header(VersionParam.HEADER, found.id().toString());
        }
        MetadataHeaders.write(found.metadata(), overrides, response);
        if (part.isPresent() && found.multipart()) {
            response.header("x-amz-mp-parts-count", found.parts().size());
        }
        if (request.header("x-amz-checksum-mode")
                .filter("ENABLED"::equalsIgnoreCase)
                .isPresent()) {
            writeChecksum(read, response);
        }
        return response;
    }

    /** The checksum of what is sent: of the object or of one part. A range of bytes has none. */
    private void writeChecksum(ObjectRead read, S3Response response) {
        ObjectVersion found = read.version();
        if (part.isPresent() && found.multipart()) {
            ChecksumType type = found.checksum().map(Checksum::type).orElse(ChecksumType.COMPOSITE);
            found.parts().stream()
                    .filter(candidate -> candidate.number() == part.getAsInt())
                    .flatMap(candidate -> candidate.checksum().stream())
                    .forEach(checksum -> {
                        Checksums.writePartHeader(checksum, response);
                        response.header(Checksums.TYPE_HEADER, type.name());
                    });
        } else if (read.range().length() == found.size()) {
            found.checksum().ifPresent(checksum -> Checksums.writeHeaders(checksum, response));
        }
    }
}
