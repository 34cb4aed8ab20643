package io.kintsugi.s3;

import io.kintsugi.base.PercentEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A request target, taken apart but not decoded.
 *
 * @param rawPath begins with a slash
 * @param rawQuery without the question mark; empty when there is none
 */
record RequestLine(String rawPath, String rawQuery) {
    /**
     * Splits {@code /path?query} or {@code http://host/path?query}.
     *
     * @throws S3Exception {@code InvalidURI} when it is neither
     */
    static RequestLine parse(String target) {
        String origin = originForm(target);
        int question = origin.indexOf('?');
        return question < 0
                ? new RequestLine(origin, "")
                : new RequestLine(origin.substring(0, question), origin.substring(question + 1));
    }

    private static String originForm(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        int scheme = target.indexOf("://");
        boolean absolute = scheme == "http".length() && target.startsWith("http")
                || scheme == "https".length() && target.startsWith("https");
        if (!absolute) {
            if (target.equals("*")) {
                return "/";
            }
            throw new S3Exception(S3Error.INVALID_URI).with("URI", target);
        }
        int path = target.indexOf('/', scheme + 3);
        int query = target.indexOf('?', scheme + 3);
        if (path < 0 || query >= 0 && query < path) {
            return query < 0 ? "/" : "/" + target.substring(query);
        }
        return target.substring(path);
    }

    /**
     * What the request is about. A host below one of {@code domains} names the bucket; otherwise the first segment of
     * the path does. The rest of the path is the key, byte for byte: dots, empty segments and a trailing slash mean
     * nothing.
     *
     * @param host of the request, with or without a port
     * @throws S3Exception {@code InvalidURI} when the path is no percent-encoded UTF-8
     */
    S3Target target(String host, List<String> domains) {
        Optional<String> hosted = hostedBucket(host, domains);
        if (hosted.isPresent()) {
            return S3Target.of(hosted, decoded(rawPath.substring(1)));
        }
        int slash = rawPath.indexOf('/', 1);
        String bucket = slash < 0 ? rawPath.substring(1) : rawPath.substring(1, slash);
        if (bucket.isEmpty() && slash < 0) {
            return S3Target.of(Optional.empty(), Optional.empty());
        }
        Optional<String> key = slash < 0 ? Optional.empty() : decoded(rawPath.substring(slash + 1));
        return S3Target.of(Optional.of(decoded(bucket).orElse("")), key);
    }

    /**
     * The query parameters.
     *
     * @throws S3Exception {@code InvalidURI} when they are no percent-encoded UTF-8
     */
    QueryParams query() {
        List<String> pairs = new ArrayList<>();
        for (int start = 0; start < rawQuery.length(); ) {
            int ampersand = rawQuery.indexOf('&', start);
            int end = ampersand < 0 ? rawQuery.length() : ampersand;
            if (end > start) {
                int equals = rawQuery.indexOf('=', start);
                boolean hasValue = equals >= 0 && equals < end;
                pairs.add(decode(rawQuery.substring(start, hasValue ? equals : end), true));
                pairs.add(hasValue ? decode(rawQuery.substring(equals + 1, end), true) : "");
            }
            start = end + 1;
        }
        return QueryParams.of(pairs.toArray(String[]::new));
    }

    /** The bucket that the host names, when it is below one of {@code domains}. */
    static Optional<String> hostedBucket(String host, List<String> domains) {
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        for (String domain : domains) {
            int prefix = name.length() - domain.length() - 1;
            if (prefix > 0 && name.charAt(prefix) == '.' && name.endsWith(domain)) {
                return Optional.of(name.substring(0, prefix));
            }
        }
        return Optional.empty();
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
    }

    private Optional<String> decoded(String raw) {
        return raw.isEmpty() ? Optional.empty() : Optional.of(decode(raw, false));
    }

    private String decode(String raw, boolean plusIsBlank) {
        return PercentEncoding.decode(raw, plusIsBlank)
                .orElseThrow(() -> new S3Exception(S3Error.INVALID_URI).with("URI", rawPath));
    }
}
