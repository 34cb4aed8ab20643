package io.kintsugi.s3;

/** Text that came from a client, made fit for a log line or an error message. */
final class PrintableText {
    private static final int MAX = 256;

    private PrintableText() {}

    /** At most 256 characters; control characters become question marks. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < Math.min(MAX, text.length()); i++) {
            char c = text.charAt(i);
            printable.append(c < ' ' || c >= 0x7f && c < 0xa0 ? '?' : c);
        }
        return printable.toString();
    }
}
