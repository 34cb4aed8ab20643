package io.kintsugi.s3;

import java.util.List;
import java.util.Locale;

/**
 * Where and how the S3 server listens.
 *
 * @param port 0 for any that is free
 * @param domains below which a host names a bucket ({@code bucket.domain}); empty for path style alone
 * @param eventLoops that serve it, 1 or more
 */
public record S3Settings(String host, int port, List<String> domains, int eventLoops, S3Limits limits) {
    public S3Settings {
        domains =
                domains.stream().map(domain -> domain.toLowerCase(Locale.ROOT)).toList();
    }
}
