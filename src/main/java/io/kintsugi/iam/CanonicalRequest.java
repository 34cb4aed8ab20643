package io.kintsugi.iam;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The text that a signature is made of.
 *
 * @param path as it is signed
 * @param payload the hash, or the word that stands for it
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">The canonical
 *     request</a>
 */
record CanonicalRequest(SignedRequest request, String path, SignedQuery query, SignatureClaim claim, String payload) {
    private static final int USUAL_LENGTH = 512;

    String text() {
        StringBuilder text = new StringBuilder(USUAL_LENGTH);
        text.append(request.method()).append('\n').append(path).append('\n');
        query.appendTo(text);
        text.append('\n');
        for (String name : claim.signedHeaders()) {
            text.append(name).append(':');
            appendValues(text, name);
            text.append('\n');
        }
        text.append('\n');
        appendNames(text);
        return text.append('\n').append(payload).toString();
    }

    /** The string to sign of this canonical request. */
    String stringToSign(String canonical) {
        byte[] hash = Hmac.Sha256.of(canonical.getBytes(StandardCharsets.ISO_8859_1));
        return SignatureClaim.ALGORITHM + "\n" + claim.date().text() + "\n"
                + claim.credential().text() + "\n" + HexFormat.of().formatHex(hash);
    }

    private void appendNames(StringBuilder text) {
        String separator = "";
        for (String name : claim.signedHeaders()) {
            text.append(separator).append(name);
            separator = ";";
        }
    }

    /** All values of the header in their order, separated by commas, trimmed. */
    private void appendValues(StringBuilder text, String name) {
        boolean first = true;
        for (int i = 0; i < request.headers().size(); i += 2) {
            if (request.headers().get(i).equals(name)) {
                if (!first) {
                    text.append(',');
                }
                appendTrimmed(text, request.headers().get(i + 1));
                first = false;
            }
        }
    }

    /** Blanks around the value go, those within it become one. */
    private static void appendTrimmed(StringBuilder text, String value) {
        if (value.indexOf(' ') < 0 && value.indexOf('\t') < 0) {
            text.append(value);
            return;
        }
        boolean blank = false;
        boolean begun = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ' ' || c == '\t') {
                blank = begun;
            } else {
                if (blank) {
                    text.append(' ');
                }
                text.append(c);
                blank = false;
                begun = true;
            }
        }
    }
}
