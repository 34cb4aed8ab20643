package io.kintsugi.iam;

import java.util.Optional;

/**
 * The credential of a signature: {@code accessKey/date/region/s3/aws4_request}.
 *
 * @param date as in {@code 20130524}
 */
record CredentialScope(String accessKey, String date, String region, String service, String terminator) {
    static final String SERVICE = "s3";
    static final String TERMINATOR = "aws4_request";

    /** Read from its end, as an access key might hold slashes. Empty when there are not five parts. */
    static Optional<CredentialScope> parse(String credential) {
        int fourth = credential.lastIndexOf('/');
        int third = credential.lastIndexOf('/', fourth - 1);
        int second = credential.lastIndexOf('/', third - 1);
        int first = credential.lastIndexOf('/', second - 1);
        if (fourth < 0 || third < 0 || second < 0 || first <= 0) {
            return Optional.empty();
        }
        return Optional.of(new CredentialScope(
                credential.substring(0, first),
                credential.substring(first + 1, second),
                credential.substring(second + 1, third),
                credential.substring(third + 1, fourth),
                credential.substring(fourth + 1)));
    }

    /** What the signature covers of it. */
    String text() {
        return date + "/" + region + "/" + service + "/" + terminator;
    }
}
