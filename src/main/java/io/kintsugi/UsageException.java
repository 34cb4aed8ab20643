package io.kintsugi;

/** The command line or a setting is wrong. The message says what, and how it should be. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message, null, false, false);
    }
}
