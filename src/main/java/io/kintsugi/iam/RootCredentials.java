package io.kintsugi.iam;

/** The access key and the secret key of the store's owner. Never printed by accident. */
public record RootCredentials(String accessKey, String secretKey) {
    @Override
    public String toString() {
        return "RootCredentials[" + accessKey + "]";
    }
}
