package io.kintsugi.iam;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The signing keys of one secret key in one region, by date. A presigned URL lives for seven days at most and a date is
 * checked before its key is asked for, so that only a handful of dates is ever alive.
 */
final class SigningKeys {
    private static final int MAX_DATES = 32;

    private final String secretKey;
    private final String region;
    private final Map<String, Hmac> byDate = new ConcurrentHashMap<>();

    SigningKeys(String secretKey, String region) {
        this.secretKey = secretKey;
        this.region = region;
    }

    /** @param date as in {@code 20130524} */
    Hmac of(String date) {
        Hmac known = byDate.get(date);
        if (known != null) {
            return known;
        }
        if (byDate.size() >= MAX_DATES) {
            byDate.clear();
        }
        return byDate.computeIfAbsent(date, this::derive);
    }

    private Hmac derive(String date) {
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String step : new String[] {date, region, CredentialScope.SERVICE, CredentialScope.TERMINATOR}) {
            key = new Hmac(key).sign(step);
        }
        return new Hmac(key);
    }
}
