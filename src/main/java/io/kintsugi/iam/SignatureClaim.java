package io.kintsugi.iam;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a request says about its own signature.
 *
 * @param credential not yet taken apart
 * @param signedHeaders names, sorted
 * @param date of the signature
 */
record SignatureClaim(CredentialScope credential, String[] signedHeaders, String signature, AmzDate date) {
    static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final int SIGNATURE_LENGTH = 64;
    private static final int MAX_SIGNED_HEADERS = 200;

    boolean signs(String header) {
        return Arrays.binarySearch(signedHeaders, header) >= 0;
    }

    /** Whether it is 64 lower-case hexadecimal digits. */
    static boolean isSignature(String text) {
        if (text.length() != SIGNATURE_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    /** Splits {@code host;range;x-amz-date}. Empty when a name is empty, not in lower case or out of order. */
    static Optional<String[]> splitHeaders(String text) {
        String[] names = new String[countNames(text)];
        if (names.length > MAX_SIGNED_HEADERS) {
            return Optional.empty();
        }
        int start = 0;
        for (int i = 0; i < names.length; i++) {
            int end = text.indexOf(';', start);
            names[i] = text.substring(start, end < 0 ? text.length() : end);
            if (!isName(names[i]) || i > 0 && names[i - 1].compareTo(names[i]) >= 0) {
                return Optional.empty();
            }
            start = end + 1;
        }
        return Optional.of(names);
    }

    private static int countNames(String text) {
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            count += text.charAt(i) == ';' ? 1 : 0;
        }
        return count;
    }

    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c >= 'A' && c <= 'Z') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
