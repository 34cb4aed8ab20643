package io.kintsugi.bench;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes heads of HTTP/1.1 requests, signed with SigV4 and an unsigned payload, good for 15 minutes. */
final class SignedRequests {
    private static final String REGION = "us-east-1";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    private final String host;
    private final String user;
    private final String stamp;
    private final SecretKeySpec key;

    SignedRequests(URI endpoint, String user, String password) {
        this.host = endpoint.getAuthority();
        this.user = user;
        this.stamp = STAMP.format(Instant.now());
        byte[] secret = ("AWS4" + password).getBytes(StandardCharsets.UTF_8);
        byte[] date = hmac(new SecretKeySpec(secret, "HmacSHA256"), stamp.substring(0, 8));
        byte[] service = hmac(hmacKey(hmac(hmacKey(date), REGION)), "s3");
        this.key = hmacKey(hmac(hmacKey(service), "aws4_request"));
    }

    /**
     * @param path percent-encoded, from the slash on
     * @param query canonical: sorted, percent-encoded, each name with an equals sign; may be empty
     * @param length of the body that will follow
     */
    byte[] head(String method, String path, String query, long length) {
        return head(method, path, query, length, "");
    }

    /** @param more further header lines, unsigned, each with its line end */
    byte[] head(String method, String path, String query, long length, String more) {
        String names = "host;x-amz-content-sha256;x-amz-date";
        String canonical = method + "\n" + path + "\n" + query + "\nhost:" + host
                + "\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:" + stamp + "\n\n" + names
                + "\nUNSIGNED-PAYLOAD";
        String scope = stamp.substring(0, 8) + "/" + REGION + "/s3/aws4_request";
        String toSign = "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + sha256(canonical);
        String signature = HEX.formatHex(hmac(key, toSign));
        String head = method + " " + path + (query.isEmpty() ? "" : "?" + query) + " HTTP/1.1\r\nhost: " + host
                + "\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\nx-amz-date: " + stamp
                + "\r\nauthorization: AWS4-HMAC-SHA256 Credential=" + user + "/" + scope + ", SignedHeaders=" + names
                + ", Signature=" + signature + "\r\n"
                + (method.startsWith("P") ? "content-length: " + length + "\r\n" : "") + more + "\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }

    private static SecretKeySpec hmacKey(byte[] bytes) {
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    private static byte[] hmac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(String text) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
