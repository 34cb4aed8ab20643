package io.kintsugi.bench;

import io.kintsugi.bench.EmptyExchange.EmptyAnswer;
import io.kintsugi.bench.EmptyExchange.EmptyRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The names and sizes of what {@link EmptyServer} was sent, and its answers. Pages of listings are made once. */
final class EmptyNames {
    private static final String COMMON =
            "HTTP/1.1 %s\r\nServer: empty\r\nETag: \"0123456789abcdef0123456789abcdef\"\r\n"
                    + "Last-Modified: Sat, 28 Nov 2026 06:00:00 GMT\r\nContent-Length: ";
    private static final String OK = COMMON.formatted("200 OK");
    private static final String PARTIAL = COMMON.formatted("206 Partial Content");
    private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\nServer: empty\r\n\r\n";
    private static final String NOT_FOUND = "HTTP/1.1 404 Not Found\r\nServer: empty\r\nContent-Length: 0\r\n\r\n";
    private static final int PAGE_KEYS = 1000;

    private final NavigableMap<String, Long> sizes = new TreeMap<>();
    private final Map<String, Long> parts = new HashMap<>();
    private final Map<String, byte[]> pages = new HashMap<>();

    EmptyAnswer answer(EmptyRequest request, String body) {
        String path = request.path();
        boolean bucket = path.indexOf('/', 1) < 0 || path.indexOf('/', 1) == path.length() - 1;
        return switch (request.method()) {
            case "PUT" -> put(request, bucket);
            case "GET" -> bucket ? ofBucket(request) : get(request);
            case "HEAD" -> head(path, bucket);
            case "POST" -> post(request, body);
            default -> {
                sizes.remove(path);
                pages.clear();
                yield text(NO_CONTENT);
            }
        };
    }

    private EmptyAnswer put(EmptyRequest request, boolean bucket) {
        if (request.query().contains("partNumber=")) {
            parts.merge(request.path(), request.objectBytes(), Long::sum);
        } else if (!bucket) {
            sizes.put(request.path(), request.objectBytes());
            pages.clear();
        }
        return text(OK + "0\r\n\r\n");
    }

    private EmptyAnswer head(String path, boolean bucket) {
        Long size = bucket ? Long.valueOf(0) : sizes.get(path);
        return text(size == null ? NOT_FOUND : OK + size + "\r\n\r\n");
    }

    private EmptyAnswer get(EmptyRequest request) {
        Long size = sizes.get(request.path());
        if (size == null) {
            return text(NOT_FOUND);
        }
        String range = request.header("Range");
        if (range.isEmpty()) {
            return new EmptyAnswer(bytes(OK + size + "\r\n\r\n"), size);
        }
        int dash = range.indexOf('-');
        long first = Long.parseLong(range.substring("bytes=".length(), dash));
        long last =
                dash == range.length() - 1 ? size - 1 : Math.min(size - 1, Long.parseLong(range.substring(dash + 1)));
        long length = last - first + 1;
        return new EmptyAnswer(
                bytes(PARTIAL + length + "\r\nContent-Range: bytes " + first + "-" + last + "/" + size + "\r\n\r\n"),
                length);
    }

    private EmptyAnswer post(EmptyRequest request, String body) {
        if (request.query().contains("uploadId=")) {
            sizes.put(request.path(), parts.getOrDefault(request.path(), 0L));
            return xml("<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><ETag>&#34;0-1&#34;</ETag>"
                    + "</CompleteMultipartUploadResult>");
        }
        if (request.query().contains("uploads")) {
            return xml("<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
        }
        String bucket = request.path().endsWith("/") ? request.path() : request.path() + "/";
        StringBuilder deleted = new StringBuilder("<DeleteResult>");
        for (int at = body.indexOf("<Key>"); at >= 0; at = body.indexOf("<Key>", at + 1)) {
            String key = body.substring(at + 5, body.indexOf('<', at + 5));
            sizes.remove(bucket + key);
            deleted.append("<Deleted><Key>").append(key).append("</Key></Deleted>");
        }
        pages.clear();
        return xml(deleted.append("</DeleteResult>").toString());
    }

    private EmptyAnswer ofBucket(EmptyRequest request) {
        if (request.query().contains("location")) {
            return xml("<LocationConstraint></LocationConstraint>");
        }
        if (request.path().equals("/")) {
            return xml("<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>");
        }
        if (!request.query().contains("prefix=") && !request.query().contains("list-type=")) {
            return text(NOT_FOUND);
        }
        String bucket = request.path().endsWith("/") ? request.path() : request.path() + "/";
        return new EmptyAnswer(
                pages.computeIfAbsent(bucket + "?" + request.query(), asked -> page(bucket, request.query())), 0);
    }

    private byte[] page(String bucket, String query) {
        String prefix = bucket + parameter(query, "prefix");
        String after = parameter(query, "continuation-token");
        boolean versions = query.contains("versions=");
        String result = versions ? "ListVersionsResult" : "ListBucketResult";
        String entry = versions ? "Version" : "Contents";
        StringBuilder page = new StringBuilder("<").append(result).append('>');
        String last = after.isEmpty() ? prefix : bucket + after;
        int count = 0;
        boolean more = false;
        for (Map.Entry<String, Long> named :
                sizes.tailMap(last, after.isEmpty()).entrySet()) {
            more = count == PAGE_KEYS && named.getKey().startsWith(prefix);
            if (more || !named.getKey().startsWith(prefix)) {
                break;
            }
            count++;
            last = named.getKey();
            page.append('<').append(entry).append("><Key>").append(last, bucket.length(), last.length());
            page.append("</Key><LastModified>2026-11-28T06:00:00.000Z</LastModified>")
                    .append("<ETag>&#34;0123456789abcdef0123456789abcdef&#34;</ETag><Size>")
                    .append(named.getValue())
                    .append("</Size><StorageClass>STANDARD</StorageClass></")
                    .append(entry)
                    .append('>');
        }
        page.append("<IsTruncated>").append(more).append("</IsTruncated>");
        if (more) {
            page.append("<NextContinuationToken>").append(last.substring(bucket.length()));
            page.append("</NextContinuationToken>");
        }
        return xml(page.append("</").append(result).append('>').toString()).bytes();
    }

    private static String parameter(String query, String name) {
        int at = ("&" + query).indexOf("&" + name + "=");
        if (at < 0) {
            return "";
        }
        int from = at + name.length() + 1;
        int end = query.indexOf('&', from);
        return URLDecoder.decode(query.substring(from, end < 0 ? query.length() : end), StandardCharsets.UTF_8);
    }

    private static EmptyAnswer xml(String text) {
        return text(OK + bytes(text).length + "\r\nContent-Type: application/xml\r\n\r\n" + text);
    }

    private static EmptyAnswer text(String text) {
        return new EmptyAnswer(bytes(text), 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
