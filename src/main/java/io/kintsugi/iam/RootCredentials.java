package io.kintsugi.iam;

/** The access key and the secret key of the store's owner. Never printed by accident. */
public record RootCredentials(String accessKey, String secretKey) {
    /** @throws AuthException with {@code INVALID_ACCESS_KEY} when this access key is another's */
    void check(String claimed) {
        if (!ChunkSigner.isEqual(accessKey, claimed)) {
            throw new AuthException(
                            AuthException.Kind.INVALID_ACCESS_KEY,
                            "The AWS access key ID that you provided does not exist in our records.")
                    .with("AWSAccessKeyId", claimed);
        }
    }

    @Override
    public String toString() {
        return "RootCredentials[" + accessKey + "]";
    }
}
