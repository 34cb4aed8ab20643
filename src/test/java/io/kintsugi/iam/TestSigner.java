package io.kintsugi.iam;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A client's side of Signature Version 4, written for tests from AWS's description, with nothing of the verifier's
 * code.
 */
public record TestSigner(String accessKey, String secretKey, String region, String amzDate) {
    private static final String EMPTY_HASH = sha256Hex(new byte[0]);

    /** The headers to send: those given, {@code x-amz-date}, and {@code authorization}. All are signed. */
    public SortedMap<String, String> sign(
            String method, String encodedPath, Map<String, String> query, Map<String, String> headers) {
        SortedMap<String, String> all = new TreeMap<>(headers);
        all.put("x-amz-date", amzDate);
        String names = String.join(";", all.keySet());
        StringBuilder canonical = new StringBuilder(method + "\n" + encodedPath + "\n" + query(query) + "\n");
        all.forEach((name, value) ->
                canonical.append(name).append(':').append(value.strip()).append('\n'));
        canonical.append('\n').append(names).append('\n').append(all.get("x-amz-content-sha256"));
        all.put(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=" + accessKey + "/" + scope() + ", SignedHeaders=" + names + ", Signature="
                        + signature("AWS4-HMAC-SHA256\n" + amzDate + "\n" + scope() + "\n"
                                + sha256Hex(latin1(canonical.toString()))));
        return all;
    }

    /** A presigned query that signs the host alone. */
    public String presign(String method, String host, String encodedPath, Map<String, String> query) {
        SortedMap<String, String> all = new TreeMap<>(query);
        all.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
        all.put("X-Amz-Credential", accessKey + "/" + scope());
        all.put("X-Amz-Date", amzDate);
        all.putIfAbsent("X-Amz-Expires", "600");
        all.put("X-Amz-SignedHeaders", "host");
        String canonical =
                method + "\n" + encodedPath + "\n" + query(all) + "\nhost:" + host + "\n\nhost\nUNSIGNED-PAYLOAD";
        return query(all) + "&X-Amz-Signature="
                + signature("AWS4-HMAC-SHA256\n" + amzDate + "\n" + scope() + "\n" + sha256Hex(latin1(canonical)));
    }

    /** An {@code aws-chunked} body with signed chunks, without the last CRLF. */
    public SignedBody chunks(String seed, List<byte[]> chunks) {
        List<byte[]> wire = new ArrayList<>();
        String previous = seed;
        List<byte[]> all = new ArrayList<>(chunks);
        all.add(new byte[0]);
        for (byte[] chunk : all) {
            previous = signature("AWS4-HMAC-SHA256-PAYLOAD\n" + amzDate + "\n" + scope() + "\n" + previous + "\n"
                    + EMPTY_HASH + "\n" + sha256Hex(chunk));
            wire.add(latin1(Integer.toHexString(chunk.length) + ";chunk-signature=" + previous + "\r\n"));
            wire.add(chunk);
            wire.add(latin1(chunk.length == 0 ? "" : "\r\n"));
        }
        return new SignedBody(concat(wire), previous);
    }

    /** @param last the signature of the last chunk */
    public record SignedBody(byte[] bytes, String last) {}

    /** The signature of trailers, given as lines {@code name:value\n}. */
    public String trailerSignature(String previous, String lines) {
        return signature("AWS4-HMAC-SHA256-TRAILER\n" + amzDate + "\n" + scope() + "\n" + previous + "\n"
                + sha256Hex(latin1(lines)));
    }

    /** The signature at the end of an {@code authorization} header. */
    public static String seedOf(Map<String, String> headers) {
        String authorization = headers.get("authorization");
        return authorization.substring(authorization.length() - 64);
    }

    public static String sha256Hex(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static byte[] concat(List<byte[]> parts) {
        byte[] all = new byte[parts.stream().mapToInt(part -> part.length).sum()];
        int offset = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, offset, part.length);
            offset += part.length;
        }
        return all;
    }

    private String scope() {
        return amzDate.substring(0, 8) + "/" + region + "/s3/aws4_request";
    }

    private String signature(String toSign) {
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String step : List.of(amzDate.substring(0, 8), region, "s3", "aws4_request")) {
            key = hmac(key, step);
        }
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(latin1(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A query string, encoded as it is signed. */
    public static String query(Map<String, String> query) {
        SortedMap<String, String> encoded = new TreeMap<>();
        query.forEach((name, value) -> encoded.put(encode(name), encode(value)));
        List<String> pairs = new ArrayList<>();
        encoded.forEach((name, value) -> pairs.add(name + "=" + value));
        return String.join("&", pairs);
    }

    /** As AWS's {@code UriEncode}. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
