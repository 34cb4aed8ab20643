package io.kintsugi.base;

/**
 * The name of a bucket, valid by construction: 3 to 63 bytes of {@code a-z 0-9 . -}, as AWS has it.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html">Bucket naming rules</a>
 */
public record BucketName(String value) implements Comparable<BucketName> {
    private static final int MIN_LENGTH = 3;
    private static final int MAX_LENGTH = 63;

    /** @throws StoreException.Invalid with {@code BUCKET_NAME} and the rule that was broken */
    public BucketName {
        String fault = fault(value);
        if (!fault.isEmpty()) {
            throw new StoreException.Invalid(
                    StoreException.Invalid.Kind.BUCKET_NAME, "The bucket name '" + value + "' " + fault);
        }
    }

    public static boolean isValid(String value) {
        return fault(value).isEmpty();
    }

    private static String fault(String value) {
        if (value.length() < MIN_LENGTH || value.length() > MAX_LENGTH) {
            return "must have 3 to 63 characters";
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean alphanumeric = isLetterOrDigit(c);
            if (!alphanumeric && c != '.' && c != '-') {
                return "may only have lower-case letters, digits, '.' and '-'";
            }
            boolean edge = i == 0 || i == value.length() - 1;
            if (edge && !alphanumeric) {
                return "must begin and end with a letter or a digit";
            }
            if (!alphanumeric && !isLetterOrDigit(value.charAt(i - 1)) && (c == '.' || value.charAt(i - 1) == '.')) {
                return "must not have a dot beside another dot or a hyphen";
            }
        }
        return looksLikeAddress(value) ? "must not look like an IP address" : "";
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }

    private static boolean looksLikeAddress(String value) {
        int dots = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '.') {
                dots++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return dots == 3;
    }

    @Override
    public int compareTo(BucketName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
