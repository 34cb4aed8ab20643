package io.kintsugi.iam;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A client's side of presigned URLs of Signature Version 2: who uses it writes down what is signed. */
public record TestUrlSigner(String accessKey, String secretKey, long expires) {
    /**
     * The parameters to add to a URL.
     *
     * @param before of the string to sign, what comes before the time: {@code GET\n\n\n}
     * @param after what comes after its line: {@code /bucket/key}
     */
    public String query(String before, String after) {
        return "AWSAccessKeyId=" + accessKey + "&Expires=" + expires + "&Signature="
                + TestSigner.encode(signature(before + expires + "\n" + after));
    }

    private String signature(String toSign) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(toSign.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
